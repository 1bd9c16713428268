"""The learners: one registry, one interface.

Each is an unfitted scikit-learn pipeline over the feature matrix. A baseline is a learner that the champion
has to beat. Nothing here weighs classes or resamples rows: probabilities must stay probabilities. All
randomness comes from the seed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.compose import ColumnTransformer
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from models.features import PLAIN_NAMES, SKEWED_NAMES


@dataclass(frozen=True)
class Learner:
    """A way to learn. ``build(seed)`` returns an unfitted pipeline with ``fit`` and ``predict_proba``."""

    name: str
    build: Callable[[int], Pipeline]
    is_baseline: bool = False


class IsotonicClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Probability of churn as a non-decreasing step function of one feature."""

    def fit(self, x: pd.DataFrame, y: np.ndarray) -> Self:
        """Fit on a frame of one column, shape (n, 1), and labels of shape (n,)."""
        self.classes_ = np.array([0, 1])
        self.isotonic_ = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(np.ravel(x), y)
        return self

    def predict_proba(self, x: pd.DataFrame) -> np.ndarray:
        """Return probabilities of staying and of churn, shape (n, 2)."""
        churn = self.isotonic_.predict(np.ravel(x))
        return np.column_stack([1 - churn, churn])


def only(name: str) -> ColumnTransformer:
    """Return a transformer that keeps one feature and drops the others."""
    return ColumnTransformer([("only", "passthrough", [name])])


def known_columns(x: pd.DataFrame) -> list[str]:
    """Return the names of the columns that hold any value."""
    return [str(name) for name in x.columns if x[name].notna().any()]


def _linear_input() -> ColumnTransformer:
    """Long tails as log(1 + x), gaps at the median with a mark that they were gaps, all on one scale."""
    return ColumnTransformer(
        [
            (
                "skewed",
                make_pipeline(
                    FunctionTransformer(np.log1p, feature_names_out="one-to-one"),
                    SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
                    StandardScaler(),
                ),
                SKEWED_NAMES,
            ),
            (
                "plain",
                make_pipeline(
                    SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
                    StandardScaler(),
                ),
                PLAIN_NAMES,
            ),
        ]
    )


def _logistic(seed: int) -> Pipeline:
    return Pipeline(
        [
            ("input", _linear_input()),
            # Many features say nearly the same; a firm penalty keeps their weights small and of one mind.
            ("learner", LogisticRegression(C=0.1, max_iter=2000, tol=1e-6, random_state=seed)),
        ]
    )


def _boosting(seed: int) -> Pipeline:
    # No automatic early stopping: it holds out rows at random and stops elsewhere as rows are added.
    learner = HistGradientBoostingClassifier(
        learning_rate=0.05,
        max_iter=150,
        max_leaf_nodes=15,
        min_samples_leaf=40,
        early_stopping=False,
        random_state=seed,
    )
    # Gaps stay gaps; features without any value, such as those of a log not collected, go.
    return Pipeline([("input", ColumnTransformer([("known", "passthrough", known_columns)])), ("learner", learner)])


def _base_rate(_seed: int) -> Pipeline:
    return Pipeline([("input", "passthrough"), ("learner", DummyClassifier(strategy="prior"))])


def _recency(_seed: int) -> Pipeline:
    return Pipeline([("input", only("days_since_active")), ("learner", IsotonicClassifier())])


def _decayed_90(_seed: int) -> Pipeline:
    scaled = make_pipeline(only("decayed_90"), FunctionTransformer(np.log1p), StandardScaler())
    return Pipeline([("input", scaled), ("learner", LogisticRegression())])


LEARNERS = {
    learner.name: learner
    for learner in (
        Learner("base_rate", _base_rate, is_baseline=True),
        Learner("recency", _recency, is_baseline=True),
        Learner("decayed_90", _decayed_90, is_baseline=True),
        Learner("logistic", _logistic),
        Learner("boosting", _boosting),
    )
}
"""Every learner by name: baselines first, then the candidates, simplest first."""

CANDIDATES = [learner for learner in LEARNERS.values() if not learner.is_baseline]
BASELINES = [learner for learner in LEARNERS.values() if learner.is_baseline]
