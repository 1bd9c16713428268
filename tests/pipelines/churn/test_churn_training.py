"""Training and scoring over a warehouse: when due, by which definitions, in batches, without the cut-offs of gaps."""

from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pyarrow as pa
import pytest

from models.churn_definitions import inactivity, lapse
from models.score import score
from pipelines.churn import store, training
from pipelines.churn.gaps import excluded_cutoffs
from pipelines.lake import ledger, manifest
from pipelines.lake.duck import open_warehouse
from pipelines.warehouse.plan import BuildPlan
from tests.support.churn_frames import DAY, frames, versions_in

pytestmark = pytest.mark.slow

GAPS = """create table built.marts.data_completeness (log varchar, is_outage boolean, is_identity_break boolean,
    is_held_out boolean, day date)"""


@pytest.fixture
def warehouse(home):
    """Open the warehouse of a home with one cut-off of both definitions, and no gaps in its data."""
    home.root.mkdir(parents=True)
    with open_warehouse(home, read_only=False) as con:
        con.execute("create schema churn; create schema built.marts;" + GAPS)
        both = [frames(definition=name) for name in ("inactivity", "lapse")]
        for name, parts in zip(("churn_features", "churn_labels"), zip(*both, strict=True), strict=True):
            con.register("frame", pd.concat(parts))
            con.execute(f"create table churn.{name} as from frame")
    return home


def with_subscriptions(monkeypatch):
    schema = ledger.SCHEMAS["manifest"]
    rows = [{"log": "subscriptions", "n_rows": 1}]
    monkeypatch.setattr(manifest, "current", lambda _: pa.Table.from_pylist(rows, schema=schema))


def test_a_model_is_trained_when_due_and_else_kept(warehouse, settings):
    home, through = warehouse, DAY + timedelta(days=30)
    due = BuildPlan("code", DAY - timedelta(days=90), through, full_because="", training_days=(DAY,))
    not_due = replace(due, through_day=through + timedelta(days=1), training_days=())

    first = training.train_if_due(home, settings, not_due, "run-1")
    kept = training.train_if_due(home, settings, not_due, "run-2")
    assert kept == first
    assert len(versions_in(home, "churn_trainings")) == 1, "without any model one is trained, whatever the plan says"

    training.train_if_due(home, settings, due, "run-3")
    assert len(versions_in(home, "churn_trainings")) == 2

    assert training.score_day(home, settings, DAY, "run-3") == {"inactivity": 12}
    kept = store.read_predictions(home, DAY, first[0].version)
    assert kept["member_id"].tolist() == [f"m{n:02}" for n in range(12)]
    assert set(kept["run_id"]) == {"run-3"}


def test_lapse_runs_beside_inactivity_where_subscriptions_are_collected(warehouse, settings, monkeypatch):
    due = BuildPlan("code", DAY, DAY + timedelta(days=37), full_because="", training_days=(DAY,))
    only = [card.definition.name for card in training.train_if_due(warehouse, settings, due, "run-1")]
    assert only == ["inactivity"]

    with_subscriptions(monkeypatch)
    cards = training.train_if_due(warehouse, settings, due, "run-2")

    assert [card.definition for card in cards] == [inactivity(30), lapse(30, 7)]
    assert training.score_day(warehouse, settings, DAY, "run-2") == {"inactivity": 12, "lapse": 12}
    found = [store.read_predictions(warehouse, DAY, card.version) for card in cards]
    assert [set(frame["definition"]) for frame in found] == [{"inactivity"}, {"lapse"}]


def test_members_are_scored_in_batches_and_none_is_left_out(warehouse, settings, monkeypatch):
    features, labels = frames(n_members=5000)
    with open_warehouse(warehouse, read_only=False) as con:
        for name, frame in (("churn_features", features), ("churn_labels", labels)):
            con.register("frame", frame)
            con.execute(f"create or replace table churn.{name} as from frame")
    monkeypatch.setattr(training, "VECTORS_PER_BATCH", 1)
    sizes = []
    monkeypatch.setattr("models.score.score", lambda model, batch: sizes.append(len(batch)) or score(model, batch))
    due = BuildPlan("code", DAY, DAY + timedelta(days=30), full_because="", training_days=(DAY,))
    (card,) = training.train_if_due(warehouse, settings, due, "run")

    assert training.score_day(warehouse, settings, DAY, "run") == {"inactivity": 5000}
    assert sizes == [2048, 2048, 904]
    kept = store.read_predictions(warehouse, DAY, card.version)
    assert kept["member_id"].tolist() == sorted(features["member_id"])


