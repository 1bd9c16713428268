"""``guildbook erase``: takes a member out of everything under the home, for good."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.console import labelled, read_settings, say, show
from pipelines.home import Home
from pipelines.report.parts.text import Text

if TYPE_CHECKING:
    from pipelines.erasure.survey import Erased


def erase(
    member: Annotated[str, typer.Argument(help="An id, exactly as the logs have it.")],
    also: Annotated[list[str] | None, typer.Option(help="Another id of the same person; may be given again.")] = None,
    only: Annotated[bool, typer.Option("--only", help="Leave ids alone that links join with it.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say where the ids are found.")] = False,
) -> None:
    """Erase a member for good: ids become random tombstones, texts go, every figure stays."""
    from filelock import Timeout  # noqa: PLC0415

    from pipelines import lock  # noqa: PLC0415
    from pipelines.erasure import people, run, survey  # noqa: PLC0415
    from pipelines.privacy import known  # noqa: PLC0415

    settings = read_settings()
    home = Home(settings.home)
    ids = list(dict.fromkeys([member, *(also or [])]))
    try:
        with lock.hold(home, timeout=0, what="guildbook erase"):
            linked = people.linked_ids(home, settings, ids)
            if linked:
                say(_linked(linked, only=only, dry_run=dry_run))
            ids += [] if only else linked
            before = known.tombstones(home, ids)
            outcome = (
                survey.look(home, settings, [ids])
                if dry_run
                else run.erase(home, settings, [ids], asked_by="command", must_exist=True)
            )
    except Timeout as error:
        say(
            Text(
                f"{lock.holder(home) or 'another process'} is at work: nothing was erased; try again when it has ended",
                f"{lock.holder(home) or '另一个进程'} 正在工作：没有抹除；请在其结束后重试",
            )
        )
        raise typer.Exit(1) from error
    for line in _lines(outcome, dry_run=dry_run, again=len(before)):
        show(line)
    for sentence in outcome.left:
        say(labelled(Text("left", "仍残留"), sentence, 10))
    if outcome.left and not dry_run:
        raise typer.Exit(1)


def _linked(ids: list[str], *, only: bool, dry_run: bool) -> Text:
    """Say what becomes of the ids that links join with those that were given."""
    what = Text("erased too", "一并抹除")
    if only:
        what = Text("left alone", "不予处理")
    elif dry_run:
        what = Text("would be erased too", "将一并抹除")
    named = ", ".join(ids)
    return Text("linked as one person, ", "关联为同一人，") + what + Text(f": {named}", f"：{named}")


def _lines(outcome: Erased, *, dry_run: bool, again: int) -> Iterator[Text]:
    for stage, n_values in outcome.places.items():
        if n_values:
            found = Text("found", "找到") if dry_run else Text("replaced", "已替换")
            yield labelled(found, f"{n_values:>10,}  {stage}", 7 if dry_run else 10)
    if dry_run:
        n_files = f"{outcome.n_files:>10,}  "
        hold = Text(f"{n_files}hold the person; nothing was written", f"{n_files}个文件含有此人；没有写入任何内容")
        yield labelled(Text("files", "文件"), hold, 10)
        return
    if again and not outcome.n_values:
        yield Text("these ids were erased before; nothing of them was found", "这些编号先前已抹除；没有找到任何残留")
    for tombstone in sorted(outcome.tombstones.values()):
        yield labelled(Text("now", "现为"), tombstone, 10)
    size, n_files = f"{outcome.n_searched_bytes / 1e6:>10,.1f}  MB", f"{outcome.n_searched_files:,}"
    result = Text("nothing of it is left", "没有残留") if not outcome.left else Text("see below", "见下")
    searched = Text(f"{size} in {n_files} files: ", f"{size}，{n_files} 个文件：")
    yield labelled(Text("searched", "已搜索"), searched + result, 10)
    to_do = Text(
        "have your other tools forget the person too: docs/erasure.md lists what Guildbook cannot reach",
        "请让您的其他工具也忘记此人：docs/erasure.md 列出了 Guildbook 无法触及之处",
    )
    yield labelled(Text("next", "下一步"), to_do, 10)
