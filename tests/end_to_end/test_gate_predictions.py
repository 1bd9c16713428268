"""Gate 3: predictions that are incomplete, out of range or of an uncalibrated model are seen."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from running import GOOD_DAYS

from pipelines.churn import store
from pipelines.gates import predictions
from pipelines.gates.predictions import judge
from pipelines.lake import ledger

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
def test_predictions_are_judged(running, monkeypatch, change, columns):
    version = store.load_newest(running.home, running.settings).version
    frame = store.read_predictions(running.home, DAY, version)
    assert len(frame) > 5
    monkeypatch.setattr(store, "read_predictions", lambda *_: change(frame))

    outcome = judge(running.home, running.settings, DAY, "run")

    failed = {
        row["expectation"].split()[0]
        for row in ledger.read(running.home, "gate_results").to_pylist()
        if row["run_id"] == "run" and row["severity"] == "critical" and not row["is_passed"]
    }
    assert failed == columns
    assert outcome.held_out == ((DAY,) if columns else ())


@pytest.mark.parametrize(
    ("error", "held_out"), [(0.1, False), (0.11, True), (None, False)], ids=["at the bound", "above it", "not measured"]
)
def test_an_uncalibrated_model_is_held_back(running, monkeypatch, error, held_out):
    model = store.load_newest(running.home, running.settings)
    card = replace(model.card, metrics={"calibration_error": error})
    monkeypatch.setattr(predictions.store, "load_newest", lambda *_: replace(model, card=card))
    outcome = judge(running.home, running.settings, DAY, "run")
    assert outcome.held_out == ((DAY,) if held_out else ())


def test_a_shifted_base_rate_warns_and_does_not_block(running, monkeypatch):
    model = store.load_newest(running.home, running.settings)
    frame = store.read_predictions(running.home, DAY, model.version)
    card = replace(model.card, data=model.card.data | {"churn_rate": frame["probability"].mean() + 0.3})
    monkeypatch.setattr(predictions.store, "load_newest", lambda *_: replace(model, card=card))
    outcome = judge(running.home, running.settings, DAY, "run")
    assert (outcome.held_out, outcome.warned) == ((), (DAY,))
