"""Did any log come for a day, and should one have? Judged by what came before; file contents are not read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from pipelines.contract import LOGS
from pipelines.home import Home
from pipelines.ingest.landing import landing_files
from pipelines.lake import ledger
from pipelines.sources.configured import names

_WEEKS = 4


class DayNeverCameError(RuntimeError):
    """No log came for the day that a run was for, though by their past one should have."""


def awaited(came: Mapping[str, Iterable[date]], day: date) -> list[str]:
    """Return the logs that should have come for ``day``, though none did: none where that weekday is usually silent.

    The past is the four same weekdays up to the last day on which anything came, so that a long outage does not become
    the usual. Where the history is shorter than a week, whatever came on its last day is awaited.

    Args:
        came: Log days that came, by log.
        day: A log day.
    """
    of_log = {log: {one for one in days if one < day} for log, days in came.items()}
    all_days = set().union(*of_log.values())
    if any(day in set(days) for days in came.values()) or not all_days:
        return []
    last = max(all_days)
    newest = last - timedelta(days=(last.weekday() - day.weekday()) % 7)
    past = [one for week in range(_WEEKS) if (one := newest - timedelta(weeks=week)) >= min(all_days)]
    if not past:
        return [log for log, days in of_log.items() if last in days]
    if 2 * len(all_days.intersection(past)) <= len(past):
        return []
    usual = [log for log, days in of_log.items() if 2 * len(days.intersection(past)) > len(past)]
    return usual or [log for log, days in of_log.items() if days.intersection(past)]


def is_silent(came: Mapping[str, Iterable[date]], day: date) -> bool:
    """Whether nothing came for ``day``, and nothing was to: by what came before, that weekday is usually silent."""
    came = {log: set(days) for log, days in came.items()}
    is_there = any(day in days for days in came.values())
    has_past = any(one < day for days in came.values() for one in days)
    return has_past and not is_there and not awaited(came, day)


def came_by_log(home: Home, days: Iterable[date]) -> dict[str, set[date]]:
    """Return the log days that ever came, by log, and those of ``days`` whose files lie in the landing folder."""
    came: dict[str, set[date]] = {log: set() for log in LOGS}
    for row in ledger.read(home, "deliveries").select(["log", "log_day"]).to_pylist():
        came.setdefault(row["log"], set()).add(row["log_day"])
    for log in LOGS.values():
        came[log.name] |= {day for day in days if landing_files(home, log, day)}
    return came


def missing_days(home: Home, days: Iterable[date]) -> dict[date, str]:
    """Return the days for which no log came though one should have, each with a sentence that says so."""
    days = list(days)
    came = came_by_log(home, days)
    return {
        day: f"no log came for {day}; expected by their past: {', '.join(logs)}. {_cure(home, day)}"
        for day in days
        if (logs := awaited(came, day))
    }


def _cure(home: Home, day: date) -> str:
    if pulled := names(home):
        return f"Pull {', '.join(pulled)} again, or put files into landing/<log>/{day}/, and run the day again"
    return f"Put the files into landing/<log>/{day}/ and run the day again"
