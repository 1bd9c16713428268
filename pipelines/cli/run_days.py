"""``guildbook run``: which days are run, and what is said of how the run ended."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from expectations import worker
from pipelines.cli.console import labelled, read_settings, say, show, spoken
from pipelines.home import Home
from pipelines.report.parts.text import Text
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.cli.run import RunOutcome


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
                show(line)
            return
        outcome = running.execute(settings, begin, end, full=full, say=say)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if not outcome.succeeded:
        _say_why(home, outcome, running.range_without_last_day(outcome, begin, end))
        raise typer.Exit(1)
    if (version := outcome.unchanged_since) is not None:
        show(
            Text(
                f"nothing changed since version {version}: nothing new is published",
                f"自第 {version} 版以来没有变化：没有新的发布",
            )
        )
    show(labelled(Text("report", "报告"), str(home.published / "site" / "index.html"), 10))
    show(labelled(Text("database", "数据库"), str(home.published / "analytics.duckdb"), 10))


def _say_why(home: Home, outcome: RunOutcome, rest: tuple[date, date] | None) -> None:
    """Say what stopped a run, what stays up, and which of its days can be published meanwhile."""
    if outcome.failed_gate:
        at, why = outcome.failed_gate, outcome.reason
        say(Text(f"stopped at {at}: {why}", f"停在{spoken(at)}：{spoken(why)}"))
    else:
        say(Text(f"failed: {outcome.reason}", f"失败：{spoken(outcome.reason)}"))
    if home.published.exists():
        say(Text("the last good publication stays up", "上一次成功的发布仍在线"))
    else:
        say(Text("nothing is published yet", "尚未发布任何内容"))
    if (page := home.last_run / "index.html").exists():
        say(Text(f"what stopped it, and what to do: {page}", f"停止的原因与处理办法：{page}"))
    if rest is not None:
        again = f"guildbook run --from {rest[0]} --to {rest[1]}"
        say(Text(f"to publish without that day meanwhile: {again}", f"若要先发布其余日期：{again}"))


def _look(home: Home, settings: Settings) -> None:
    from pipelines.today.look import GaveWayError, look  # noqa: PLC0415

    try:
        looked = look(home, settings, say=say)
    except GaveWayError as error:
        say(str(error))
        return
    show(looked.today.answer)
    for alarm in looked.today.alarms:
        show(labelled(Text("alarm", "警报"), alarm.said, 10))
    for log in looked.today.withheld:
        why = Text(f"{log}: the page says why, and what to do", f"{log}：原因与处理办法见页面")
        show(labelled(Text("kept back", "已扣留"), why, 10))
    show(labelled(Text("today", "今日"), str(looked.page), 10))


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
    stretch = Text(f"{days[0]} to {days[1]}", f"{days[0]} 至 {days[1]}") if days[0] != days[1] else str(days[0])
    say(labelled(Text("days", "日期"), stretch, 10))
    return days
