"""The only place that reads the wall clock: for when something was run, never for what a day is."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present instant in UTC."""
    return datetime.now(UTC)


def local_day(instant: datetime, timezone: str) -> date:
    """The day of an aware instant in a time zone."""
    return instant.astimezone(ZoneInfo(timezone)).date()


def today(timezone: str) -> date:
    """The running day in a time zone; only schedules and freshness alarms ask for it."""
    return local_day(now(), timezone)
