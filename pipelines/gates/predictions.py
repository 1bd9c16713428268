"""Gate 3: are the day's predictions complete, in range, and made by a model that is calibrated?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pandas as pd

from expectations.runner import validate
from expectations.suites import prediction_rules
from pipelines.churn import store
from pipelines.gates import verdicts

if TYPE_CHECKING:
    from datetime import date

    from pipelines.gates.verdicts import GateOutcome
    from pipelines.home import Home
    from pipelines.settings import Settings

GATE = "predictions"
TABLE = "churn_predictions"


def judge(home: Home, settings: Settings, day: date, run_id: str) -> GateOutcome:
    """Judge the predictions of one scored day against the members eligible on it."""
    card = store.load_newest(home, settings).card
    predictions = store.read_predictions(home, day, card.version)
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        eligible = {
            row[0]
            for row in con.execute("select member_id from churn.churn_features where as_of_day = ?", [day]).fetchall()
        }
    scored = set(predictions["member_id"])
    probability = predictions["probability"]
    trained_on = card.data.get("churn_rate")
    profile = pd.DataFrame(
        {
            "day": [day],
            "n_missing": [len(eligible - scored)],
            "n_surplus": [len(scored - eligible) + len(predictions) - len(scored)],
            "min_probability": [probability.min()],
            "max_probability": [probability.max()],
            "n_null": [int(probability.isna().sum())],
            "calibration_error": [card.metrics.get("calibration_error")],
            "base_rate_shift": [
                None if trained_on is None or predictions.empty else abs(probability.mean() - trained_on)
            ],
        }
    )
    found = validate(TABLE, prediction_rules(max_calibration_error=settings.max_calibration_error), profile)
    verdicts.record(home, GATE, found, run_id)
    return verdicts.outcome(GATE, TABLE, found, verdicts.waived_days(home, TABLE))
