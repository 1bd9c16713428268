"""Training, honesty and artifacts on made-up communities."""

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from models.backtest import BEST_POSSIBLE
from models.churn_definitions import lapse
from models.evaluate import CALIBRATION_COLUMNS, EVALUATION_COLUMNS
from models.features import FEATURE_NAMES, matrix
from models.fit import LEAST, fit
from models.leaks import LeakSuspectedError
from models.learners import CANDIDATES, LEARNERS
from models.score import PREDICTION_COLUMNS, score
from models.train import train
from tests.support.made_up import CONFIG, QUICK, community

pytestmark = pytest.mark.slow

FEW = replace(CONFIG, learners=("base_rate", "logistic"))
"""Where it does not matter what the learners are: one baseline and one candidate."""


def overall(result, learner, metric, split="test"):
    table = result.evaluations
    found = table[
        (table["learner"] == learner)
        & (table["metric"] == metric)
        & (table["split"] == split)
        & (table["segment"] == "all")
        & table["cut_off"].isna()
    ]
    assert len(found) == 1
    return found["value"].iloc[0]


def test_the_champion_is_chosen_on_validation_and_comes_near_the_best_possible_log_loss(made, result):
    features, labels, truth = made
    champion = result.model.card.learner
    losses = {name: overall(result, name, "log_loss", "validation") for name in LEARNERS}
    assert champion == min(losses, key=losses.__getitem__)
    assert champion in {one.name for one in CANDIDATES}
    assert result.model.card.validation == losses
    assert f"{champion} has the lowest log-loss on validation cut-offs: {losses[champion]:.4f}, " in (
        result.model.card.reason
    )
    tested = features["as_of_day"].isin(pd.to_datetime(list(result.model.card.cutoffs.test)))
    churned = labels.loc[tested, "is_churned"]
    best = -np.mean(np.log(np.where(churned, truth[tested], 1 - truth[tested])))
    assert best < overall(result, champion, "log_loss") < best + 0.06
    assert overall(result, champion, "log_loss") < overall(result, "recency", "log_loss")
    low, high = result.model.card.intervals["log_loss"]
    assert low < result.model.card.metrics["log_loss"] < high


def test_tables_are_tidy(result):
    assert list(result.evaluations.columns) == EVALUATION_COLUMNS
    assert list(result.calibration.columns) == CALIBRATION_COLUMNS
    assert set(result.evaluations["learner"]) == set(LEARNERS)
    assert result.evaluations["model_version"].unique().tolist() == [result.model.version]
    assert result.evaluations.groupby("learner")["is_champion"].all().to_dict() == {
        name: name == result.model.card.learner for name in LEARNERS
    }
    keys = ["learner", "split", "cut_off", "segment", "metric"]
    assert not result.evaluations.duplicated(keys).any()


@pytest.fixture(scope="module")
def oracle(made):
    """The true probabilities of the made-up rows."""
    features, _, truth = made
    return features[["member_id", "as_of_day"]].assign(probability=truth)


def test_the_oracle_is_measured_like_a_learner_and_changes_nothing(made, oracle):
    features, labels, truth = made
    without = train(features, labels, FEW)
    with_oracle = train(features, labels, FEW, oracle.sample(frac=1, random_state=5))
    assert repr(with_oracle.model.card) == repr(without.model.card)  # a median may be nan
    own = with_oracle.evaluations["learner"] == BEST_POSSIBLE
    pd.testing.assert_frame_equal(with_oracle.evaluations[~own].reset_index(drop=True), without.evaluations)
    assert not with_oracle.evaluations.loc[own, "is_champion"].any()
    cutoffs = with_oracle.model.card.cutoffs
    for split, days in (("test", cutoffs.test), ("validation", cutoffs.validation)):
        used = features["as_of_day"].isin(pd.to_datetime(list(days)))
        probability = truth[used]
        expected = -np.mean(np.log(np.where(labels.loc[used, "is_churned"], probability, 1 - probability)))
        assert overall(with_oracle, BEST_POSSIBLE, "log_loss", split) == pytest.approx(expected)


def test_an_oracle_that_does_not_cover_every_tested_row_is_not_measured(made, result, oracle):
    features, labels, _ = made
    tested = oracle["as_of_day"].isin(pd.to_datetime(list(result.model.card.cutoffs.test)))
    one_short = oracle.drop(oracle.index[tested][0])
    without = train(features, labels, FEW, one_short)
    assert set(without.evaluations["learner"]) == {"base_rate", "logistic"}


