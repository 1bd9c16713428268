"""The measurement against the oracle reads what trainings said, and refuses what was not tested on the same rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from bench.churn import make_rows, true_probability
from bench.truth import compare, shares
from models.train import TrainConfig, train
from pipelines.churn import store
from pipelines.home import Home

pytestmark = pytest.mark.slow

CONFIG = TrainConfig(learners=("base_rate", "recency", "decayed_90", "logistic"), n_resamples=10)


@pytest.fixture(scope="module")
def rows():
    return make_rows(6_000)


def trained(home, rows, oracle, **changes):
    """Keep a training in a home."""
    labels = rows[["member_id", "as_of_day", "definition", "is_churned"]]
    result = train(rows.drop(columns="is_churned"), labels, replace(CONFIG, **changes), oracle)
    store.keep_training(home, result, date(2025, 1, 1), "test")
    return home


def oracle_of(rows):
    return rows[["member_id", "as_of_day"]].assign(probability=true_probability(rows))


def test_the_champion_comes_near_the_oracle_and_does_not_beat_it(tmp_path, rows):
    [found] = compare(trained(Home(tmp_path), rows, oracle_of(rows)))
    assert (found["definition"], found["learner"]) == ("inactivity", "logistic")
    assert found["rows"] == rows["as_of_day"].isin(sorted(rows["as_of_day"].unique())[-6:]).sum()
    assert found["best_possible"] < found["log_loss"] < found["base_rate"]
    assert 0.6 < found["share"] < 1


def test_an_oracle_that_does_not_cover_all_rows_is_refused(tmp_path, rows):
    with pytest.raises(RuntimeError, match="the oracle of inactivity does not cover"):
        compare(trained(Home(tmp_path), rows, oracle_of(rows[rows["decayed_90"] > 5])))


def test_a_rule_has_its_reason_and_no_figures(tmp_path, rows):
    [found] = compare(trained(Home(tmp_path), rows, oracle_of(rows), min_churners=10**9))
    assert found["reason"].startswith("rule: ")
    assert shares([found]) == {}


def test_shares_are_medians_over_seeds():
    found = pd.DataFrame({"definition": "lapse", "share": [0.2, 0.6, 0.7]}).to_dict("records")
    assert shares(found) == {"lapse": 0.6}
