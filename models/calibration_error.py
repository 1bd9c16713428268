"""How far probabilities lie from what came true: the debiased calibration error and its interval.

Ten equal-count bins, in each the gap between mean prediction and share of churners. Even a perfect model has gaps: a
share counted in n rows varies by y (1 - y) / n. This much is taken off each squared gap (Kumar, Liang and Ma 2019,
"Verified Uncertainty Calibration", the debiased estimator of the squared calibration error). The error is the root of
what remains, so it is the typical gap in points of probability; 0 where chance alone explains the gaps.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

N_BINS = 10
"""Equal-count bins."""


def bins(probability: Array) -> NDArray[np.int64]:
    """Return the equal-count bin of each prediction, from 0; equal predictions share a bin."""
    edges = np.unique(np.quantile(probability, np.arange(1, N_BINS) / N_BINS))
    return np.searchsorted(edges, probability, side="left").astype(np.int64)


def squared_errors(churned: Array, probability: Array, weights: Array) -> tuple[Array, Array]:
    """Return the squared error as it is counted, and debiased, for every row of weights; the second may fall below 0.

    Args:
        churned: Outcomes, 0 or 1, shape (n,).
        probability: Predicted probabilities, shape (n,).
        weights: How often each prediction counts in each resample, shape (b, n).
    """
    in_bin = np.eye(N_BINS)[bins(probability)]
    n = weights @ in_bin
    filled = np.maximum(n, 1)
    squared = (weights @ (in_bin * (probability - churned)[:, None]) / filled) ** 2
    share = weights @ (in_bin * churned[:, None]) / filled
    # One row says nothing of its bin: chance may explain all of its gap.
    chance = np.where(n > 1, share * (1 - share) / np.maximum(n - 1, 1), squared)
    total = n.sum(axis=1)
    return (n * squared).sum(axis=1) / total, (n * (squared - chance)).sum(axis=1) / total


def root(squared: Array) -> Array:
    """Return the root of a squared error; 0 where it is below 0, since chance alone explains all of it."""
    return np.asarray(np.sqrt(np.maximum(squared, 0.0)))


def interval(counted: float, debiased: float, resampled: Array) -> tuple[float, float]:
    """Return the 95 % interval of the error around its debiased value.

    For the resamples the sample is the truth, and its squared error is the counted one: how far theirs lie from that is
    how far the sample's may lie from the true one (the basic bootstrap). So the noise that the resamples add is not
    taken for error, and the interval holds the value.

    Args:
        counted: Squared error of the sample as counted.
        debiased: Squared error of the sample, debiased.
        resampled: Debiased squared errors of the resamples.
    """
    lower, upper = np.percentile(resampled, [2.5, 97.5])
    low, high = debiased - (upper - counted), debiased - (lower - counted)
    ends = root(np.array([min(low, debiased), max(high, debiased)]))
    return float(ends[0]), float(ends[1])
