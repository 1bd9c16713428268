"""The measures of a probability of churn, for one sample or for many resamples of it at once.

Every measure is a weighted one, so that a bootstrap is a matrix of weights and costs no loop over rows.
With weights of one they equal scikit-learn's; tests hold both together.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from models.calibration_error import root, squared_errors
from models.odds import CLIP

Array = NDArray[np.float64]

THRESHOLD = 0.5
"""Probability from which accuracy, precision, recall and F1 count a member as a predicted churner."""


def measures(churned: Array, probability: Array, weights: Array) -> dict[str, Array]:
    """Return every measure for every row of weights; NaN where it isn't defined, such as an AUC of one class.

    Args:
        churned: Outcomes, 0 or 1, shape (n,).
        probability: Predicted probabilities of churn, shape (n,).
        weights: Weight of each prediction in each resample, shape (b, n).

    Returns:
        Measure name to values of shape (b,).
    """
    clipped = np.clip(probability, CLIP, 1 - CLIP)
    losses = -(churned * np.log(clipped) + (1 - churned) * np.log1p(-clipped))
    predicted = (probability >= THRESHOLD).astype(float)
    total = weights.sum(axis=1)
    churners = weights @ churned
    hits = weights @ (predicted * churned)
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            "log_loss": weights @ losses / total,
            "brier": weights @ (probability - churned) ** 2 / total,
            **_ranking(churned, probability, weights),
            "calibration_error": root(squared_errors(churned, probability, weights)[1]),
            "accuracy": weights @ (predicted == churned) / total,
            "precision": hits / (weights @ predicted),
            "recall": hits / churners,
            "f1": 2 * hits / (weights @ predicted + churners),
            "churn_rate": churners / total,
            "mean_probability": weights @ probability / total,
        }


def member_weights(members: NDArray[np.int64], n_resamples: int, seed: int, at_once: int) -> Iterator[Array]:
    """Give how often each row counts in each bootstrap resample of whole members, shape (at most ``at_once``, n).

    Args:
        members: Member of each row as a number from 0, shape (n,).
        n_resamples: Resamples in all.
        seed: Seed of the draw.
        at_once: Resamples given together; the draw does not depend on it.
    """
    n = int(members.max()) + 1
    draw = np.random.default_rng(seed)
    for start in range(0, n_resamples, at_once):
        size = min(at_once, n_resamples - start)
        yield draw.multinomial(n, np.full(n, 1 / n), size=size)[:, members].astype(float)


def _ranking(churned: Array, probability: Array, weights: Array) -> dict[str, Array]:
    """Measures that only see the order: walk down the predictions, equal ones in one step."""
    order = np.argsort(-probability, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(probability[order])), len(order) - 1)
    hits = np.cumsum(weights[:, order] * churned[order], axis=1)[:, ends]
    seen = np.cumsum(weights[:, order], axis=1)[:, ends]
    misses = seen - hits
    new_hits, new_misses = (np.diff(steps, axis=1, prepend=0) for steps in (hits, misses))
    area = (new_misses * (hits - new_hits / 2)).sum(axis=1)
    share_of_hits = np.divide(hits, seen, out=np.zeros_like(hits), where=seen > 0)
    tenth = seen[:, -1] / 10
    in_tenth = [np.interp(k, np.append(0, s), np.append(0, h)) for k, s, h in zip(tenth, seen, hits, strict=True)]
    return {
        "roc_auc": area / (hits[:, -1] * misses[:, -1]),
        "pr_auc": (new_hits * share_of_hits).sum(axis=1) / hits[:, -1],
        "precision_top_decile": np.asarray(in_tenth) / tenth,
    }
