"""Commands on delivered files: ``check`` before they are delivered, ``quarantine`` afterwards."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.console import read_settings, show
from pipelines.contract import LOGS
from pipelines.home import Home

Day = Annotated[
    datetime | None, typer.Argument(formats=["%Y-%m-%d"], metavar="[DAY]", help="A log day; all where not given.")
]


def quarantine(
    log: Annotated[str | None, typer.Argument(help="A log such as interactions; all where not given.")] = None,
    day: Day = None,
) -> None:
    """List what was refused, by file, line and reason, newest log day first."""
    from pipelines.cli.quarantine import quarantine_lines  # noqa: PLC0415

    _known(log)
    for line in quarantine_lines(Home(read_settings().home), log, day.date() if day else None):
        show(line)


def check(
    files: Annotated[list[Path], typer.Argument(help="Files as you would deliver them.", metavar="FILE…")],
    log: Annotated[
        str | None, typer.Option(help="The log they are of; told from the path or the columns where not given.")
    ] = None,
    day: Annotated[
        datetime | None,
        typer.Option(help="Their log day; told from the path or the rows where not given.", formats=["%Y-%m-%d"]),
    ] = None,
) -> None:
    """Judge files before they are delivered; needs no home, writes nothing, exit code 1 if anything is refused."""
    from pipelines.cli.check import check_file  # noqa: PLC0415

    _known(log)
    settings = read_settings(opens_home=False).model_copy(update={"pseudonyms": False})  # values may be shown here
    is_good = True
    for path in files:
        verdict = check_file(path, settings, log=log, day=day.date() if day else None)
        is_good &= verdict.is_good
        for line in verdict.lines:
            show(line)
    if not is_good:
        raise typer.Exit(1)


def _known(log: str | None) -> None:
    if log is not None and log not in LOGS:
        raise typer.BadParameter(f"there is no log {log}; one of: {', '.join(LOGS)}")
