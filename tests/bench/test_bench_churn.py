"""The churn measurement times the same work both ways, on rows that the learners can learn from."""

from __future__ import annotations

import pandas as pd
import pytest

from bench import in_churn
from bench.churn import make_rows
from bench.in_churn_day import prepare, score_day
from models.evaluate import roc_auc
from pipelines.home import Home

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def rows():
    return make_rows(6_000)


def test_made_up_rows_can_be_learnt_and_are_the_same_each_time(rows):
    assert rows.equals(make_rows(6_000))
    assert rows["as_of_day"].nunique() == 20
    assert 0.6 < roc_auc(rows["is_churned"], -rows["decayed_90"]) < 0.9


@pytest.mark.parametrize("name", ["tree", "svm"])
def test_a_learner_is_timed_both_ways(rows, name, monkeypatch):
    monkeypatch.setattr(in_churn, "ROUNDS_WITHIN_SECONDS", 0)
    monkeypatch.setattr(in_churn, "N_EXPLAINED", 20)
    found = in_churn.measure_learner(name, rows)
    assert (found["rows"], found["rounds"]) == (6_000, 1)
    assert min(found["fit_ratio"], found["score_ratio"]) > 0


def test_a_day_is_scored_for_all_its_members(rows, tmp_path):
    rows.to_parquet(tmp_path / "rows.parquet")
    home = Home(tmp_path / "home")
    prepare(tmp_path / "rows.parquet", 3_000, "tree", home)
    assert score_day(home)["members"] == 3_000
    (predictions,) = home.lake.glob("**/predictions/**/*.parquet")
    with_reasons = pd.read_parquet(predictions)["drivers"].str.contains("contribution")
    assert with_reasons.mean() > 0.9
