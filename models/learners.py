"""The learners: one registry, one interface.

Each is an unfitted scikit-learn pipeline over the feature matrix. A baseline is a learner that the champion
has to beat. Nothing here weighs classes or resamples rows: probabilities must stay probabilities. All
randomness comes from the seed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier, VotingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from models.estimators import IsotonicClassifier, SvmClassifier
from models.features import PLAIN_NAMES, SKEWED_NAMES


@dataclass(frozen=True)
class Learner:
    """A way to learn. ``build(seed)`` returns an unfitted pipeline with ``fit`` and ``predict_proba``."""

    name: str
    build: Callable[[int], Pipeline]
    is_baseline: bool = False


NEVER_DAYS = 36_500.0
"""Days since the last activity of a member who never was active, where a number is needed: a hundred years."""


def only(name: str) -> ColumnTransformer:
    """Return a transformer that keeps one feature and drops the others."""
    return ColumnTransformer([("only", "passthrough", [name])])


def known_columns(x: pd.DataFrame) -> list[str]:
    """Return the names of the columns that hold any value."""
    return [str(name) for name in x.columns if x[name].notna().any()]


def linear_input() -> ColumnTransformer:
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
            ("input", linear_input()),
            # Many features say nearly the same; a strong penalty keeps their weights small and of the same sign.
            ("learner", LogisticRegression(C=0.1, max_iter=2000, tol=1e-6, random_state=seed)),
        ]
    )


def _svm(seed: int) -> Pipeline:
    return Pipeline([("input", linear_input()), ("learner", SvmClassifier(C=0.01, random_state=seed))])


def _trees(learner: object) -> Pipeline:
    """Gaps stay gaps; features without any value, such as those of a log not collected, go."""
    return Pipeline([("input", ColumnTransformer([("known", "passthrough", known_columns)])), ("learner", learner)])


def _tree(seed: int) -> Pipeline:
    return _trees(DecisionTreeClassifier(max_depth=7, min_samples_leaf=100, random_state=seed))


def _forest(seed: int) -> Pipeline:
    # Bounds on the leaves keep probabilities off 0 and 1, and the stored forest small.
    return _trees(RandomForestClassifier(n_estimators=100, max_depth=14, min_samples_leaf=20, random_state=seed))


def _boosting(seed: int) -> Pipeline:
    # Small trees that see a part of the features: communities are small, and larger trees overfit them.
    # No automatic early stopping: it sets rows aside at random and stops elsewhere as rows are added.
    return _trees(
        HistGradientBoostingClassifier(
            learning_rate=0.05,
            max_iter=100,
            max_leaf_nodes=8,
            max_features=0.3,
            min_samples_leaf=40,
            l2_regularization=10,
            early_stopping=False,
            random_state=seed,
        )
    )


def _blend(seed: int) -> Pipeline:
    # They err in different ways, one being smooth and the others stepwise, so their mean errs less than each.
    # One is fitted after the other, so that the forest has all cores to itself.
    parts = [("logistic", _logistic(seed)), ("forest", _forest(seed)), ("boosting", _boosting(seed))]
    return Pipeline([("input", "passthrough"), ("learner", VotingClassifier(parts, voting="soft", n_jobs=1))])


def _base_rate(_seed: int) -> Pipeline:
    return Pipeline([("input", "passthrough"), ("learner", DummyClassifier(strategy="prior"))])


def _recency(_seed: int) -> Pipeline:
    known = make_pipeline(only("days_since_active"), SimpleImputer(strategy="constant", fill_value=NEVER_DAYS))
    return Pipeline([("input", known), ("learner", IsotonicClassifier())])


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
        Learner("tree", _tree),
        Learner("forest", _forest),
        Learner("svm", _svm),
        Learner("boosting", _boosting),
        Learner("blend", _blend),
    )
}
"""Every learner by name: baselines first, then the candidates, simplest first."""

CANDIDATES = [learner for learner in LEARNERS.values() if not learner.is_baseline]
BASELINES = [learner for learner in LEARNERS.values() if learner.is_baseline]
