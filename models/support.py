"""What the test months support at both ends: nobody is shown as surer to leave, or to stay, than came true there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

MOST_AT_AN_END = 100
LEAST_AT_AN_END = 30
"""Test predictions that make up an end: a tenth of all, but no more and no fewer than these."""


@dataclass(frozen=True)
class Support:
    """Probabilities below ``low`` and above ``high`` are shown as these.

    ``n`` predictions make up each end; ``low_rate`` and ``high_rate`` are the shares of them that churned.
    """

    low: float
    high: float
    n: int
    low_rate: float
    high_rate: float

    def shown(self, probability: np.ndarray) -> np.ndarray:
        """Return probabilities as they may be shown, same shape; their order stays, though some become equal."""
        return np.asarray(np.clip(probability, self.low, self.high))


def support(predictions: pd.DataFrame) -> Support | None:
    """Return what predictions of days that the learner had not seen support; None where there are too few.

    The limits are the outer ends of the 95 % intervals (Wilson) of what came true at the ends, and never nearer to
    certainty than one case in n + 2: even where all of n left, n cases do not show more.

    Args:
        predictions: Test predictions of the champion: is_churned (0 or 1), probability.
    """
    n = min(MOST_AT_AN_END, max(LEAST_AT_AN_END, len(predictions) // 10))
    if len(predictions) < 2 * n:
        return None
    churned = predictions.sort_values("probability", kind="stable")["is_churned"].to_numpy(dtype=int)
    n_low, n_high = int(churned[:n].sum()), int(churned[-n:].sum())
    return Support(
        low=max(_interval(n_low, n)[0], 1 / (n + 2)),
        high=min(_interval(n_high, n)[1], (n + 1) / (n + 2)),
        n=n,
        low_rate=n_low / n,
        high_rate=n_high / n,
    )


def _interval(hits: int, n: int) -> tuple[float, float]:
    from scipy.stats import binomtest  # noqa: PLC0415 - its import takes a second, and only training needs it

    found = binomtest(hits, n).proportion_ci(method="wilson")
    return float(found.low), float(found.high)
