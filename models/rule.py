"""The rule that stands in where no model is fit to be used: churn by how long a member has been away.

It needs no fitting beyond counting, so a community on its first day has it, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

N_BANDS = 3


@dataclass(frozen=True)
class Rule:
    """Probability of churn by thirds of the horizon since the last activity, freshest first."""

    horizon_days: int
    probabilities: tuple[float, ...]

    def predict(self, features: pd.DataFrame) -> np.ndarray:
        """Return the probability of churn per row, shape (n,)."""
        return np.take(self.probabilities, bands(features, self.horizon_days))


def bands(features: pd.DataFrame, horizon_days: int) -> np.ndarray:
    """Return 0, 1 or 2 per row: the third of the horizon in which the last activity lies."""
    thirds = features["days_since_active"].to_numpy(dtype=float) * N_BANDS / horizon_days
    return np.asarray(np.clip(thirds, 0, N_BANDS - 1).astype(int))


def fit_rule(rows: pd.DataFrame, horizon_days: int) -> Rule:
    """Count churners per band. One imagined churner and one stayer in each keep small counts from certainty.

    Args:
        rows: Labelled rows with days_since_active and is_churned; may be empty.
        horizon_days: Horizon of the definition.
    """
    band = bands(rows, horizon_days)
    churned = rows["is_churned"].to_numpy(dtype=float)
    return Rule(
        horizon_days,
        tuple(float((churned[band == third].sum() + 1) / ((band == third).sum() + 2)) for third in range(N_BANDS)),
    )
