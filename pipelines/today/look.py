"""One look at the running day: sources that are due, what came, the gate, the figures, the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from filelock import Timeout

from pipelines import clock, lock
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.lake import ledger, versions
from pipelines.lake.staging import staging_folder
from pipelines.report.context import SiteContext, site_context
from pipelines.report.parts.collected import missing_facts
from pipelines.report.parts.database import Marts
from pipelines.report.parts.text import Text
from pipelines.settings import Settings
from pipelines.today import asked, bells, figures, kept, marks, rows
from pipelines.today.delivered import Came, read_day
from pipelines.today.seen import Seen

_FACTS = {"n_contents": "contents", "n_reads": "reads"}
_NEEDED = ("community_days", "log_coverage", "data_completeness", "publication")


class NoLookError(UserError):
    """The day so far cannot be looked at; the message says why and what to do."""


class GaveWayError(UserError):
    """Somebody is at work on the home; the next look is taken when it is free."""


@dataclass(frozen=True)
class Looked:
    """What a look left: the page, and what it found as it is shown."""

    page: Path
    today: kept.Today


def look(home: Home, settings: Settings, *, pulls: bool = True, say: Callable[[str], None] = lambda _: None) -> Looked:
    """Look at the running day and write its page beside those that are up.

    Nothing of past days is changed: no lake, no ledger, no mart. The lock of the home is held while files are read, for
    moments, and only if nobody holds it.

    Args:
        home: Home folder of the community.
        settings: Its settings.
        pulls: Whether sources whose hour has come are pulled before, which Dagster does by itself.
        say: Told what is done.

    Raises:
        NoLookError: Nothing is published yet, or the running day is.
        GaveWayError: A run or another command is at work on the home.
    """
    if versions.current(home) is None:
        raise NoLookError("nothing is published that today could be compared with: run guildbook run first")
    remarks = _pull_due(home, settings, say) if pulls else ()
    try:
        with lock.hold(home, timeout=0, what="a look at the day so far"):
            return _look(home, settings, remarks)
    except Timeout:
        raise GaveWayError(f"{lock.holder(home) or 'another command'} is at work: this look gives way to it") from None


def _look(home: Home, settings: Settings, remarks: tuple[Text, ...]) -> Looked:
    if home.erasure_journal.exists():
        raise NoLookError("an erasure was broken off: guildbook erase or the next run finishes it first")
    number = versions.current(home)
    assert number is not None
    now = clock.now()
    day = clock.local_day(now, settings.timezone)
    with staging_folder(home) as folder, _opened(home, settings, number, folder) as marts:
        if not marts.has(*_NEEDED):
            raise NoLookError("what is published is of an older version, or empty: run guildbook run first")
        first, through = _published_days(marts)
        if through >= day:
            raise NoLookError(f"{day} is published already, through {through}: there is nothing partial to show of it")
        (folder / "day").mkdir()
        came = read_day(home, settings, folder / "day", day)
        moment = rows.Moment(
            day,
            now.replace(tzinfo=None),
            datetime.combine(day, datetime.min.time()),
            rows.usual_days(day, through, first),
        )
        seen = _ask(marts, home, settings, came, moment, site_context(settings, through, number), remarks)
        looked = f"{now.astimezone(ZoneInfo(settings.timezone)):%Y-%m-%d %H:%M}"
        return Looked(kept.write(home, number, folder / "site", seen, looked), kept.told(seen))


def _ask(
    marts: Marts,
    home: Home,
    settings: Settings,
    came: Mapping[str, Came],
    moment: rows.Moment,
    context: SiteContext,
    remarks: tuple[Text, ...],
) -> Seen:
    rows.load(marts, home, settings, came, moment)
    last_at = marts.value("select max(last_at) from today_last_rows")
    moment, now_seconds = _as_of(settings, came, moment, last_at)
    marks.make(marts, settings, moment)
    logs = figures.logs(marts, moment)
    never, _ = missing_facts(marts)
    lacks = {
        measure: gone
        for measure, gone in figures.lacking(marts, settings, came).items()
        if not never.get(_FACTS.get(measure, ""))
    }
    shown = figures.figures(marts, moment, lacks)
    return Seen(
        context=context,
        moment=moment,
        came=came,
        collected=frozenset(row["log"] for row in marts.results["today_collected"].rows),
        lacks=lacks,
        logs=logs,
        figures=shown,
        hours=figures.through_the_day(marts, moment, lacks),
        usual_days=figures.agreement(marts, moment, lacks),
        alarms=bells.ringing(marts, settings, came, moment, now_seconds),
        questions=asked.questions(marts, moment),
        events=asked.events(marts, moment),
        money=asked.money(marts, moment),
        remarks=remarks,
    )


def _as_of(
    settings: Settings, came: Mapping[str, Came], moment: rows.Moment, last_at: datetime | None
) -> tuple[rows.Moment, int]:
    """Return the moment up to which the day has come, and the seconds of the day until now.

    That is the newest sign of life of any log: its last row, or the writing of its file, whichever is later. A file
    that is written each hour is compared with what usual days had by that hour.
    """
    zone, now = ZoneInfo(settings.timezone), moment.now.replace(tzinfo=UTC)
    signs = [one.written_at for one in came.values() if one.written_at is not None]
    signs += [last_at.replace(tzinfo=UTC)] if last_at is not None else []
    local = min(max(signs, default=now), now).astimezone(zone)
    as_of = _on_the_wall(local) if local.date() == moment.day else moment.as_of
    ended = _on_the_wall(now.astimezone(zone))
    until_now = rows.Moment(moment.day, moment.now, ended, moment.usual_days).seconds
    return rows.Moment(moment.day, moment.now, as_of, moment.usual_days), until_now


def _on_the_wall(local: datetime) -> datetime:
    """Return the time that a clock on the wall shows; in an hour that comes for the second time, that hour's end."""
    if local.fold:
        local = local.replace(minute=59, second=59)
    return local.replace(tzinfo=None)


