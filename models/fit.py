"""Fitting one learner the way it is used: labelled rows in, probabilities out.

Choosing, testing and the final model all go through ``fit``, so what is reported is what is used.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from joblib import parallel_config  # type: ignore[import-untyped]
from sklearn.pipeline import Pipeline

from models.features import matrix
from models.learners import Learner, linear_input

N_BACKGROUND = 8
"""Training rows that explanations compare a member with."""

LEAST = 0.001
"""Probabilities are clipped to stay this far from 0 and 1: a leaf in which nobody happened to leave says 0, and one
who does would weigh as much as all others together."""

MAX_RANKED = 20_000
"""About how many training rows these are picked from, at most twice as many."""


@dataclass(frozen=True)
class Fitted:
    """A fitted pipeline and the few training rows that explanations compare with."""

    pipeline: Pipeline
    background: pd.DataFrame

    def predict(self, features: pd.DataFrame) -> np.ndarray:
        """Return probabilities of churn, shape (n,)."""
        return clipped(self.pipeline, matrix(features))


def clipped(pipeline: Pipeline, x: pd.DataFrame) -> np.ndarray:
    """Return a learner's probabilities of churn, clipped by ``LEAST``; shape (n,)."""
    return np.asarray(np.clip(pipeline.predict_proba(x)[:, 1], LEAST, 1 - LEAST))


def fit(learner: Learner, rows: pd.DataFrame, seed: int) -> Fitted:
    """Fit on all rows. There are no calibration rows: the newest cut-offs help more in training.

    Args:
        learner: What to fit.
        rows: Labelled rows in a fixed order, with features, as_of_day and is_churned (0 or 1).
        seed: Seed of the learner.
    """
    x = matrix(rows)
    # Trees of a forest are independent, so threads change no digit; sums over trees stay in one thread.
    with parallel_config(backend="threading", n_jobs=-1):
        pipeline = learner.build(seed).fit(x, rows["is_churned"].to_numpy())
    return Fitted(pipeline, _background(pipeline, x))


def _background(pipeline: Pipeline, x: pd.DataFrame) -> pd.DataFrame:
    """Return rows that represent all: one from each part of the predictions, chosen for what they are together.

    Each makes up for how far the ones before it are from what their parts have on average.
    """
    if len(x) > MAX_RANKED:
        x = x.iloc[:: len(x) // MAX_RANKED]
    order = np.argsort(pipeline.predict_proba(x)[:, 1], kind="stable")
    seen = linear_input().fit_transform(x)
    chosen, owed = [], np.zeros(seen.shape[1])
    for part in np.array_split(order, min(N_BACKGROUND, len(x))):
        owed = owed + seen[part].mean(axis=0)
        chosen.append(part[((seen[part] - owed) ** 2).sum(axis=1).argmin()])
        owed = owed - seen[chosen[-1]]
    background: pd.DataFrame = x.iloc[chosen].reset_index(drop=True)
    return background
