"""``guildbook sources …``: what is fetched from platforms, whether it can be, and fetching it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from pipelines.cli.console import read_settings, say, show, spoken
from pipelines.home import Home
from pipelines.report.parts.text import Text
from pipelines.settings import Settings

_OUTCOMES = {
    "completed": Text("completed", "已完成"),
    "replayed": Text("replayed", "已重放"),
    "failed": Text("failed", "失败"),
}

sources = typer.Typer(no_args_is_help=True, help="Fetch what platforms hold, as the files in the folder sources say.")


@sources.command("list", epilog="Example: guildbook sources list")
def list_() -> None:
    """Say which sources there are and how their last pull ended."""
    from pipelines.lake import ledger  # noqa: PLC0415
    from pipelines.sources.configured import names, read_all  # noqa: PLC0415
    from pipelines.sources.pull import LEDGER  # noqa: PLC0415

    settings = read_settings()
    home = Home(settings.home)
    if not names(home):
        init = "guildbook init --from discourse"
        show(Text(f"none: {init} writes one into {home.sources}", f"没有来源：{init} 会在 {home.sources} 中写入一个"))
        return
    last = {row["source"]: row for row in ledger.read(home, LEDGER).to_pylist()}
    for one in read_all(home, settings):
        row = last.get(one.name)
        how = Text("never pulled", "从未拉取")
        if row:
            when = f"{row['started_at']:%Y-%m-%d %H:%M} UTC"
            how = _OUTCOMES[row["outcome"]] + f" {when}"
            if why := row["reason"]:
                how += Text(f": {why}", f"：{spoken(why)}")
        of_source = f"{one.name:<20}{one.source.kind:<14}{one.source.schedule:<16}"
        show(Text(of_source, of_source) + how)


@sources.command(epilog="Example: guildbook sources check forum")
def check(
    name: Annotated[str | None, typer.Argument(help="The source; all of them where not given.")] = None,
) -> None:
    """Ask each source the least that shows that address and secrets are right; exit code 1 if any cannot be pulled."""
    from pipelines.sources.pull import check as checking  # noqa: PLC0415

    settings = read_settings()
    home = Home(settings.home)
    _for_each(name, settings, lambda one: show(f"{one}: {checking(home, settings, one)}"))


@sources.command(epilog="Example: guildbook sources pull forum")
def pull(
    name: Annotated[str | None, typer.Argument(help="The source; all of them where not given.")] = None,
    replay: Annotated[
        bool, typer.Option("--replay", help="Fetch nothing: write the log files again from what was fetched.")
    ] = False,
    everything: Annotated[
        bool, typer.Option("--everything", help="Ask for records of all times again, not for the last days alone.")
    ] = False,
) -> None:
    """Fetch what is new and write it as log files; exit code 1 if any source cannot be pulled."""
    from pipelines.cli.imports import tell  # noqa: PLC0415
    from pipelines.sources.pull import pull as pulling  # noqa: PLC0415

    settings = read_settings()

    def pull_one(one: str) -> None:
        report = pulling(Home(settings.home), settings, one, replay=replay, everything=everything, say=say)
        for remark in report.remarks:
            say(remark)
        tell(report.imported, settings)

    _for_each(name, settings, pull_one)


def _for_each(name: str | None, settings: Settings, work: Callable[[str], None]) -> None:
    """Do the work for the named source, or for every one; what keeps one from it is said, and ends with exit code 1."""
    from pipelines.faults import UserError  # noqa: PLC0415
    from pipelines.sources.configured import names, read_all  # noqa: PLC0415

    home = Home(settings.home)
    if name is None:
        read_all(home, settings)
    failed = False
    for one in [name] if name else names(home):
        try:
            work(one)
        except UserError as error:
            say(str(error))
            failed = True
    if failed:
        raise typer.Exit(1)
