"""How many rows of a log day name nobody, against that log's own past. Such rows make nobody active.

A column under another name than the contract's is no error of a row: all of its rows simply lack it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from expectations.suites import LEAST_BROKEN_ROWS

PAST_DAYS = 28
LEAST_PAST_DAYS = 7
SPREADS = 3
"""Robust standard deviations of the past shares that a share may lie above their median."""

_TO_DEVIATION = 1.4826
"""Standard deviation of a normal distribution over its median absolute deviation."""


@dataclass(frozen=True)
class Absent:
    """Rows of a log day, and those of them that name nobody."""

    n_rows: int
    n_absent: int

    @property
    def share(self) -> float:
        """Share of the rows that name nobody."""
        return self.n_absent / self.n_rows


@dataclass(frozen=True)
class Judged:
    """What the rules look at: the share of a first delivery, or how far it rose above the usual; null where unasked."""

    share: float | None = None
    rise: float | None = None


def judge_absent(
    waiting: Mapping[date, Absent], past: Mapping[date, Absent], *, max_share: float, max_rise: float
) -> dict[date, Judged]:
    """Return what the rules look at, for each waiting log day that has rows.

    Args:
        waiting: Log days to judge.
        past: Log days that were accepted before; those that wait are not among them.
        max_share: Share from which a first delivery is withheld; such days are no past of the later ones.
        max_rise: Rise from which a day is withheld, likewise.

    Returns:
        Days with fewer than 7 log days before them are judged together, by the share of all their rows: a day alone
        may have few. Each later one is judged by its own past, if enough of its rows name nobody to tell.
    """
    judged: dict[date, Judged] = {}
    known = dict(past)
    days = sorted(past)
    young = [day for day in sorted(waiting) if bisect_left(days, day) < LEAST_PAST_DAYS]
    n_rows, n_absent = (sum(getattr(waiting[day], name) for day in young) for name in ("n_rows", "n_absent"))
    is_enough = not past or n_absent >= LEAST_BROKEN_ROWS
    first = n_absent / n_rows if n_rows and is_enough else None
    for day in sorted(waiting):
        usual = _usual(day, known, days)
        if usual is None:
            judged[day] = Judged(share=first)
        else:
            is_told = waiting[day].n_absent >= LEAST_BROKEN_ROWS
            judged[day] = Judged(rise=max(0.0, waiting[day].share - usual) if is_told else None)
        if (judged[day].share or 0) <= max_share and (judged[day].rise or 0) <= max_rise:
            known[day] = waiting[day]
            days.insert(bisect_left(days, day), day)
    return judged


def _usual(day: date, known: Mapping[date, Absent], days: Sequence[date]) -> float | None:
    """Upper end of the usual share: median of the 28 log days before, and three robust deviations; null where few."""
    end = bisect_left(days, day)
    shares = [known[one].share for one in days[max(0, end - PAST_DAYS) : end]]
    if len(shares) < LEAST_PAST_DAYS:
        return None
    middle = median(shares)
    spread = median(abs(share - middle) for share in shares)
    return middle + SPREADS * _TO_DEVIATION * spread
