"""How many rows came: too few, too many, as many as a limit allows, or rows that take back nearly all others."""

from __future__ import annotations

from collections.abc import Sequence
from math import log, sqrt
from statistics import median, stdev

from pipelines.gates.shapes.shape import (
    LEAST_DAYS,
    NOTHING,
    PAST_DAYS,
    SURE_DAYS,
    Seen,
    Shape,
    highest,
    lowest,
    percent,
    usable,
)

FEW = 0.35
"""Share of the usual rows below which a day is short."""
_SURELY_FEW = 0.2
"""Share of the fewest rows of the past below which it is withheld."""
MANY = 3.0
"""Times the usual rows above which a day is large."""
SPREADS = 4.0
"""Standard deviations of the logarithm of a day's rows beyond which one is far from the usual."""
_LEAST_ROWS = 30
_SURE_ROWS = 50
_LEAST_WEEKDAYS = 4
_LIMITS = frozenset(base * 10**power for base in (1, 2, 5) for power in range(1, 7)) | {
    2**power - less for power in range(10, 21) for less in (0, 1)
}
"""Rows at which programs stop: round numbers, powers of two (65,536 and 1,048,576 rows are a worksheet)."""
_MOST_OF_ONE = 20


def rows_short(day: Shape, past: Sequence[Shape]) -> Seen:
    """Share of the usual rows that is missing."""
    days, usual, spread = _usual(day, past)
    if len(days) < LEAST_DAYS or usual < _LEAST_ROWS or day.rows >= FEW * usual:
        return NOTHING
    least, low = lowest(one.rows for one in days)
    if day.rows >= 0.7 * low or log((usual + 1) / (day.rows + 1)) < SPREADS * spread:
        return NOTHING
    is_certain = len(days) >= SURE_DAYS and usual >= _SURE_ROWS and day.rows < _SURELY_FEW * least
    return Seen(1 - day.rows / usual, is_certain, f"{day.rows:,} rows, usually {usual:,.0f}, never under {least:,}")


def rows_many(day: Shape, past: Sequence[Shape]) -> Seen:
    """How many times the usual rows came; a launch looks the same, so it is never certain."""
    days, usual, spread = _usual(day, past)
    if len(days) < LEAST_DAYS or usual < _LEAST_ROWS or day.rows <= MANY * usual:
        return NOTHING
    most, high = highest(one.rows for one in days)
    if day.rows <= 1.5 * high or log((day.rows + 1) / (usual + 1)) < SPREADS * spread:
        return NOTHING
    return Seen(day.rows / usual, False, f"{day.rows:,} rows, usually {usual:,.0f}, never over {most:,}")


def rows_cut(day: Shape, past: Sequence[Shape]) -> Seen:
    """Rows of a file that ends at a round number, or of several members who all have the same round number."""
    if day.most_of_one in _LIMITS and day.people_of_most >= 3 and day.most_of_one >= _MOST_OF_ONE:
        said = f"{day.people_of_most:,} members have {day.most_of_one:,} rows each, and none has more"
        if not any(one.most_of_one == day.most_of_one and one.people_of_most >= 3 for one in past):
            return Seen(day.most_of_one, False, said)
    before = [n for one in past[-28:] for n in one.files]
    for n in day.files:
        n_alike = sum(other == n for other in before)
        is_most = all(other <= n for other in before[-7:]) and n_alike
        if n >= 1000 and n in _LIMITS and (n >= 10_000 or is_most):
            return Seen(n, False, f"a file of exactly {n:,} rows")
    return NOTHING


def rows_withdrawn(day: Shape, past: Sequence[Shape]) -> Seen:
    """Share of the rows that take back others."""
    n_all = day.rows + day.withdrawn
    share = day.withdrawn / n_all if n_all else 0.0
    days = usable(past, lambda one: one.rows + one.withdrawn > 0)
    if share < 0.5 or day.withdrawn < _LEAST_ROWS or len(days) < LEAST_DAYS:
        return NOTHING
    most, high = highest(one.withdrawn / (one.rows + one.withdrawn) for one in days)
    if share < high + 0.3:
        return NOTHING
    is_certain = len(days) >= SURE_DAYS and day.withdrawn >= _SURE_ROWS and share >= most + 0.5
    return Seen(share, is_certain, f"{day.withdrawn:,} of {n_all:,} rows withdraw a key, never over {percent(most)}")


def _usual(day: Shape, past: Sequence[Shape]) -> tuple[list[Shape], float, float]:
    """Return the days to compare with, the median of the same weekday, and how far days lie from it in logarithms.

    Where too few days of the weekday are known, it is the median of all of the last four weeks.
    """
    days = list(past[-PAST_DAYS:])
    weekday = [one for one in days if one.day.weekday() == day.day.weekday()]
    asked = weekday if len(weekday) >= _LEAST_WEEKDAYS else days[-28:]
    if not asked:
        return [], 0.0, 0.0
    usual = median(one.rows for one in asked)
    logs = [log(one.rows + 1) for one in days]
    return days, usual, max(stdev(logs), 1 / sqrt(usual + 1)) if len(days) > 1 else 0.0
