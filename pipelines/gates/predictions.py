"""Gate 3: are the day's predictions complete, in range, and made by a model that is calibrated and still fits?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd

from expectations.rule import Rule
from expectations.runner import Verdict, validate
from expectations.suites import MAX_PSI, prediction_rules
from models.card import ModelCard
from pipelines.churn import store
from pipelines.churn.schedule import active_definitions
from pipelines.churn.training import read_features
from pipelines.gates import verdicts
from pipelines.gates.verdicts import GateOutcome
from pipelines.home import Home
from pipelines.lake.duck import open_warehouse
from pipelines.settings import Settings

GATE = "predictions"
TABLE = "churn_predictions"

LEAST_MEMBERS = 200
"""Members from which the day's predictions and features are compared with the training's; fewer differ by chance."""


def judge(home: Home, settings: Settings, day: date, run_id: str) -> GateOutcome:
    """Judge the predictions of one scored day, by every definition, against the members eligible on it."""
    profile: dict[str, object] = {"day": day}
    rules: list[Rule] = []
    drifted: dict[str, str] = {}
    for definition in active_definitions(home, settings):
        name = definition.name
        card = store.load_newest(home, definition).card
        predictions = store.read_predictions(home, day, card.version, ["member_id", "probability"])
        with open_warehouse(home) as con:
            features = read_features(con, definition, day)
        drift = _drift(card, features)
        values = _profile(card, predictions, set(features["member_id"]))
        values["feature_drift"] = max(drift.values(), default=None)
        profile |= {f"{name}_{column}": value for column, value in values.items()}
        rules += prediction_rules(
            name,
            max_calibration_error=settings.max_calibration_error,
            max_base_rate_shift=settings.max_base_rate_shift,
        )
        ways = _ways(card, features) if drift else {}
        drifted[f"{name}_feature_drift"] = ", ".join(
            f"{feature} {psi:.2f} {ways[feature]}".rstrip() for feature, psi in drift.items() if psi > MAX_PSI
        )
    found = [_named(one, drifted) for one in validate(TABLE, rules, pd.DataFrame([profile]))]
    verdicts.record(home, GATE, found, run_id)
    return verdicts.outcome(GATE, TABLE, found, verdicts.waived_days(home, TABLE))


def _profile(card: ModelCard, predictions: pd.DataFrame, eligible: set[str]) -> dict[str, float | None]:
    """Count what is wrong with the predictions; None is not known and not judged."""
    scored = set(predictions["member_id"])
    probability = predictions["probability"]
    comparable = card.learner != "rule" and len(predictions) >= LEAST_MEMBERS
    return {
        "n_missing": len(eligible - scored),
        "n_surplus": len(scored - eligible) + len(predictions) - len(scored),
        "min_probability": probability.min(),
        "max_probability": probability.max(),
        "n_null": int(probability.isna().sum()),
        "calibration_error": card.intervals.get("calibration_error", [None])[0],
        "base_rate_shift": abs(probability.mean() - card.data["churn_rate"]) if comparable else None,
    }


def _drift(card: ModelCard, features: pd.DataFrame) -> dict[str, float]:
    """Drift of every feature since the training, largest first; none where too few members say nothing."""
    if card.learner == "rule" or len(features) < LEAST_MEMBERS:
        return {}
    from models.drift import feature_drift  # noqa: PLC0415 - brings scikit-learn, which takes a second

    return feature_drift(card.feature_bins, features)


def _ways(card: ModelCard, features: pd.DataFrame) -> dict[str, str]:
    """Which way each feature moved."""
    from models.drift import feature_ways  # noqa: PLC0415 - brings scikit-learn, which takes a second

    return feature_ways(card.feature_bins, features)


def _named(verdict: Verdict, drifted: dict[str, str]) -> Verdict:
    """Name the features that drifted beside the largest drift."""
    names = drifted.get(verdict.expectation.split()[0])
    return replace(verdict, observed=f"{verdict.observed} ({names})") if names else verdict
