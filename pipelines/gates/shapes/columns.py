"""What columns hold: one that is empty all at once, one value in all rows, kinds that are gone or new, currencies."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from pipelines.contract import Log, Type
from pipelines.gates.shapes.shape import (
    LEAST_DAYS,
    NOTHING,
    PLANNED,
    SURE_DAYS,
    Measured,
    Seen,
    Shape,
    bound,
    highest,
    lowest,
    percent,
    usable,
)

_LEAST_ROWS = 20
_LEAST_ALIKE = 50
_NEVER_EMPTY = 0.95
_LEAST_EXPECTED = 15.0
_SURE_EXPECTED = 30.0


def columns_emptied(day: Shape, past: Sequence[Shape], log: Log) -> Seen:
    """Share of the rows that lack a column which they usually fill, the one that is missed most."""
    steady = 0.9 if log.name in PLANNED else 0.0
    return _worst([_emptied(column.name, day, past, steady) for column in log.columns if column.name != log.person])


def columns_alike(day: Shape, past: Sequence[Shape], log: Log) -> Seen:
    """How many rows have one value in a column that never had one in all rows of a day."""
    asked = [column for column in log.columns if not column.kinds and log.name not in PLANNED]
    return _worst(
        [_alike(column.name, day, past, is_sure=column.required or column.name == log.person) for column in asked]
    )


def kinds_gone(day: Shape, past: Sequence[Shape], log: Log) -> Seen:
    """How many rows are usual of a kind that always came and is missing."""
    return _worst([_gone(name, day, past) for name in _with_kinds(log)])


def kinds_new(day: Shape, past: Sequence[Shape], log: Log) -> Seen:
    """Share of the rows of a kind that has far more of them than ever."""
    return _worst([_new(name, day, past) for name in _with_kinds(log)])


def currency_changed(day: Shape, past: Sequence[Shape], log: Log) -> Seen:
    """Share of the amounts in a currency that had hardly any."""
    return _worst([_new(column.name, day, past, 5) for column in log.columns if column.type is Type.CURRENCY])


def _with_kinds(log: Log) -> list[str]:
    return [column.name for column in log.columns if column.kinds and log.name not in PLANNED]


def _worst(found: Sequence[Seen]) -> Seen:
    broken = sorted((one for one in found if one.value), key=lambda one: (not one.is_certain, -one.value))
    if not broken:
        return NOTHING
    return Seen(broken[0].value, broken[0].is_certain, "; ".join(one.said for one in broken))


def _filled(day: Shape, name: str) -> float:
    """Return the share of rows that fill a column with more than a zero."""
    column = day.columns.get(name)
    return (column.filled - column.classes.get("0", 0)) / day.measured if column and day.measured else 0.0


def _emptied(name: str, day: Shape, past: Sequence[Shape], steady: float) -> Seen:
    share = _filled(day, name)
    if name not in day.columns or share > 0.5:
        return NOTHING
    days = usable(past, lambda one: one.measured >= _LEAST_ROWS / 2 and name in one.columns)
    if len(days) < LEAST_DAYS:
        return NOTHING
    shares = [_filled(one, name) for one in days]
    least, low = lowest(shares)
    usual = median(shares)
    if not _tells(low, day.measured, _LEAST_EXPECTED) or low < max(usual / 3, steady) or share >= low / 3:
        return NOTHING
    is_far = share < 0.1 * least and least >= usual / 2
    is_certain = len(days) >= SURE_DAYS and is_far and _tells(least, day.measured, _SURE_EXPECTED)
    said = f"{name} has a value in {percent(share)} of {day.measured:,} rows, {bound(least, low, 'under')}"
    return Seen(1 - share / usual, is_certain, said)


def _tells(share: float, n_rows: int, expected: float) -> bool:
    """Tell whether rows are enough to expect so many filled ones; of a column that was never empty, a third will do."""
    return share * n_rows >= (expected / 3 if share >= _NEVER_EMPTY else expected)


def _alike(name: str, day: Shape, past: Sequence[Shape], *, is_sure: bool) -> Seen:
    column = day.columns.get(name)
    if column is None or not column.same or column.filled < _LEAST_ALIKE:
        return NOTHING
    days = usable(past, lambda one: name in one.columns and one.columns[name].filled >= _LEAST_ROWS)
    if len(days) < LEAST_DAYS or any(one.columns[name].same for one in days):
        return NOTHING
    said = f"{name} is the same in all {column.filled:,} rows that have it, as on none of {len(days)} days before"
    return Seen(column.filled, is_sure and len(days) >= SURE_DAYS, said)


def _gone(name: str, day: Shape, past: Sequence[Shape]) -> Seen:
    mine = day.columns.get(name)
    if mine is None or mine.filled < _LEAST_EXPECTED:
        return NOTHING
    days = usable(past, lambda one: name in one.columns and one.columns[name].filled >= _LEAST_ROWS)
    if len(days) < LEAST_DAYS:
        return NOTHING
    found = []
    for kind in days[-1].columns[name].classes.keys() - mine.classes.keys():
        shares = [_share(one.columns[name], kind) for one in days]
        least, low = lowest(shares)
        usual = median(shares)
        if low >= usual / 3 and _missing(low, mine.filled) >= _LEAST_EXPECTED:
            is_enough = _missing(least, mine.filled) >= _SURE_EXPECTED and least >= usual / 2
            is_certain = len(days) >= SURE_DAYS and is_enough
            said = f"no {name} {kind} among {mine.filled:,} rows, {bound(least, low, 'under')}"
            found.append(Seen(round(_missing(usual, mine.filled)), is_certain, said))
    return _worst(found)


def _missing(share: float, n_others: int) -> float:
    """Return how many rows a kind of this share has beside so many others."""
    return share / max(1 - share, 0.01) * n_others


def _new(name: str, day: Shape, past: Sequence[Shape], least_rows: int = _LEAST_ROWS) -> Seen:
    column = day.columns.get(name)
    if column is None or column.filled < least_rows:
        return NOTHING
    days = usable(past, lambda one: name in one.columns and one.columns[name].filled >= least_rows / 2)
    if len(days) < LEAST_DAYS:
        return NOTHING
    found = []
    for kind in column.classes:
        share = _share(column, kind)
        if share < 0.3:
            continue
        most, high = highest(_share(one.columns[name], kind) for one in days)
        if share < high + max(0.3, 2 / 3 * (1 - high)):
            continue
        is_certain = len(days) >= SURE_DAYS and share >= 0.9 and most <= 0.1 and column.filled >= _LEAST_ROWS / 2
        said = f"{percent(share)} of {column.filled:,} rows are of {name} {kind}, {bound(most, high)}"
        found.append(Seen(share, is_certain, said))
    return _worst(found)


def _share(column: Measured, kind: str) -> float:
    return column.classes.get(kind, 0) / column.filled
