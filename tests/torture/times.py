"""Days that are not 24 hours long, times that are told twice or never, and a clock that is set back: from seeds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq

from pipelines.lake import manifest
from tests.support.house import House
from tests.support.mailroom import database_of
from tests.support.tiny_logs import interaction
from tests.torture.clock_jumps import accepted, published, ran, sent
from tests.torture.suite import Found, Suite

_ZONES = (
    "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "America/Sao_Paulo", "Africa/Cairo", "Pacific/Apia",
    "Africa/Casablanca", "Asia/Shanghai", "UTC",
)  # fmt: skip
_LEAP_DAYS = (date(1996, 2, 29), date(2000, 2, 29), date(2020, 2, 29))
_STEP = timedelta(minutes=30)
_AROUND = 100


@dataclass(frozen=True)
class _Told:
    """A time as it is delivered, and the instants that it may mean: two where a clock told it twice or never."""

    text: str
    instants: tuple[datetime, ...]


@cache
def _changes(zone: str) -> tuple[datetime, ...]:
    """Every hour of 1990 to 2021 after which the zone's offset is another one, and the starts of leap days."""
    there = ZoneInfo(zone)
    found = [datetime(day.year, day.month, day.day, tzinfo=there).astimezone(UTC) for day in _LEAP_DAYS]
    hour, last = datetime(1990, 1, 1, tzinfo=UTC), datetime(2021, 12, 1, tzinfo=UTC)
    while hour < last:
        if _offset(hour, there) != _offset(hour + timedelta(days=1), there):
            while _offset(hour, there) == _offset(hour + timedelta(hours=1), there):
                hour += timedelta(hours=1)
            found.append(hour)
        hour += timedelta(days=1)
    return tuple(found)


def _offset(instant: datetime, there: ZoneInfo) -> timedelta | None:
    return instant.astimezone(there).utcoffset()


def _days(seed: int, rng: Random, own: Path) -> str:
    """Deliver a row every half-hour around a change, and plain wall times; count each day again without DuckDB."""
    zone = _ZONES[seed // 2 % len(_ZONES)]
    there, change = ZoneInfo(zone), rng.choice(_changes(zone))
    start = change.replace(minute=0) - _AROUND // 2 * _STEP
    told = [_tell(start + n * _STEP, there, rng) for n in range(_AROUND)]
    wall = change.astimezone(there).replace(tzinfo=None) - timedelta(hours=3)
    told += [_tell_wall(wall + n * timedelta(minutes=7), there) for n in range(60)]
    house = House(own / "home", timezone=zone, first_log_day=date(1985, 1, 1))
    log_day = (start + _AROUND * _STEP + timedelta(days=2)).astimezone(there).date()
    rows = [interaction(n, log_day, "m1") | {"occurred_at": one.text} for n, one in enumerate(told)]
    house.deliver("interactions", log_day, rows)
    house.accept([log_day], logs=["interactions"])

    part = pq.read_table(house.home.raw_part("interactions", log_day), partitioning=None).to_pylist()
    assert len(part) == len(told)
    for row in part:
        one, instant = told[int(row["interaction_id"][1:])], row["occurred_at"].replace(tzinfo=UTC)
        assert instant in one.instants, f"{zone}: {one} is stored as {instant}"
        assert row["event_day"] == instant.astimezone(there).date(), f"{zone}: {instant} counts for {row['event_day']}"
    counted = Counter(row["event_day"] for row in part)
    said = {row["event_day"]: row["n_rows"] for row in manifest.current(house.home).to_pylist()}
    assert said == dict(counted)
    regular = Counter((start + n * _STEP).astimezone(there).date() for n in range(_AROUND))
    for day in sorted(regular)[1:-1]:
        in_part = sum(row["event_day"] == day and int(row["interaction_id"][1:]) < _AROUND for row in part)
        assert in_part == regular[day], f"{zone} {day}: {in_part} half-hours"
    return f"{zone}, {len(told)} times around {change:%Y-%m-%d %H:%M} UTC"


def _tell(instant: datetime, there: ZoneInfo, rng: Random) -> _Told:
    local = instant.astimezone(there)
    match rng.randrange(3):
        case 0:
            return _Told(f"{instant:%Y-%m-%dT%H:%M:%S}Z", (instant,))
        case 1 if (local.utcoffset() or timedelta()).total_seconds() % 60 == 0:
            return _Told(local.isoformat(), (instant,))
    return _tell_wall(local.replace(tzinfo=None, fold=0), there)


def _tell_wall(wall: datetime, there: ZoneInfo) -> _Told:
    meant = tuple(wall.replace(tzinfo=there, fold=fold).astimezone(UTC) for fold in (0, 1))
    return _Told(wall.isoformat(), meant)


def _play(seed: int, prepared: Path, own: Path) -> str:
    rng = Random(seed)
    if seed % 2 == 0:
        return _days(seed, rng, own)
    kind = ran if seed % 20 == 19 else (accepted, published, accepted, sent)[seed // 2 % 4]
    return kind(seed, rng, prepared, own)


SUITE = Suite(
    name="time",
    title="Odd days and a clock that is set back",
    what="""\
In nine zones, among them one that moves its clocks by half an hour, one that did so at midnight and one that left a day
out, a row is delivered every half-hour around a change of the offset or a leap day, with an offset, in UTC or as the
wall clock showed it, and more at wall times that came twice or never. Each is stored as the instant it means (one of
two where the wall clock does not tell), counts for the day of its zone as Python's own tables of zones have it, and the
days have as many half-hours as they are long, a day whose last hour comes again after midnight too.

While the clock is set back by a second, an hour, a day or a year at some reading, a day is delivered three times: what
counts is what came last. Four times is published: each is the next version and is what readers get. A brief is sent to
one who refuses it at first: once the clock is right again it came, and came once. One seed in twenty runs a community
of 72 days in a zone that changes its clocks meanwhile, over midnight or with the clock set back: every mart is as with
a clock that only goes on, and the hours of what was done are counted again by Python's tables of zones.
""",
    prepare=lambda folder: database_of(folder / "analytics.duckdb"),
    play=_play,
    n_seeds=1000,
    n_short=4,
    found=(
        Found(
            (9,),
            "A log day that came again after the clock was set back stood in the manifest as it was before: its new "
            "rows lay in the lake and no mart was built of them.",
            "What was recorded last counts, whatever the clock said.",
        ),
    ),
    unseen=(
        "What changes in zones after the tables of zones that DuckDB and Python bring were made.",
        "Terms, renewals and months are of calendar days as their source names them: no zone and no clock moves them.",
        "The daemon's own timing of schedules, which is Dagster's.",
    ),
)
