"""Contributions of features: they add up, they are the learner's own, and a single row's depend on no other row."""

import itertools
import math
import subprocess
import sys
from unittest import mock

import numba
import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

from models import shapley
from models.contributions import ROWS_AT_ONCE, contributions
from models.features import FEATURE_NAMES, matrix
from models.fit import N_BACKGROUND, clipped, fit
from models.learners import LEARNERS, _trees, linear_input
from models.odds import log_odds
from models.shapley import tree_values
from tests.support.made_up import community

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def rows():
    features, labels, _ = community(n_days=8)
    return features.assign(is_churned=labels["is_churned"].astype(int))


def test_logistic_contributions_add_up_to_the_distance_from_the_average(rows):
    fitted = fit(LEARNERS["logistic"], rows, 7)
    x = matrix(rows)
    parts = contributions(fitted.pipeline, x, fitted.background)
    assert list(parts.columns) == FEATURE_NAMES
    total = parts.sum(axis=1) + fitted.pipeline["learner"].intercept_[0]
    assert total.to_numpy() == pytest.approx(log_odds(fitted.pipeline.predict_proba(x)[:, 1]))


def test_logistic_contributions_are_theta_times_distance_from_the_mean(rows):
    fitted = fit(LEARNERS["logistic"], rows, 7)
    parts = contributions(fitted.pipeline, matrix(rows), fitted.background)
    seen = np.log1p(rows["days_since_active"])
    place = list(fitted.pipeline["input"].get_feature_names_out()).index("skewed__days_since_active")
    theta = fitted.pipeline["learner"].coef_[0, place] / seen.std(ddof=0)
    assert parts["days_since_active"].to_numpy() == pytest.approx((theta * (seen - seen.mean())).to_numpy())


def test_svm_contributions_add_up_as_those_of_logistic_regression_do(rows):
    fitted = fit(LEARNERS["svm"], rows, 7)
    x = matrix(rows)
    total = contributions(fitted.pipeline, x, fitted.background).sum(axis=1) + fitted.pipeline["learner"].intercept_[0]
    assert total.to_numpy() == pytest.approx(log_odds(fitted.pipeline.predict_proba(x)[:, 1]))


@pytest.mark.parametrize("name", ["tree", "forest", "boosting", "blend"])
def test_other_contributions_add_up_to_the_distance_from_the_background_and_follow_the_driver(rows, name):
    fitted = fit(LEARNERS[name], rows, 7)
    x = matrix(rows[:60])
    parts = contributions(fitted.pipeline, x, fitted.background)
    base = log_odds(clipped(fitted.pipeline, fitted.background)).mean()
    assert parts.sum(axis=1).to_numpy() == pytest.approx(log_odds(clipped(fitted.pipeline, x)) - base)
    assert parts["days_since_active"].corr(x["days_since_active"]) > 0.7
    assert parts.abs().mean().idxmax() == "days_since_active"
    assert (parts["reads_30"] == 0).all()
    alone = contributions(fitted.pipeline, x[7:8], fitted.background)
    assert alone.to_numpy() == pytest.approx(parts[7:8].to_numpy())


def test_the_background_stands_for_the_training_rows(rows):
    fitted = fit(LEARNERS["boosting"], rows, 7)
    own = fitted.pipeline.predict_proba(fitted.background)[:, 1]
    everyone = fitted.pipeline.predict_proba(matrix(rows))[:, 1]
    assert len(own) == N_BACKGROUND
    assert (np.diff(own) > 0).all()
    assert own.mean() == pytest.approx(everyone.mean(), abs=0.05)


def test_the_rows_of_the_background_are_together_what_the_training_rows_are_on_average(rows):
    fitted = fit(LEARNERS["boosting"], rows, 7)
    seen = linear_input().fit(matrix(rows))
    off = np.abs(seen.transform(fitted.background).mean(axis=0))
    draw = np.random.default_rng(1)
    drawn = [seen.transform(matrix(rows.sample(N_BACKGROUND, random_state=draw))).mean(axis=0) for _ in range(50)]
    assert off.mean() < 0.7 * np.quantile(np.abs(drawn).mean(axis=1), 0.1)