def test_two_trainings_on_rows_in_any_order_are_bit_identical(made, result):
    features, labels, _ = made
    again = train(features.sample(frac=1, random_state=3), labels.sample(frac=1, random_state=4), CONFIG)
    assert again.model.version == result.model.version
    some = features[features["as_of_day"] == features["as_of_day"].max()]
    pd.testing.assert_frame_equal(score(again.model, some), score(result.model, some), check_exact=True)
    pd.testing.assert_frame_equal(again.evaluations, result.evaluations, check_exact=True)


@pytest.mark.parametrize(
    "change",
    [
        lambda features, labels, config: (features.assign(acts_30=features["acts_30"] + 1), labels, config),
        lambda features, labels, config: (features, labels.assign(is_churned=~labels["is_churned"]), config),
        lambda features, labels, config: (features, labels, replace(config, seed=8)),
        lambda features, labels, config: (
            features,
            labels,
            replace(config, excluded=((date(2025, 1, 1), "outage"),)),
        ),
    ],
)
def test_another_input_gives_another_version(made, result, change):
    features, labels, _ = made
    config = replace(CONFIG, min_churners=10**6)
    base = train(features, labels, config).model.version
    assert train(*change(features, labels, config)).model.version != base


def test_shuffled_labels_teach_nothing():
    features, labels, _ = community(n_days=4, n_members=3000)
    shuffled = np.random.default_rng(1).permutation(labels["is_churned"])
    config = replace(CONFIG, min_churners=1, n_resamples=1, learners=(*QUICK, "tree", "svm"))
    learnt = train(features, labels.assign(is_churned=shuffled), config)
    aucs = {name: overall(learnt, name, "roc_auc") for name in config.learners}
    assert learnt.model.card.learner == "rule" or overall(learnt, "logistic", "log_loss") > 0.6
    assert aucs == pytest.approx(dict.fromkeys(aucs, 0.5), abs=0.03)


def test_a_planted_future_feature_stops_training_and_is_named(made):
    features, labels, _ = made
    next_month = np.where(labels["is_churned"], 0, np.random.default_rng(1).poisson(5, len(labels)))
    with pytest.raises(LeakSuspectedError, match=r"responses_30 \("):
        train(features.assign(responses_30=next_month), labels, CONFIG)


def test_a_future_spread_over_features_is_caught_in_the_learner(made):
    features, labels, _ = made
    draw = np.random.default_rng(2)
    spread = {
        name: np.abs(5 + 1.4 * labels["is_churned"] + draw.normal(size=len(labels)))
        for name in ("responses_30", "responses_180", "partners_180", "threads_30", "channels_30")
    }
    with pytest.raises(LeakSuspectedError, match="learner"):
        train(features.assign(**spread), labels, CONFIG)


def test_few_churners_or_a_short_history_leave_the_rule_with_its_reason(made):
    features, labels, _ = made
    few = train(features, labels, replace(CONFIG, min_churners=10**6))
    assert few.model.card.learner == "rule"
    assert "1000000 are needed" in few.model.card.reason
    early = features["as_of_day"] < pd.Timestamp("2025-03-01")
    short = train(features[early], labels[early], CONFIG)
    assert "labelled cut-offs" in short.model.card.reason
    assert short.evaluations.empty
    assert list(short.evaluations.columns) == EVALUATION_COLUMNS
    none = train(features, labels[:0], CONFIG)
    assert none.model.card.learner == "rule"
    assert score(none.model, features[:2])["probability"].tolist() == [0.5, 0.5]


def test_a_model_that_cannot_beat_the_baselines_gives_way_to_the_rule():
    features, labels, truth = community(seed=4)
    best = 12 * truth / (1 - truth)  # the one baseline feature says all there is to say
    features = features.assign(decayed_90=best)
    noise = {
        name: np.random.default_rng(9).normal(size=len(features)) for name in FEATURE_NAMES if name != "decayed_90"
    }
    noise["tenure_days"] = np.full(len(features), 100)
    result = train(features.assign(**noise), labels, replace(CONFIG, learners=QUICK))
    assert result.model.card.learner == "rule"
    assert "doesn't beat the baseline decayed_90" in result.model.card.reason
    assert not result.evaluations["is_champion"].any()


