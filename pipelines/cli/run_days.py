"""``guildbook run``: which days are run, and what is said of how the run ended."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import typer

from expectations import worker
from pipelines.cli.console import read_settings, say
from pipelines.home import Home
from pipelines.settings import Settings


def run(
    first: Annotated[
        datetime | None,
        typer.Option(
            "--from",
            help="First log day; without dates the first that was not run yet or whose files changed.",
            formats=["%Y-%m-%d"],
            metavar="DAY",
        ),
    ] = None,
    last: Annotated[
        datetime | None,
        typer.Option("--to", help="Last log day; without dates yesterday.", formats=["%Y-%m-%d"], metavar="DAY"),
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Ingest unchanged days too and rebuild everything.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list the stale days and why.")] = False,
    today: Annotated[
        bool, typer.Option("--today", help="Look at the day so far instead: a page beside the report, in seconds.")
    ] = False,
) -> None:
    """Run log days: ingest, gates, marts, churn, report, publish, as one Dagster run."""
    settings = read_settings()
    home = Home(settings.home)
    if today:
        if first or last or full or dry_run:
            raise typer.BadParameter("--today looks at the running day alone: give it without other options")
        _look(home, settings)
        return
    if not dry_run:
        worker.start()  # what is imported next takes as long as a quarter of what it imports
    from pipelines.cli import run as running  # noqa: PLC0415

    begin, end = _days(home, settings, first, last)
    try:
        if dry_run:
            from pipelines.cli.dry_run import stale_lines  # noqa: PLC0415

            for line in stale_lines(settings, begin, end, full=full, say=say):
                typer.echo(line)
            return
        outcome = running.execute(settings, begin, end, full=full, say=say)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if not outcome.succeeded:
        say(
            f"stopped at {outcome.failed_gate}: {outcome.reason}"
            if outcome.failed_gate
            else f"failed: {outcome.reason}"
        )
        say("the last good publication stays up" if home.published.exists() else "nothing is published yet")
        if (page := home.last_run / "index.html").exists():
            say(f"what stopped it, and what to do: {page}")
        if (rest := running.range_without_last_day(outcome, begin, end)) is not None:
            say(f"to publish without that day meanwhile: guildbook run --from {rest[0]} --to {rest[1]}")
        raise typer.Exit(1)
    if outcome.unchanged_since is not None:
        typer.echo(f"nothing changed since version {outcome.unchanged_since}: nothing new is published")
    typer.echo(f"report    {home.published / 'site' / 'index.html'}")
    typer.echo(f"database  {home.published / 'analytics.duckdb'}")


def _look(home: Home, settings: Settings) -> None:
    from pipelines.today.look import GaveWayError, look  # noqa: PLC0415

    try:
        looked = look(home, settings, say=say)
    except GaveWayError as error:
        say(str(error))
        return
    typer.echo(looked.today.answer.en)
    for alarm in looked.today.alarms:
        typer.echo(f"alarm     {alarm.said.en}")
    for log in looked.today.withheld:
        typer.echo(f"kept back {log}: the page says why, and what to do")
    typer.echo(f"today     {looked.page}")


def _days(home: Home, settings: Settings, first: datetime | None, last: datetime | None) -> tuple[date, date]:
    """Return the days that were asked for; without any, those that are due, which are said."""
    if first is not None and last is not None:
        return first.date(), last.date()
    if first is not None or last is not None:
        raise typer.BadParameter(
            f"Missing option '{'--from' if first is None else '--to'}': give both days, or neither"
        )
    from pipelines import clock  # noqa: PLC0415
    from pipelines.cli.due import due_days  # noqa: PLC0415

    days = due_days(home, settings, clock.today(settings.timezone))
    say(f"days      {days[0]}" + (f" to {days[1]}" if days[0] != days[1] else ""))
    return days
