"""Fitting one learner the way it is used: labelled rows in, calibrated probabilities out.

Choosing, testing and the final model all go through ``fit``, so what is reported is what is used.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from joblib import parallel_config  # type: ignore[import-untyped]
from sklearn.pipeline import Pipeline

from models.calibrate import MIN_OF_EACH, Calibration, fit_calibration
from models.features import matrix
from models.learners import Learner

N_BACKGROUND = 8
"""Training rows that explanations compare a member with."""

LEAST = 0.001
"""No learner is believed that somebody leaves, or stays, more surely than this: a leaf in which nobody happened to
leave says 0, and one who does would weigh as much as all others together."""

MAX_JUDGED = 20_000
"""About how many training rows these are picked from, at most twice as many."""


@dataclass(frozen=True)
class Fitted:
    """A fitted pipeline, its calibration and the few training rows that explanations compare with."""

    pipeline: Pipeline
    calibration: Calibration
    background: pd.DataFrame

    def predict(self, features: pd.DataFrame) -> np.ndarray:
        """Return calibrated probabilities of churn, shape (n,)."""
        return self.calibration.apply(believed(self.pipeline, matrix(features)))


def believed(pipeline: Pipeline, x: pd.DataFrame) -> np.ndarray:
    """Return a learner's probabilities of churn before calibration, none of them surer than ``LEAST``; shape (n,)."""
    return np.asarray(np.clip(pipeline.predict_proba(x)[:, 1], LEAST, 1 - LEAST))


def fit(learner: Learner, rows: pd.DataFrame, seed: int) -> Fitted:
    """Fit on all cut-offs but the latest few, and calibrate on those.

    Args:
        learner: What to fit.
        rows: Labelled rows in a fixed order, with features, as_of_day and is_churned (0 or 1).
        seed: Seed of the learner.
    """
    is_held = rows["as_of_day"].isin(calibration_days(rows))
    fitted, held = rows[~is_held], rows[is_held]
    x = matrix(fitted)
    # Trees of a forest are independent, so threads change no digit; sums over trees stay in one thread.
    with parallel_config(backend="threading", n_jobs=-1):
        pipeline = learner.build(seed).fit(x, fitted["is_churned"].to_numpy())
    calibration = Calibration()
    if len(held):
        calibration = fit_calibration(believed(pipeline, matrix(held)), held["is_churned"].to_numpy())
    return Fitted(pipeline, calibration, _background(pipeline, x))


def _background(pipeline: Pipeline, x: pd.DataFrame) -> pd.DataFrame:
    """Return rows that lie evenly along the predictions for all rows, so that they stand for them."""
    if len(x) > MAX_JUDGED:
        x = x.iloc[:: len(x) // MAX_JUDGED]
    order = np.argsort(pipeline.predict_proba(x)[:, 1], kind="stable")
    places = (np.arange(N_BACKGROUND) + 0.5) * len(x) / N_BACKGROUND
    background: pd.DataFrame = x.iloc[order[places.astype(int)]].reset_index(drop=True)
    return background


def calibration_days(rows: pd.DataFrame) -> list[pd.Timestamp]:
    """Return the latest cut-offs to calibrate on: three, at most a quarter, none with few outcomes.

    One month alone would take that month's mood for a fault of the learner.
    """
    days = sorted(rows["as_of_day"].unique())
    latest = days[len(days) - min(3, len(days) // 4) :]
    churned = rows.loc[rows["as_of_day"].isin(latest), "is_churned"]
    return latest if min(churned.sum(), len(churned) - churned.sum()) >= MIN_OF_EACH else []
