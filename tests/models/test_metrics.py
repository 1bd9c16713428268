"""The measures: worked examples, agreement with scikit-learn, and what happens at the edges."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit
from sklearn import metrics as sk

from models.calibration_error import bins, interval, root, squared_errors
from models.evaluate import calibration_bins, evaluate
from models.metrics import measures, member_weights


def point(churned, probability, weights=None):
    weights = np.ones(len(churned)) if weights is None else np.asarray(weights, dtype=float)
    values = measures(np.asarray(churned, dtype=float), np.asarray(probability, dtype=float), weights[None, :])
    return {name: float(value[0]) for name, value in values.items()}


@pytest.mark.parametrize(
    ("intercept", "theta", "x", "total", "probability"),
    [
        (0, (1, 2, 3), (1, 2, 3), 14, 0.99999917),
        (1, (2, 3, 4), (10, 20, 30), 201, 1.0),
        (0, (0, 0), (5, 7), 0, 0.5),
    ],
)
def test_logistic_probability(intercept, theta, x, total, probability):
    assert intercept + np.dot(theta, x) == total
    assert expit(total) == pytest.approx(probability, abs=5e-9)


@pytest.mark.parametrize(
    ("churned", "probability", "loss"),
    [
        ([1], [0.5], math.log(2)),
        ([1, 0], [0.9, 0.2], -(math.log(0.9) + math.log(0.8)) / 2),
        ([1], [0.0], -math.log(1e-15)),
        ([0], [1.0], -math.log1p(-(1 - 1e-15))),
    ],
)
def test_log_loss_is_clipped(churned, probability, loss):
    assert point(churned, probability)["log_loss"] == pytest.approx(loss)


samples = st.lists(
    st.tuples(st.booleans(), st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.77, 1.0]), st.integers(0, 3)),
    min_size=4,
    max_size=60,
).filter(lambda rows: len({churned for churned, _, weight in rows if weight}) == 2)


@given(samples)
def test_measures_equal_those_of_scikit_learn_for_any_weights(rows):
    churned, probability, weights = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    own = point(churned, probability, weights)
    predicted = probability >= 0.5
    expected = {
        "log_loss": sk.log_loss(churned, np.clip(probability, 1e-15, 1 - 1e-15), sample_weight=weights),
        "brier": sk.brier_score_loss(churned, probability, sample_weight=weights),
        "roc_auc": sk.roc_auc_score(churned, probability, sample_weight=weights),
        "pr_auc": sk.average_precision_score(churned, probability, sample_weight=weights),
        "accuracy": sk.accuracy_score(churned, predicted, sample_weight=weights),
        "recall": sk.recall_score(churned, predicted, sample_weight=weights),
    }
    if predicted[weights > 0].any():
        expected["precision"] = sk.precision_score(churned, predicted, sample_weight=weights)
        expected["f1"] = sk.f1_score(churned, predicted, sample_weight=weights)
    assert {name: own[name] for name in expected} == pytest.approx(expected)


def test_precision_in_the_top_decile_shares_ties():
    churned = [1, 0] * 10
    assert point(churned, [0.5] * 20)["precision_top_decile"] == pytest.approx(0.5)
    assert point(churned, np.linspace(1, 0, 20))["precision_top_decile"] == pytest.approx(0.5)
    assert point([1, 1] + [0] * 18, np.linspace(1, 0, 20))["precision_top_decile"] == pytest.approx(1.0)


def test_calibration_error_is_the_gap_of_equal_count_bins_less_what_chance_explains():
    """Two bins of 50, each off by 0.1 where counting 50 alone gives a variance of 0.2 x 0.8 / 49."""
    probability = np.repeat([0.1, 0.9], 50)
    churned = np.concatenate([np.repeat([1, 0], [10, 40]), np.repeat([1, 0], [40, 10])])
    assert point(churned, probability)["calibration_error"] == pytest.approx(math.sqrt(0.01 - 0.16 / 49))
    doubled = point(churned, probability, [2] * 100)["calibration_error"]
    assert doubled == pytest.approx(math.sqrt(0.01 - 0.16 / 99))
    fits = np.concatenate([np.repeat([1, 0], [5, 45]), np.repeat([1, 0], [45, 5])])
    assert point(fits, probability)["calibration_error"] == 0
    assert len(set(bins(np.full(40, 0.3)))) == 1
    assert sorted(np.bincount(bins(np.linspace(0, 1, 200)))) == [20] * 10


def test_one_class_leaves_the_ranking_measures_undefined():
    own = point([0, 0, 0], [0.1, 0.2, 0.3])
    assert math.isnan(own["roc_auc"])
    assert math.isnan(own["recall"])
    assert own["log_loss"] > 0


def test_resamples_draw_members_with_all_their_rows():
    members = np.array([0, 0, 1, 2, 2])
    weights = np.concatenate(list(member_weights(members, n_resamples=50, seed=3, at_once=7)))
    np.testing.assert_array_equal(weights, next(member_weights(members, n_resamples=50, seed=3, at_once=50)))
    assert (weights[:, 0] == weights[:, 1]).all()
    assert (weights[:, 3] == weights[:, 4]).all()
    assert (weights[:, [0, 2, 3]].sum(axis=1) == 3).all()
    assert len(np.unique(weights, axis=0)) > 5


def rows_of(n_members, n_days, seed=5):
    draw = np.random.default_rng(seed)
    habit = np.repeat(draw.random(n_members), n_days)
    return pd.DataFrame(
        {
            "member_id": np.repeat([f"m{i}" for i in range(n_members)], n_days),
            "as_of_day": np.tile(pd.date_range("2025-01-01", periods=n_days, freq="30D"), n_members),
            "tenure_days": np.tile(np.arange(n_days) * 30, n_members),
            "is_churned": (draw.random(n_members * n_days) < habit).astype(int),
            "probability": np.clip(habit, 0.01, 0.99),
        }
    )


def test_evaluations_cover_all_segments_and_cut_offs_with_intervals_around_the_value():
    table = evaluate(rows_of(80, 8), n_resamples=100, seed=1)
    overall = table[table["cut_off"].isna()]
    assert set(overall["segment"]) == {"all", "under_30_days", "30_to_179_days", "180_to_729_days"}
    assert table["cut_off"].nunique() == 8
    assert overall.loc[overall["segment"] == "all", "n"].unique().tolist() == [640]
    by_segment = overall[(overall["segment"] != "all") & (overall["metric"] == "brier")]
    assert by_segment["n"].sum() == 640
    losses = table[table["metric"].isin(["log_loss", "roc_auc", "calibration_error"])]
    assert ((losses["low"] <= losses["value"]) & (losses["value"] <= losses["high"])).all()


def test_clustered_intervals_are_wider_than_if_rows_were_members():
    rows = rows_of(60, 10)
    clustered = evaluate(rows, n_resamples=300, seed=1)
    single = evaluate(rows.assign(member_id=[str(i) for i in range(len(rows))]), n_resamples=300, seed=1)

    def width(table):
        one = table[(table["metric"] == "churn_rate") & (table["segment"] == "all") & table["cut_off"].isna()].iloc[0]
        return one["high"] - one["low"]

    assert width(clustered) > 1.3 * width(single)


def test_calibration_bins_hold_every_row():
    rows = rows_of(50, 6)
    table = calibration_bins(rows)
    assert table["n"].sum() == 300
    assert table["bin"].tolist() == list(range(1, len(table) + 1))
    assert table["mean_probability"].is_monotonic_increasing
    assert (table["n"] * table["churn_rate"]).sum() == pytest.approx(rows["is_churned"].sum())


def test_the_calibration_error_of_perfect_probabilities_is_nought_on_average_and_counted_it_is_not():
    draw = np.random.default_rng(4)
    counted, debiased = [], []
    for _ in range(400):
        chance = draw.uniform(0.05, 0.95, 500)
        both = squared_errors((draw.random(500) < chance).astype(float), chance, np.ones((1, 500)))
        counted.append(both[0][0])
        debiased.append(both[1][0])
    error = np.std(debiased) / math.sqrt(len(debiased))
    assert abs(np.mean(debiased)) < 3 * error
    assert np.mean(counted) > 20 * error


predictions = st.lists(st.tuples(st.booleans(), st.floats(0, 1), st.integers(0, 9)), min_size=1, max_size=80)


@given(predictions, st.integers(0, 5))
def test_the_calibration_error_lies_inside_its_own_interval(rows, seed):
    """For any sample: a handful of rows, one class, equal predictions, members with many rows."""
    churned, probability, member = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    members = np.unique(member, return_inverse=True)[1]
    counted, debiased = (float(one[0]) for one in squared_errors(churned, probability, np.ones((1, len(rows)))))
    weights = next(member_weights(members, 20, seed, 20))
    low, high = interval(counted, debiased, squared_errors(churned, probability, weights)[1])
    value = point(churned, probability)["calibration_error"]
    assert 0 <= low <= value <= high


def test_the_interval_of_the_calibration_error_covers_the_true_one_where_resamples_alone_would_not():
    """Everybody is predicted 0.05 too high. Percentiles of resampled errors would all but miss it from above."""
    draw = np.random.default_rng(8)
    n_inside = 0
    for sample in range(60):
        chance = draw.uniform(0.1, 0.9, 400)
        churned, probability = (draw.random(400) < chance).astype(float), chance + 0.05
        weights = next(member_weights(np.arange(400), 200, sample, 200))
        counted, debiased = (float(one[0]) for one in squared_errors(churned, probability, np.ones((1, 400))))
        low, high = interval(counted, debiased, squared_errors(churned, probability, weights)[1])
        n_inside += low <= 0.05 <= high
    assert n_inside >= 52
    assert root(np.array([-0.1, 0.04])).tolist() == [0, 0.2]
