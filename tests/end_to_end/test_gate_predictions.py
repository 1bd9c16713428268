"""Gate 3: predictions that are incomplete, out of range or of an uncalibrated model are seen."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest

from pipelines.churn import store
from pipelines.churn.schedule import active_definitions
from pipelines.gates import predictions
from pipelines.gates.predictions import judge
from pipelines.lake import ledger
from tests.support.running import GOOD_DAYS

pytestmark = pytest.mark.xdist_group("job")

DAY = GOOD_DAYS[-1]


def probability_of_first(value):
    def change(frame):
        frame.loc[0, "probability"] = value
        return frame

    return change


def stranger(frame):
    return pd.concat([frame, frame.head(1).assign(member_id="stranger")])


def twice(frame):
    return pd.concat([frame, frame.head(1)])


@pytest.fixture(params=["inactivity", "lapse"])
def definition(request, running):
    return next(one for one in active_definitions(running.home, running.settings) if one.name == request.param)


@pytest.mark.parametrize(
    ("change", "columns"),
    [
        (lambda frame: frame, set()),
        (lambda frame: frame.iloc[1:], {"n_missing"}),
        (lambda frame: frame.iloc[:0], {"n_missing"}),
        (stranger, {"n_surplus"}),
        (twice, {"n_surplus"}),
        (probability_of_first(-0.01), {"min_probability"}),
        (probability_of_first(1.01), {"max_probability"}),
        (probability_of_first(None), {"n_null"}),
    ],
    ids=["good", "one left out", "none", "a stranger", "one twice", "below 0", "above 1", "no probability"],
)
def test_predictions_are_judged(running, monkeypatch, definition, change, columns):
    version = store.load_newest(running.home, definition).version
    read = store.read_predictions
    assert len(read(running.home, DAY, version)) > 2
    monkeypatch.setattr(
        store, "read_predictions", lambda *given: change(read(*given)) if given[2] == version else read(*given)
    )

    outcome = judge(running.home, running.settings, DAY, "run")

    failed = {
        row["expectation"].split()[0]
        for row in ledger.read(running.home, "gate_results").to_pylist()
        if row["run_id"] == "run" and row["severity"] == "critical" and not row["is_passed"]
    }
    assert failed == {f"{definition.name}_{column}" for column in columns}
    assert outcome.withheld == ((DAY,) if columns else ())


def with_card(monkeypatch, running, definition, **changes):
    """Let the gate see another card of the definition's model."""
    load = store.load_newest
    model = load(running.home, definition)
    changed = replace(model, card=replace(model.card, **changes))
    monkeypatch.setattr(
        predictions.store, "load_newest", lambda home, one: changed if one == definition else load(home, one)
    )
    return model.card


@pytest.mark.parametrize(
    ("interval", "withheld"),
    [({"calibration_error": [0.1, 0.2]}, False), ({"calibration_error": [0.11, 0.2]}, True), ({}, False)],
    ids=["may be at the bound", "surely above it", "not measured"],
)
def test_an_uncalibrated_model_is_held_back(running, monkeypatch, definition, interval, withheld):
    with_card(monkeypatch, running, definition, intervals=interval)
    outcome = judge(running.home, running.settings, DAY, "run")
    assert outcome.withheld == ((DAY,) if withheld else ())


@pytest.mark.parametrize(("shift", "withheld"), [(0.24, False), (0.26, True), (-0.26, True)])
def test_a_shifted_base_rate_is_held_back(running, monkeypatch, definition, shift, withheld):
    card = store.load_newest(running.home, definition).card
    mean = store.read_predictions(running.home, DAY, card.version)["probability"].mean()
    monkeypatch.setattr(predictions, "LEAST_MEMBERS", 1)
    with_card(monkeypatch, running, definition, learner="logistic", data=card.data | {"churn_rate": mean + shift})
    outcome = judge(running.home, running.settings, DAY, "run")
    assert outcome.withheld == ((DAY,) if withheld else ())


def test_few_members_and_a_rule_are_not_compared_with_the_training(running, monkeypatch, definition):
    with_card(monkeypatch, running, definition, learner="logistic", data={"churn_rate": 1.0})
    assert judge(running.home, running.settings, DAY, "run").withheld == ()
    monkeypatch.setattr(predictions, "LEAST_MEMBERS", 1)
    with_card(monkeypatch, running, definition, learner="rule", data={"churn_rate": 1.0})
    assert judge(running.home, running.settings, DAY, "run").withheld == ()


def test_a_drifted_feature_warns_by_its_name_and_does_not_block(running, monkeypatch, definition):
    monkeypatch.setattr(predictions, "LEAST_MEMBERS", 1)
    bins = {"acts_30": {"edges": [-1.0], "shares": [1.0, 0.0, 0.0]}}
    version = store.load_newest(running.home, definition).version
    data = {"churn_rate": store.read_predictions(running.home, DAY, version)["probability"].mean()}
    with_card(monkeypatch, running, definition, learner="logistic", feature_bins=bins, data=data)
    outcome = judge(running.home, running.settings, DAY, "run")
    assert (outcome.withheld, outcome.warned) == ((), (DAY,))
    (warned,) = [
        row
        for row in ledger.read(running.home, "gate_results").to_pylist()
        if row["run_id"] == "run" and not row["is_passed"]
    ]
    assert warned["expectation"].startswith(f"{definition.name}_feature_drift at most 0.25")
    assert re.search(r"acts_30 \d+\.\d\d up\)", warned["observed"])
