"""``guildbook erase``: takes a member out of everything under the home, for good."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.console import read_settings, say
from pipelines.home import Home

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
                what = "left alone" if only else "erased too" if not dry_run else "would be erased too"
                say(f"linked as one person, {what}: {', '.join(linked)}")
            ids += [] if only else linked
            before = known.tombstones(home, ids)
            outcome = (
                survey.look(home, settings, [ids])
                if dry_run
                else run.erase(home, settings, [ids], asked_by="command", must_exist=True)
            )
    except Timeout as error:
        say(f"{lock.holder(home) or 'another process'} is at work: nothing was erased; try again when it has ended")
        raise typer.Exit(1) from error
    for line in _lines(outcome, dry_run=dry_run, again=len(before)):
        typer.echo(line)
    for sentence in outcome.left:
        say(f"left      {sentence}")
    if outcome.left and not dry_run:
        raise typer.Exit(1)


def _lines(outcome: Erased, *, dry_run: bool, again: int) -> Iterator[str]:
    for stage, n_values in outcome.places.items():
        if n_values:
            yield f"{'found' if dry_run else 'replaced'}  {n_values:>10,}  {stage}"
    if dry_run:
        yield f"files     {outcome.n_files:>10,}  hold the person; nothing was written"
        return
    if again and not outcome.n_values:
        yield "these ids were erased before; nothing of them was found"
    for tombstone in sorted(outcome.tombstones.values()):
        yield f"now       {tombstone}"
    yield (
        f"searched  {outcome.n_searched_bytes / 1e6:>10,.1f}  MB in {outcome.n_searched_files:,} files: "
        f"{'nothing of it is left' if not outcome.left else 'see below'}"
    )
    yield "next      have your other tools forget the person too: docs/erasure.md lists what Guildbook cannot reach"