IDS_CHANGED = dict.fromkeys(("inactivity", "lapse"), "member ids changed on 2025-07-01")


@pytest.mark.parametrize(
    ("horizon", "log", "days", "reasons"),
    [
        # One day of 30 changes fewer than one label in a hundred, two days in one window change more.
        (30, "interactions", [1], {}),
        (30, "content", [1, 2], {"inactivity": "outage of content on 2025-07-01 and 1 more"}),
        (30, "interactions", [29, 30], {"inactivity": "outage of interactions on 2025-07-29 and 1 more"}),
        (30, "interactions", [30, 31], {}),
        (30, "interactions", [-29, -28], {"inactivity": "outage of interactions on 2025-06-01 and 1 more"}),
        (30, "interactions", [-30, -29], {}),
        # Each window for itself: a day of either is little.
        (30, "interactions", [0, 1], {}),
        (90, "interactions", [1, 2, 3, 4], {}),
        (90, "interactions", [1, 2, 3, 4, 5], {"inactivity": "outage of interactions on 2025-07-01 and 4 more"}),
        (20, "interactions", [1], {}),
        (19, "interactions", [1], {"inactivity": "outage of interactions on 2025-07-01"}),
        # Whether a term was renewed rests on one row.
        (30, "subscriptions", [37], {"lapse": "outage of subscriptions on 2025-08-06"}),
        (30, "subscriptions", [-29], {"lapse": "outage of subscriptions on 2025-06-01"}),
        (30, "subscriptions", [38], {}),
        (30, "events", [1, 2, 3], {}),
    ],
)
def test_a_cut_off_is_left_out_and_named_where_outages_take_too_much_of_a_window(
    warehouse, horizon, log, days, reasons
):
    with open_warehouse(warehouse, read_only=False) as con:
        for after in days:
            con.execute(
                "insert into marts.data_completeness values (?, true, false, false, ?)",
                [log, DAY + timedelta(days=after)],
            )
        for definition in (inactivity(horizon), lapse(horizon, 7)):
            own = reasons.get(definition.name)
            assert excluded_cutoffs(con, definition) == (((DAY, own),) if own else ())


@pytest.mark.parametrize(("is_break", "after", "reasons"), [(True, 1, IDS_CHANGED), (True, 38, {}), (False, 1, {})])
def test_a_cut_off_is_left_out_where_member_ids_change_on_any_day(warehouse, is_break, after, reasons):
    with open_warehouse(warehouse, read_only=False) as con:
        con.execute(
            "insert into marts.data_completeness values ('interactions', false, ?, false, ?)",
            [is_break, DAY + timedelta(days=after)],
        )
        for definition in (inactivity(30), lapse(30, 7)):
            own = reasons.get(definition.name)
            assert excluded_cutoffs(con, definition) == (((DAY, own),) if own else ())


def test_two_logs_that_are_out_on_one_day_are_one_missing_day(warehouse):
    with open_warehouse(warehouse, read_only=False) as con:
        for log in ("interactions", "content"):
            con.execute("insert into marts.data_completeness values (?, true, false, false, ?)", [log, DAY])
        assert excluded_cutoffs(con, inactivity(30)) == ()


def test_days_that_are_withheld_are_missing_too(warehouse):
    with open_warehouse(warehouse, read_only=False) as con:
        for log, is_outage, after in (("content", False, 1), ("interactions", True, 2), ("events", False, 3)):
            con.execute(
                "insert into marts.data_completeness values (?, ?, false, not ?, ?)",
                [log, is_outage, is_outage, DAY + timedelta(days=after)],
            )
        assert excluded_cutoffs(con, inactivity(30)) == ((DAY, "content withheld on 2025-07-01 and 1 more"),)


def test_what_was_left_out_stands_in_the_card(warehouse, settings):
    with open_warehouse(warehouse, read_only=False) as con:
        for after in (3, 4):
            con.execute(
                "insert into marts.data_completeness values ('content', true, false, false, ?)",
                [DAY + timedelta(days=after)],
            )
    due = BuildPlan("code", DAY, DAY + timedelta(days=30), full_because="", training_days=(DAY,))
    (card,) = training.train_if_due(warehouse, settings, due, "run")
    assert card.excluded == {DAY.isoformat(): "outage of content on 2025-07-03 and 1 more"}
    assert card.data["rows"] == 0
