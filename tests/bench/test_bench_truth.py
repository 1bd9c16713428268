"""The measurement beside the truth finds the champion's own predictions, and that the truth is better."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import duckdb
import pandas as pd
import pytest

from bench.churn import make_rows, true_chance
from bench.truth import judge_beside, shares
from models.definitions import inactivity
from models.train import train
from pipelines.churn import store
from pipelines.churn.training import read_training
from pipelines.home import Home
from pipelines.settings import Settings


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home with features, labels and a champion; nothing else of a warehouse."""
    home = Home(tmp_path_factory.mktemp("home"))
    rows = make_rows(6_000)
    features = rows.drop(columns="is_churned")
    labels = rows[["member_id", "as_of_day", "definition", "is_churned"]].assign(known_day=date(2025, 1, 1))
    with duckdb.connect(str(home.warehouse)) as con:
        con.execute("create schema churn; create schema marts")
        con.execute("create table churn.churn_features as from features")
        con.execute("create table churn.churn_labels as select * replace (is_churned = 1 as is_churned) from labels")
        con.execute(
            "create table marts.data_completeness as "
            "select 'content' as log, date '2000-01-01' as day, false as is_outage, false as is_identity_break"
        )
    features, labels, config = read_training(home, Settings(home=home.root), inactivity())
    quick = replace(config, learners=("base_rate", "recency", "decayed_90", "logistic"), n_resamples=10)
    store.keep_training(home, train(features, labels, quick), date(2025, 1, 1), "test")
    return home, rows


def truth_of(rows):
    chance = true_chance(rows)
    return pd.DataFrame(
        {
            "member_id": rows["member_id"],
            "day": rows["as_of_day"].dt.date,
            "probability": rows["is_churned"] * 0.98 + 0.01,
            "probability_observable": chance,
        }
    )


def test_the_champion_comes_near_the_truth_and_does_not_beat_it(home):
    home, rows = home
    found = judge_beside(home, inactivity(), truth_of(rows))
    tested = rows[rows["as_of_day"].isin(sorted(rows["as_of_day"].unique())[-6:])]
    assert (found["learner"], found["rows"], found["rows_without_truth"]) == ("logistic", len(tested), 0)
    assert found["all_known"] < found["best_possible"] < found["log_loss"] < found["base_rate"]
    assert 0.6 < found["share_reached"] < 1


def test_rows_whose_truth_is_unknown_are_counted(home):
    home, rows = home
    found = judge_beside(home, inactivity(), truth_of(rows[rows["decayed_90"] > 5]))
    assert found["rows_without_truth"] > 0
    assert found["rows"] == (judge_beside(home, inactivity(), truth_of(rows))["rows"] - found["rows_without_truth"])


def test_a_model_other_than_the_jobs_is_refused(home, monkeypatch):
    home, rows = home
    few = Settings(home=home.root, churn_test_cutoffs=2)
    monkeypatch.setattr("bench.truth.Settings", lambda **_: few)
    with pytest.raises(RuntimeError, match="is not that of version"):
        judge_beside(home, inactivity(), truth_of(rows))


def test_shares_are_medians_over_seeds_and_leave_out_rules():
    reached = [{"definition": "lapse", "share_reached": share} for share in (0.2, 0.6, 0.7)]
    assert shares([*reached, {"definition": "inactivity", "learner": "rule"}]) == {"lapse": 0.6}