def test_fewer_rows_than_the_background_has_are_all_taken(rows):
    few = pd.concat([rows[rows["is_churned"] == 1][:3], rows[rows["is_churned"] == 0][:3]])
    assert len(fit(LEARNERS["logistic"], few, 7).background) == 6


def test_a_step_to_certainty_does_not_outweigh_everything(rows):
    """A leaf without any churner says 0, which is infinitely far away on the log-odds scale."""
    x = matrix(rows)
    churns = (x["tenure_days"] > 450) & (x["days_since_active"] > 15)
    pipeline = _trees(DecisionTreeClassifier(random_state=7)).fit(x, churns)
    background = x[~churns][:2]
    parts = contributions(pipeline, x[churns][:50], background)
    assert parts.abs().to_numpy().max() < 14
    assert parts.sum(axis=1).to_numpy() == pytest.approx(2 * log_odds(np.array([0.999])).item())


def test_however_many_rows_there_are_each_is_explained_as_it_is_alone(rows):
    fitted = fit(LEARNERS["boosting"], rows, 7)
    x = matrix(pd.concat([rows] * (ROWS_AT_ONCE // len(rows) + 2), ignore_index=True))
    parts = contributions(fitted.pipeline, x, fitted.background)
    assert len(x) > ROWS_AT_ONCE
    assert np.array_equal(parts[-len(rows) :].to_numpy(), parts[: len(rows)].to_numpy())
    for place in (0, 7, len(x) - 5):
        alone = contributions(fitted.pipeline, x[place : place + 1], fitted.background)
        assert alone.equals(parts[place : place + 1])


N_FEATURES = 5


def by_definition(predict, row, base):
    """Return Shapley values by their definition: over all sets of features that are the row's already."""
    places = range(N_FEATURES)
    given = {
        chosen: predict(np.where(np.isin(places, chosen), row, base)[None])[0]
        for size in range(N_FEATURES + 1)
        for chosen in itertools.combinations(places, size)
    }
    values = np.zeros(N_FEATURES)
    for place in places:
        for chosen in (chosen for chosen in given if place not in chosen):
            n = len(chosen)
            weight = math.factorial(n) * math.factorial(N_FEATURES - n - 1) / math.factorial(N_FEATURES)
            values[place] += weight * (given[tuple(sorted((*chosen, place)))] - given[chosen])
    return values


@pytest.mark.parametrize(
    "learner",
    [
        DecisionTreeClassifier(max_depth=6, random_state=1),
        RandomForestClassifier(n_estimators=5, max_depth=8, random_state=1),
        HistGradientBoostingClassifier(max_iter=8, max_leaf_nodes=12, min_samples_leaf=5, random_state=1),
    ],
    ids=["tree", "forest", "boosting"],
)
def test_values_of_trees_are_those_of_the_definition_with_gaps_too(learner):
    draw = np.random.default_rng(3)
    x = draw.normal(size=(600, N_FEATURES))
    y = x[:, 0] * x[:, 1] + np.abs(x[:, 2]) - x[:, 3] + draw.normal(size=600) > 0.5
    x[draw.random(x.shape) < 0.2] = np.nan
    learner.fit(x, y)
    boosts = hasattr(learner, "decision_function")
    predict = learner.decision_function if boosts else lambda rows: learner.predict_proba(rows)[:, 1]
    values = tree_values(learner, x[:12], x[100:103])
    for place, row in enumerate(x[:12]):
        for other, base in enumerate(x[100:103]):
            assert values[other, place] == pytest.approx(by_definition(predict, row, base), abs=1e-12)


def test_where_machine_code_cannot_be_kept_it_is_made_again():
    njit = numba.njit

    def keeps_nothing(**options):
        if options.get("cache"):
            raise RuntimeError("cannot cache function '_walk': no locator available")
        return njit(**options)

    learner = DecisionTreeClassifier(max_depth=1).fit([[0.0], [1.0]], [0, 1])
    shapley._compiled.cache_clear()
    with mock.patch.object(numba, "njit", keeps_nothing):
        values = tree_values(learner, np.array([[1.0]]), np.array([[0.0]]))
    shapley._compiled.cache_clear()
    assert values.tolist() == [[[1.0]]]


def test_numba_is_loaded_only_where_trees_are_explained():
    code = "import sys, models.score; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
