"""How large numbers are: amounts in another unit, minutes for seconds, a score on another scale."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from pipelines.contract import Log
from pipelines.gates.shapes.shape import LEAST_DAYS, NOTHING, PLANNED, SURE_DAYS, Seen, Shape, highest, usable
from pipelines.ingest.profile import NUMBERS, STEPS

JUMP = 2.5
"""Times the usual median, or its fraction, from which a number is said to have moved."""
_SURE_JUMP = 8.0
_LENGTHS = ("n_chars",)
"""Numbers that follow what is written and have no unit that could change: they only warn."""
_LEAST_ROWS = 10
_LEAST_PAST_ROWS = 100
_OUTSIDE = 0.5
_SURE_OUTSIDE = 0.8
"""Share of the values that lie outside those of the past."""


def numbers_moved(day: Shape, past: Sequence[Shape], log: Log) -> Seen:
    """How many times the usual a number of the day is, the one that moved furthest; either way."""
    found = [_moved(column.name, day, past, log) for column in log.columns if column.type in NUMBERS]
    return max(found, key=lambda one: (one.is_certain, one.value), default=NOTHING)


def _moved(name: str, day: Shape, past: Sequence[Shape], log: Log) -> Seen:
    mine = _sizes(day, name)
    n = sum(mine.values())
    if n < _LEAST_ROWS:
        return NOTHING
    days = usable(past, lambda one: name in one.columns and one.columns[name].filled > 0)
    sizes = [_sizes(one, name) for one in days]
    pooled: Counter[int] = Counter()
    for one in sizes:
        pooled.update(one)
    enough = [one for one in sizes if sum(one.values()) >= _LEAST_ROWS / 2]
    if len(days) < LEAST_DAYS or len(enough) < LEAST_DAYS / 2 or sum(pooled.values()) < _LEAST_PAST_ROWS:
        return NOTHING
    usual, now = _median(pooled), _median(mine)
    steps = abs(now - usual)
    least, most_usual = _at(pooled, 0.01), _at(pooled, 0.99)
    outside = sum(count for size, count in mine.items() if not least <= size <= most_usual) / n
    if _times(steps) < JUMP or (log.name in PLANNED and outside < _OUTSIDE):
        return NOTHING
    most, high = highest(abs(_median(one) - usual) for one in enough)
    if steps <= max(1.5 * high, high + STEPS):
        return NOTHING
    is_certain = (
        len(days) >= SURE_DAYS
        and name not in _LENGTHS
        and _times(steps) >= _SURE_JUMP
        and outside >= _SURE_OUTSIDE
        and steps > 1.5 * most
    )
    said = f"{name}: median {_value(now)} of {n:,} rows, usually {_value(usual)}"
    return Seen(_times(steps), is_certain, said)


def _sizes(day: Shape, name: str) -> Counter[int]:
    column = day.columns.get(name)
    return Counter({int(size): n for size, n in column.classes.items() if size != "0"}) if column else Counter()


def _median(sizes: Mapping[int, int]) -> int:
    return _at(sizes, 0.5)


def _at(sizes: Mapping[int, int], share: float) -> int:
    """Return the class below which a share of the rows lies."""
    wanted, seen = share * sum(sizes.values()), 0
    for size in sorted(sizes):
        seen += sizes[size]
        if seen >= wanted:
            return size
    return 0


def _times(steps: float) -> float:
    return round(2 ** (steps / STEPS), 2)


def _value(size: int) -> str:
    """Write about the number that a class stands for."""
    value = 2 ** (abs(size) / STEPS) - 1
    return f"{'-' if size < 0 else ''}{value:,.0f}" if value >= 10 else f"{'-' if size < 0 else ''}{value:.2g}"