def _opened(home: Home, settings: Settings, number: int, folder: Path) -> Marts:
    (folder / "site").mkdir()
    database = home.versions / str(number) / "analytics.duckdb"
    return Marts(database, folder / "site", timezone=settings.timezone, least_shown=settings.least_shown_count)


def _published_days(marts: Marts) -> tuple[date, date]:
    first: date = marts.value("select min(day) from marts.community_days")
    through: date = marts.value("select through_day from marts.publication")
    return first, through


def _pull_due(home: Home, settings: Settings, say: Callable[[str], None]) -> tuple[Text, ...]:
    """Pull the sources whose hour came since their last pull; what goes wrong is said, and the look goes on."""
    if not home.sources.is_dir():
        return ()
    from pipelines.sources.pull import pull  # noqa: PLC0415 - takes a second, which a home without sources saves

    remarks = []
    for name in due_sources(home, settings, clock.now()):
        try:
            pull(home, settings, name, say=say)
        except UserError as error:
            said = str(error)
            say(said)
            remarks.append(Text(said, said))
    return tuple(remarks)


def due_sources(home: Home, settings: Settings, now: datetime) -> list[str]:
    """Return the sources whose schedule had an hour since their last pull began; one never pulled is due."""
    from croniter import croniter  # noqa: PLC0415 - as above

    from pipelines.sources.configured import names, read  # noqa: PLC0415
    from pipelines.sources.pull import LEDGER as PULLS  # noqa: PLC0415

    last = {row["source"]: row["started_at"] for row in ledger.read(home, PULLS).to_pylist()}
    due = []
    for name in names(home):
        try:
            schedule = read(home, name, settings).source.schedule
        except UserError:  # the pull says what is wrong
            due.append(name)
            continue
        before: datetime = croniter(schedule, now.astimezone(ZoneInfo(settings.timezone))).get_prev(datetime)
        if name not in last or last[name] < before.astimezone(UTC):
            due.append(name)
    return due