def test_the_rule_counts_churners_by_time_away(made):
    features, labels, _ = made
    model = train(features, labels, replace(CONFIG, min_churners=10**6)).model
    fresh, middle, stale = model.card.rule.probabilities
    assert fresh < middle < stale
    away = features["days_since_active"] >= 20
    expected = (labels.loc[away, "is_churned"].sum() + 1) / (away.sum() + 2)
    assert stale == pytest.approx(expected)
    row = score(model, features.assign(days_since_active=1)[:1])
    assert json.loads(row["reasons_en"][0]) == ["last active 1 day ago"]


def test_excluded_cut_offs_are_neither_learnt_from_nor_tested_on(made):
    features, labels, _ = made
    day = date(2025, 5, 1)
    assert (features["as_of_day"] == pd.Timestamp(day)).any()
    card = train(features, labels, replace(CONFIG, excluded=((day, "outage"),), min_churners=10**6)).model.card
    assert card.excluded == {"2025-05-01": "outage"}
    assert day not in card.cutoffs.training + card.cutoffs.test
    assert card.data["rows"] == len(features) - 300


def test_the_newest_cut_off_is_learnt_from(made):
    """As calibration rows, its members would be strangers to the learner."""
    features, labels, _ = made
    newest = features["as_of_day"] == features["as_of_day"].max()
    rows = features.assign(is_churned=labels["is_churned"].astype(int).where(~newest, 1))
    before, with_it = (fit(LEARNERS["logistic"], one, 7).pipeline for one in (rows[~newest], rows))
    said = [pipeline.predict_proba(matrix(features))[:, 1].mean() for pipeline in (before, with_it)]
    assert said[1] > said[0] + 0.02


def test_predictions_say_who_when_why_and_by_what(made, result):
    features, _, _ = made
    one_day = features[features["as_of_day"] == features["as_of_day"].max()]
    table = score(result.model, one_day)
    assert list(table.columns) == PREDICTION_COLUMNS
    assert table["member_id"].is_monotonic_increasing
    assert table["probability"].between(0, 1).all()
    assert set(table["risk_band"]) == {"low", "medium", "high"}
    assert (table.groupby("risk_band")["probability"].mean()[["low", "medium", "high"]].diff().dropna() > 0).all()
    assert all(1 <= len(json.loads(text)) <= 3 for text in table["reasons_zh"])


def test_features_that_are_missing_are_named(made):
    features, _, _ = made
    with pytest.raises(ValueError, match="lack sd_gap"):
        matrix(features.drop(columns="sd_gap"))


def test_probabilities_are_clipped_short_of_certainty(made):
    """A leaf of stayers alone says 0; without a bound a single one who leaves would cost 34."""
    features, labels, _ = made
    stays = features["days_since_active"] < 10
    rows = features.assign(is_churned=labels["is_churned"].astype(int).where(~stays, 0))
    raw = fit(LEARNERS["tree"], rows, 7).pipeline.predict_proba(matrix(features))[:, 1]
    assert raw.min() == 0
    assert fit(LEARNERS["tree"], rows, 7).predict(features).min() == LEAST


def test_boosting_does_not_depend_on_the_number_of_threads(made):
    features, labels, _ = made
    rows = features.assign(is_churned=labels["is_churned"].astype(int))
    found = []
    for n_threads in (1, 2):
        with threadpool_limits(limits=n_threads, user_api="openmp"):
            found.append(fit(LEARNERS["boosting"], rows, 7).predict(features))
    np.testing.assert_array_equal(*found)


def test_lapse_runs_on_the_same_path(made):
    features, labels, _ = made
    own = features.assign(definition="lapse"), labels.assign(definition="lapse")
    meant = lapse(30, grace_days=7)
    assert meant.known_after_days == 37
    model = train(*own, replace(CONFIG, definition=meant, n_resamples=1, learners=QUICK)).model
    assert model.card.definition == meant
    assert model.card.learner in {"logistic", "boosting"}
    both = pd.concat([features, own[0]]), pd.concat([labels, own[1]])
    other = train(*both, FEW).model
    assert other.card.data["rows"] == len(labels)
    ruled = train(*own, replace(CONFIG, definition=meant, min_churners=10**6)).model
    scored = score(ruled, own[0][:50])
    assert set(scored["definition"]) == {"lapse"}
    assert scored["probability"].nunique() == 2
    assert json.loads(scored["reasons_en"][0])[0] in {"renews automatically", "does not renew automatically"}
