"""When the rows happened: hours moved by a zone, times cut off, hours without a row, rows of other days."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from operator import mul

from pipelines.contract import Log
from pipelines.gates.shapes.shape import (
    LEAST_DAYS,
    NOTHING,
    PLANNED,
    SURE_DAYS,
    Seen,
    Shape,
    bound,
    highest,
    percent,
    usable,
)

_LEAST_IN_HOURS = 60
_FEW_ROWS = 20
_GAIN = 0.2
"""How much better the hours must fit when moved, in correlation."""
_SURE_GAIN = 0.4
_LEAST_EXPECTED = 20.0
_SURE_EXPECTED = 40.0
"""Rows that the past expects in hours that have none."""
_NO_SPREAD = 1e-12


def hours_moved(day: Shape, past: Sequence[Shape], log: Log) -> Seen:
    """How many hours the day must be moved by to look like its past; zero where it looks like it as it is."""
    if day.in_hours < _LEAST_IN_HOURS or log.name in PLANNED:
        return NOTHING
    days = usable(past, lambda one: one.in_hours >= _LEAST_IN_HOURS)
    if len(days) < LEAST_DAYS:
        return NOTHING
    usual = _pooled(days)
    gain, hours = _gain(day, usual)
    if gain < _GAIN:
        return NOTHING
    most, high = highest(_gain(one, _without(one, usual, len(days)))[0] for one in days)
    if gain < 2.5 * high or _fits_in_part(day, usual, gain):
        return NOTHING
    is_certain = len(days) >= SURE_DAYS and gain >= _SURE_GAIN and gain >= 2.5 * most
    moved = f"{abs(hours)} h {'later' if hours > 0 else 'earlier'} than usual"
    return Seen(abs(hours), is_certain, f"{day.measured:,} rows lie {moved}")


def times_alike(day: Shape, past: Sequence[Shape]) -> Seen:
    """Share of the rows at the full or half hour, midnight included: times that lost their minutes."""
    share = day.share("on_the_hour")
    if day.measured < _FEW_ROWS or share < 0.5:
        return NOTHING
    days = usable(past, lambda one: one.measured >= _FEW_ROWS / 2)
    if len(days) < LEAST_DAYS:
        return NOTHING
    most, high = highest(one.share("on_the_hour") for one in days)
    if share < high + 0.3:
        return NOTHING
    is_certain = len(days) >= SURE_DAYS and share >= 0.9 and most <= 0.5
    midnight = max(range(24), key=lambda hour: day.hours[hour])
    said = (
        f"{percent(share)} of {day.measured:,} rows at full or half hours, most at {midnight}:00, {bound(most, high)}"
    )
    return Seen(share, is_certain, said)


def hours_missing(day: Shape, past: Sequence[Shape], log: Log) -> Seen:
    """Share of the usual rows that lie in the hours before the first or after the last row."""
    if day.in_hours < _LEAST_EXPECTED or log.name in PLANNED or (day.hours[0] and day.hours[23]):
        return NOTHING
    days = usable(past, lambda one: one.in_hours >= _LEAST_EXPECTED)
    if len(days) < LEAST_DAYS:
        return NOTHING
    usual = _pooled(days)
    share, first, last = _missing(day, usual)
    expected = share / max(1 - share, 0.01) * day.in_hours
    if expected < _LEAST_EXPECTED or share < 0.1:
        return NOTHING
    most, high = highest(_missing(one, _without(one, usual, len(days)))[0] for one in days)
    if share < max(2 * high, high + 0.1):
        return NOTHING
    is_certain = len(days) >= SURE_DAYS and expected >= _SURE_EXPECTED and share >= max(0.25, most + 0.2, 2 * most)
    said = f"rows from {first}:00 to {last}:59 only; {percent(share)} of the usual lie outside, {bound(most, high)}"
    return Seen(share, is_certain, said)


def rows_late(day: Shape, past: Sequence[Shape]) -> Seen:
    """Share of the rows that are of earlier days; a delivery that catches up looks the same, so it is never certain."""
    return _of_other_days(day, past, "late", "are of earlier days")


def rows_ahead(day: Shape, past: Sequence[Shape]) -> Seen:
    """Share of the rows that are of the day after: the day is delivered under the name of the one before."""
    return _of_other_days(day, past, "ahead", "are of the day after")


def _of_other_days(day: Shape, past: Sequence[Shape], name: str, said: str) -> Seen:
    share = day.share(name)
    if day.measured < _FEW_ROWS or share < 0.4:
        return NOTHING
    days = usable(past, lambda one: one.measured >= _FEW_ROWS / 2)
    if len(days) < LEAST_DAYS:
        return NOTHING
    most, high = highest(one.share(name) for one in days)
    if share < high + 0.3:
        return NOTHING
    is_certain = name == "ahead" and len(days) >= SURE_DAYS and share >= 0.9 and most <= 0.3
    return Seen(share, is_certain, f"{percent(share)} of {day.measured:,} rows {said}, {bound(most, high)}")


def _pooled(days: Sequence[Shape]) -> list[float]:
    """Return the share of rows in each hour, every day counting as much."""
    shares = [sum(one.hours[hour] / one.in_hours for one in days) for hour in range(24)]
    return [share / len(days) for share in shares]


def _without(day: Shape, usual: Sequence[float], n_days: int) -> list[float]:
    """Return what the share of each hour is without one of the days."""
    return [(n_days * share - n / day.in_hours) / (n_days - 1) for share, n in zip(usual, day.hours, strict=True)]


def _gain(day: Shape, usual: Sequence[float]) -> tuple[float, int]:
    """Return how much the correlation with the past gains at best by moving the day, and by how many hours."""
    products = [sum(map(mul, day.hours[moved:] + day.hours[:moved], usual)) for moved in range(24)]
    best = max(range(24), key=lambda moved: products[moved])
    spread = _spread(day.hours, usual)  # moving the day changes neither its mean nor this
    gain = (products[best] - products[0]) / spread if spread > _NO_SPREAD else 0.0
    return gain, best if best <= 12 else best - 24


def _fits_in_part(day: Shape, usual: Sequence[float], gain: float) -> bool:
    """Tell whether the hours from the first row to the last fit as well as all hours moved: the others are missing."""
    _, first, last = _missing(day, usual)
    part = [share if first <= hour <= last else 0.0 for hour, share in enumerate(usual)]
    return _correlation(day.hours, part) >= _correlation(day.hours, usual) + gain


def _correlation(one: Sequence[float], other: Sequence[float]) -> float:
    spread = _spread(one, other)
    return (sum(map(mul, one, other)) - sum(one) * sum(other) / 24) / spread if spread > _NO_SPREAD else 0.0


def _spread(one: Sequence[float], other: Sequence[float]) -> float:
    squares = (sum(a * a for a in one) - sum(one) ** 2 / 24) * (sum(b * b for b in other) - sum(other) ** 2 / 24)
    return sqrt(max(squares, 0))


def _missing(day: Shape, usual: Sequence[float]) -> tuple[float, int, int]:
    """Return the usual share of rows outside the hours from the first row to the last, and these hours."""
    filled = [hour for hour in range(24) if day.hours[hour]]
    first, last = filled[0], filled[-1]
    return sum(usual[:first]) + sum(usual[last + 1 :]), first, last
