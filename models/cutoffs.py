"""Which days the model learns from and is tested on: a rolling origin that never looks ahead.

A cut-off is an as-of day whose outcome is known. Training labels are complete by the end of the first day that they are
tested on. Features of that day hold what was known at its end, and a member is scored then: an outcome that ends with
the day uses nothing later, so the newest such cut-off is learnt from, as it will be when the model is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


class NotEnoughHistoryError(ValueError):
    """The labelled cut-offs don't suffice to fit, choose and test."""


@dataclass(frozen=True)
class Split:
    """Cut-offs by what they are used for, each ascending.

    A learner is chosen by fitting ``choosing`` and measuring ``validation``; the procedure is tested by fitting
    ``training`` (which holds both, and the days between) and measuring ``test``.
    """

    choosing: tuple[date, ...]
    validation: tuple[date, ...]
    training: tuple[date, ...]
    test: tuple[date, ...]


def cutoff_days(first: date, last: date, horizon: int, step_days: int = 30) -> list[date]:
    """Return the as-of days of a history, ascending, ``step_days`` apart.

    Args:
        first: First day with data; a cut-off has at least ``horizon`` days of history.
        last: Last complete day; the latest cut-off is ``horizon`` days before it, so that its outcome is
            known.
        horizon: Days after which the outcome is known.
        step_days: Days between cut-offs.
    """
    n_days = (last - first).days - 2 * horizon
    return [last - timedelta(days=horizon + back) for back in range(0, n_days + 1, step_days)][::-1]


def split_cutoffs(cutoffs: list[date], known_after: int, n_test: int = 12) -> Split:
    """Split labelled cut-offs into choosing, validation, training and test days; outcomes take ``known_after`` days.

    Of a short history at most a third is kept for testing, at least one cut-off. Validation takes a quarter
    of the training cut-offs, twelve at most.

    Raises:
        NotEnoughHistoryError: where a part would be empty.
    """
    days = sorted(set(cutoffs))
    test = days[len(days) - min(n_test, len(days) // 3) :]
    training = _labelled_by(days, test, known_after)
    validation = training[len(training) - min(12, max(1, len(training) // 4)) :] if training else []
    choosing = _labelled_by(training, validation, known_after)
    if not choosing:
        raise NotEnoughHistoryError(
            f"{len(days)} labelled cut-offs leave none to learn from before those to choose and to test on; "
            f"each needs its {known_after} days of outcome before the next begins"
        )
    return Split(tuple(choosing), tuple(validation), tuple(training), tuple(test))


def _labelled_by(days: list[date], later: list[date], known_after: int) -> list[date]:
    """Return the days whose outcome is complete by the end of the first of ``later``."""
    return [day for day in days if later and day + timedelta(days=known_after) <= later[0]]
