"""Calibration of probabilities on the latest cut-offs: two numbers on the log-odds scale (Platt).

Probabilities are clipped to [1e-15, 1 - 1e-15] wherever a logarithm is taken, here and in the metrics.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

CLIP = 1e-15
"""Probabilities are kept this far from 0 and 1 before a logarithm."""

MIN_OF_EACH = 50
"""Churners, and stayers, needed before two numbers are worth estimating."""


@dataclass(frozen=True)
class Calibration:
    """Calibrated log-odds = slope x log-odds + intercept; the default leaves probabilities as they are."""

    slope: float = 1.0
    intercept: float = 0.0

    def apply(self, probability: np.ndarray) -> np.ndarray:
        """Return calibrated probabilities, same shape."""
        if self == Calibration():
            return probability
        return np.asarray(expit(self.slope * log_odds(probability) + self.intercept))


def log_odds(probability: np.ndarray) -> np.ndarray:
    """Return ln(p / (1 - p)) of clipped probabilities, same shape."""
    return np.asarray(logit(np.clip(probability, CLIP, 1 - CLIP)))


def fit_calibration(probability: np.ndarray, churned: np.ndarray) -> Calibration:
    """Fit on predictions and outcomes (0 or 1), both of shape (n,), that the learner wasn't fitted on.

    Too few outcomes of a kind, or a learner whose order doesn't hold there (slope not above 0), leave them
    as they are.
    """
    if min(churned.sum(), len(churned) - churned.sum()) < MIN_OF_EACH or np.ptp(probability) == 0:
        return Calibration()
    fitted = LogisticRegression(C=1e6, tol=1e-8).fit(log_odds(probability).reshape(-1, 1), churned)
    slope, intercept = float(fitted.coef_[0, 0]), float(fitted.intercept_[0])
    return Calibration(slope, intercept) if slope > 0 else Calibration()
