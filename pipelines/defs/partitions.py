"""The partition of everything delivered: a log day, in the community's time zone. Run tags that name a range of them.

A range that Guildbook launches itself carries tags of its own. Under Dagster's range tags every partition of every
selected asset gets two events, delivered or not, and years of them would take longer than the data; under ours a raw
log says itself which log days it ingested. Backfills from Dagster's pages carry Dagster's tags and work as well.
"""

from collections.abc import Mapping
from datetime import date, timedelta

import dagster as dg

from pipelines.settings import Settings, get_settings

FROM_TAG = "guildbook/from"
TO_TAG = "guildbook/to"
FULL_TAG = "guildbook/full"

_FIRST_DAY_TAGS = (FROM_TAG, "dagster/asset_partition_range_start", "dagster/partition")
_LAST_DAY_TAGS = (TO_TAG, "dagster/asset_partition_range_end", "dagster/partition")


def log_day_partitions(settings: Settings) -> dg.DailyPartitionsDefinition:
    """Log days from the setting's first one to yesterday."""
    return dg.DailyPartitionsDefinition(start_date=settings.first_log_day.isoformat(), timezone=settings.timezone)


log_days = log_day_partitions(get_settings())


def range_tags(first: date, last: date) -> dict[str, str]:
    """Tags of one run over the log days from ``first`` to ``last``, both included."""
    return {FROM_TAG: first.isoformat(), TO_TAG: last.isoformat()}


def tagged_days(tags: Mapping[str, str]) -> list[date]:
    """The log days that a run's tags name, in order.

    Raises:
        ValueError: The run names none; launch it for a partition or a range of partitions.
    """
    first, last = _first_named(tags, _FIRST_DAY_TAGS), last_tagged_day(tags)
    if first is None or last is None:
        raise ValueError("this run names no log day: launch it for a partition or a range of partitions")
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def last_tagged_day(tags: Mapping[str, str]) -> date | None:
    """The last log day that a run's tags name; None where they name none."""
    return _first_named(tags, _LAST_DAY_TAGS)


def _first_named(tags: Mapping[str, str], names: tuple[str, ...]) -> date | None:
    return next((date.fromisoformat(tags[name]) for name in names if name in tags), None)


def stretches(days: list[date]) -> list[tuple[date, date]]:
    """Merge days into stretches without a gap, each with its first and last day."""
    merged: list[tuple[date, date]] = []
    for day in sorted(set(days)):
        if merged and day - merged[-1][1] == timedelta(days=1):
            merged[-1] = (merged[-1][0], day)
        else:
            merged.append((day, day))
    return merged
