"""What came before: the rows of another day, ids that stood for something else, rows that say the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pipelines.gates.shapes.shape import (
    LEAST_DAYS,
    NOTHING,
    SURE_DAYS,
    Seen,
    Shape,
    bound,
    highest,
    others,
    percent,
    usable,
)

_LEAST_ROWS = 10
_SURE_ROWS = 20
_ALL_BUT = 0.95
"""Share of the rows of another day from which even few rows tell."""
_NEVER_USUAL = 0.5
"""Share of keys that stood for something else which is a fault however often it was so."""
_LEAST_NEAR = 7
_NEAR_DAYS = 28
"""Days back to which the rows of another day are looked for: what is given every month comes again after more."""


def day_again(day: Shape, past: Sequence[Shape]) -> Seen:
    """Share of the rows that another day has at the same time of day, whatever their keys and dates."""
    days = [one for one in usable(past, lambda one: one.measured > 0) if (day.day - one.day).days <= _NEAR_DAYS]
    if len(day.bodies_sample.hashes) < _LEAST_ROWS or not days:
        return NOTHING
    share, n, like = _most_alike(day, days)
    if share < 0.5:
        return NOTHING
    asked = usable(days, lambda one: len(one.bodies_sample.hashes) >= _LEAST_ROWS)
    if len(asked) < _LEAST_NEAR:
        return NOTHING
    most, high = highest(_most_alike(one, rest)[0] for one, rest in others(asked))
    if share <= min(2 * high, (1 + high) / 2) or (n < _SURE_ROWS and share < 0.8):
        return NOTHING
    is_enough = n >= _SURE_ROWS or share >= _ALL_BUT
    is_certain = is_enough and len(asked) >= LEAST_DAYS and share >= 0.8 and most < 0.4
    said = f"{percent(share)} of {n:,} rows looked at are those of {like.day}"
    return Seen(share, is_certain, said)


def ids_again(day: Shape, past: Sequence[Shape]) -> Seen:
    """Share of the keys that stood for something else recently: the new rows pass for versions of the old."""
    days = usable(past, lambda one: bool(one.keys))
    n = len(day.keys_sample)
    if n < 5 or not days:
        return NOTHING
    share, example = _taken(day, days)
    if share < 0.1 or share * n < 5:
        return NOTHING
    asked = usable(days, lambda one: len(one.keys_sample) >= 5)
    most, high = highest(_taken(one, rest)[0] for one, rest in others(asked)) if len(asked) > 1 else (0.0, 0.0)
    if share < min(high + 0.1, _NEVER_USUAL):
        return NOTHING
    is_certain = n >= _LEAST_ROWS and len(asked) >= SURE_DAYS and share >= most + 0.3
    return Seen(
        share, is_certain, f"{percent(share)} of {n:,} keys looked at stood for something else, as on {example}"
    )


def rows_repeated(day: Shape, past: Sequence[Shape]) -> Seen:
    """Share of the rows that say what another row of the day says, at the same second."""
    share, n = _repeated(day), day.bodies_sample.n_rows
    if n < 2 * _SURE_ROWS or share < 0.25:
        return NOTHING
    days = usable(past, lambda one: one.bodies_sample.n_rows >= _LEAST_ROWS)
    if len(days) < LEAST_DAYS:
        return NOTHING
    most, high = highest(map(_repeated, days))
    if share < high + 0.2:
        return NOTHING
    is_certain = len(days) >= SURE_DAYS and share >= most + 0.3 and most < 0.2
    return Seen(share, is_certain, f"{percent(share)} of {n:,} rows looked at repeat another, {bound(most, high)}")


def _repeated(day: Shape) -> float:
    sample = day.bodies_sample
    return 1 - len(sample.hashes) / sample.n_rows if sample.n_rows else 0.0


def _most_alike(day: Shape, days: Sequence[Shape]) -> tuple[float, int, Shape]:
    """Return the greatest share of a day's rows that one of ``days`` has, of how many, and which day it is."""
    best = (-1.0, 0, days[-1])
    for one in days:
        limit = min(day.bodies_sample.limit, one.bodies_sample.limit)
        asked = day.bodies_sample.below(limit)
        if len(asked) >= _LEAST_ROWS:
            share = len(asked & one.bodies_sample.hashes) / len(asked)
            if share > best[0]:
                best = (share, len(asked), one)
    return best


def _taken(day: Shape, days: Sequence[Shape]) -> tuple[float, str]:
    """Return the share of a day's keys that last stood for something else on ``days``, and the latest such day."""
    taken: dict[str, date] = {}
    for one in days:
        for key in day.keys_sample.keys() & one.keys_sample.keys():
            if day.keys_sample[key] == one.keys_sample[key]:
                taken.pop(key, None)
            else:
                taken[key] = one.day
    return len(taken) / len(day.keys_sample), str(max(taken.values(), default=""))
