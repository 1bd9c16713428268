"""Scoring: a model and the features of one or more days in, one row per member and day out, with reasons."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from models.card import ChurnModel
from models.contributions import contributions
from models.explain import Reason, reasons
from models.feature_words import words
from models.features import matrix, named
from models.threads import deterministic_threads

HIGH_RISK = 0.6
MEDIUM_RISK = 0.3
"""Probabilities from which a member's risk band is high or medium."""

PREDICTION_COLUMNS = [
    "member_id", "day", "definition", "probability", "risk_band", "reasons_en", "reasons_zh", "drivers",
    "learner", "model_version",
]  # fmt: skip


def score(model: ChurnModel, features: pd.DataFrame) -> pd.DataFrame:
    """Return the probability of churn for every row of features, ordered by day and member.

    Args:
        model: A version of the model.
        features: Rows of dbt's ``churn_features`` of the model's definition.

    Returns:
        ``PREDICTION_COLUMNS``: ``day`` is the as-of day; ``reasons_en`` and ``reasons_zh`` are JSON lists
        of up to three sentences, ``drivers`` a JSON list of the same with feature, group, value and
        contribution (log-odds; null under the rule).
    """
    rows = features.assign(as_of_day=pd.to_datetime(features["as_of_day"]))
    rows = rows.sort_values(["as_of_day", "member_id"], kind="stable", ignore_index=True)
    with deterministic_threads(len(rows)):
        probability = model.fitted.predict(rows) if model.fitted else model.card.rule.predict(rows)
        why = _reasons(model, rows, probability)
    return pd.DataFrame(
        {
            "member_id": rows["member_id"],
            "day": rows["as_of_day"],
            "definition": model.card.definition.name,
            "probability": probability,
            "risk_band": np.select([probability >= HIGH_RISK, probability >= MEDIUM_RISK], ["high", "medium"], "low"),
            "reasons_en": [_json([reason.en for reason in own]) for own in why],
            "reasons_zh": [_json([reason.zh for reason in own]) for own in why],
            "drivers": [_json([reason.as_dict() for reason in own]) for own in why],
            "learner": model.card.learner,
            "model_version": model.version,
        },
        columns=PREDICTION_COLUMNS,
    )


def _reasons(model: ChurnModel, rows: pd.DataFrame, probability: np.ndarray) -> list[list[Reason]]:
    x = matrix(rows)
    values = _records(x)
    if not model.fitted:
        return [_rule_reason(model.card.rule.feature, row) for row in values]
    parts = _records(contributions(model.fitted.pipeline, x, model.fitted.background))
    is_high = (probability >= model.card.data["churn_rate"]).tolist()
    return [reasons(row, part, is_high=high) for row, part, high in zip(values, parts, is_high, strict=True)]


def _records(frame: pd.DataFrame) -> list[dict[str, float]]:
    names = [str(name) for name in frame.columns]
    return [dict(zip(names, row, strict=True)) for row in frame.to_numpy().tolist()]


def _rule_reason(name: str, row: dict[str, float]) -> list[Reason]:
    feature = named(name)
    if math.isnan(row[name]):
        return []
    en, zh = words(feature, row)
    return [Reason(name, feature.group, row[name], None, en, zh)]


def _json(value: Sequence[object]) -> str:
    return json.dumps(value, ensure_ascii=False)
