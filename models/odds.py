"""Probabilities on the scale of log-odds.

Probabilities are clipped to [1e-15, 1 - 1e-15] wherever a logarithm is taken, here and in the metrics.
"""

from __future__ import annotations

import numpy as np
from scipy.special import logit

CLIP = 1e-15
"""Probabilities are kept this far from 0 and 1 before a logarithm."""


def log_odds(probability: np.ndarray) -> np.ndarray:
    """Return ln(p / (1 - p)) of clipped probabilities, same shape."""
    return np.asarray(logit(np.clip(probability, CLIP, 1 - CLIP)))
