"""The whole path on a real community: eight years of chat, features by dbt, training, test on twelve months.

Reads ../shared/data and skips where it is absent. Messages and topic starts are the activity.
"""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from models.cutoffs import cutoff_days
from models.evaluate import TENURE_SEGMENTS
from models.learners import BASELINES, CANDIDATES
from models.train import TrainConfig, train
from tests.support.churn_lake import Lake

ACTIVITY = Path(__file__).parents[2] / ".." / "shared" / "data" / "lean_zulip" / "activity.parquet"

pytestmark = [
    pytest.mark.dbt,
    pytest.mark.long,
    pytest.mark.skipif(not ACTIVITY.exists(), reason="../shared/data/lean_zulip is not here"),
]

INTERACTIONS = f"""
    select
        row_number() over (order by ts, action, content_id, member_id) as interaction_id, ts as occurred_at,
        case action when 'message' then 'reply' when 'topic_start' then 'ask' else 'mention' end as kind,
        member_id, thread_id as content_id, target_member_id, channel,
        'zulip' as source, 'upsert' as op, ts::date as event_day, ts::date as log_day
    from '{ACTIVITY}'
"""
MEMBERS = f"""
    select
        member_id, timestamp '2018-01-01' as occurred_at, if(bool_or(is_bot), 'bot', 'member') as role,
        'zulip' as source, 'upsert' as op, date '2018-01-01' as event_day, date '2018-01-01' as log_day
    from '{ACTIVITY}'
    group by member_id
"""
TRUTH = f"""
    select distinct member_id, ts::date as day, true as is_active
    from '{ACTIVITY}'
    where not is_bot and action in ('message', 'topic_start')
"""


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    lake = Lake(tmp_path_factory.mktemp("lean"))
    with duckdb.connect() as connection:
        lake.write("interactions", INTERACTIONS, connection)
        lake.write("members", MEMBERS, connection)
    features, labels = lake.build(cutoff_days(date(2018, 2, 26), date(2026, 2, 28), horizon=30), TRUTH)
    return train(features, labels, TrainConfig(n_resamples=50))


@pytest.fixture(scope="module")
def tested(result):
    table = result.evaluations
    overall = table[(table["split"] == "test") & (table["segment"] == "all") & table["cut_off"].isna()]
    assert set(overall["n"]) == {6068}
    return overall.pivot_table(index="learner", columns="metric", values="value")


def test_the_test_rows_are_those_of_the_reference(tested):
    assert tested["churn_rate"].round(3).unique().tolist() == [0.433]
    assert tested.loc["base_rate", "log_loss"] == pytest.approx(0.684, abs=0.001)
    assert tested.loc["decayed_90", "roc_auc"] == pytest.approx(0.843, abs=0.004)


def test_the_learners_reach_the_reference_and_do_not_pass_it_by_a_leak(result, tested):
    champion = tested.loc[result.model.card.learner]
    assert champion["log_loss"] <= 0.455
    assert 0.860 <= champion["roc_auc"] < 0.88
    assert champion["calibration_error"] <= 0.03
    for learner in CANDIDATES:
        assert tested.loc[learner.name, "log_loss"] < tested.loc["decayed_90", "log_loss"]
        assert tested.loc[learner.name, "roc_auc"] < 0.88


def test_the_champion_is_no_worse_than_a_baseline_in_any_segment(result):
    table = result.evaluations
    losses = table[(table["split"] == "test") & (table["metric"] == "log_loss") & table["cut_off"].isna()]
    assert set(losses["segment"]) == {"all", *TENURE_SEGMENTS}
    for _, segment in losses[losses["n"] >= 500].groupby("segment"):
        champion = segment[segment["is_champion"].astype(bool)].iloc[0]
        baselines = segment[segment["learner"].isin([one.name for one in BASELINES])]
        assert len(baselines) == 3
        assert champion["low"] <= baselines["value"].min()
