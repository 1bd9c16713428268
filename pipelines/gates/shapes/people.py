"""Who the rows are of: nobody whom the log knew before, or nearly all of one member."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import sqrt
from statistics import median

from pipelines.gates.shapes.shape import (
    LEAST_DAYS,
    NOTHING,
    SURE_DAYS,
    Seen,
    Shape,
    bound,
    highest,
    lowest,
    percent,
    usable,
)

_LEAST_PEOPLE = 10
_LEAST_KNOWN = 10
_LEAST_ROWS = 50
SPREADS = 4.0
"""Standard deviations that the members who are known must lie below those expected."""


def strangers(day: Shape, past: Sequence[Shape]) -> Seen:
    """Share of the members whom the log has not had recently; certain where nearly none of the usual ones came."""
    days = usable(past, lambda one: one.people > 0)
    if day.people < _LEAST_PEOPLE or len(days) < LEAST_DAYS:
        return NOTHING
    limit = min(one.people_sample.limit for one in (day, *days))
    asked = day.people_sample.below(limit)
    if len(asked) < _LEAST_PEOPLE:
        return NOTHING
    samples = [one.people_sample.below(limit) for one in days]
    counts = Counter(one for sample in samples for one in sample)
    known = sum(1 for one in asked if one in counts)
    if known > 0.7 * len(asked):
        return NOTHING
    known_of = [sum(1 for one in sample if counts[one] > 1) for sample in samples]
    shares = [n / len(sample) for n, sample in zip(known_of, samples, strict=True) if len(sample) >= _LEAST_PEOPLE]
    if len(shares) < LEAST_DAYS:
        return NOTHING
    least, low = lowest(shares)
    expected = median(shares) * len(asked)
    is_far = known <= expected / 4 or expected - known >= SPREADS * sqrt(expected)
    if known >= 0.7 * low * len(asked) or expected < _LEAST_KNOWN or not is_far:
        return NOTHING
    fewest = min(known_of)
    is_usual = len(days) >= SURE_DAYS and median(known_of) >= _LEAST_KNOWN
    is_certain = is_usual and known <= 0.1 * fewest and known < 0.1 * len(asked)
    said = f"{known:,} of {len(asked):,} members came on the {len(days)} log days before, {bound(least, low, 'under')}"
    return Seen(1 - known / len(asked), is_certain, said)


def one_member(day: Shape, past: Sequence[Shape]) -> Seen:
    """Share of the rows that one member has; an import in one name looks the same, so it is never certain."""
    share = day.most_of_one / day.rows if day.rows else 0.0
    if day.rows < _LEAST_ROWS or share < 0.5:
        return NOTHING
    days = usable(past, lambda one: one.rows >= _LEAST_ROWS / 2 and one.people > 0)
    if len(days) < LEAST_DAYS:
        return NOTHING
    most, high = highest(one.most_of_one / one.rows for one in days)
    if share <= min(2 * high, (1 + high) / 2) or high >= 0.7:
        return NOTHING
    return Seen(share, False, f"{percent(share)} of {day.rows:,} rows are of one member, {bound(most, high)}")
