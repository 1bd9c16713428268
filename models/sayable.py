"""Which features of a member are worth saying: known, not self-evident, and not said already."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache

from models.feature_words import told
from models.features import Feature, Show

NOTHING_AT_ZERO = {
    "contents_30", "threads_30", "starts_30", "started_share_30", "events_registered_365", "events_cancelled_365",
    "events_attended_365", "payment_failures_180", "discount_share", "questions_waiting_90", "absences_as_long",
    "is_first_month",
}  # fmt: skip
"""Features that are 0 for most members, so a 0 says nothing."""

NOTHING_AT_ONE = {"threads_30", "channels_30"}
"""Features that are at least 1 for whoever did anything, so a 1 says nothing."""

OF_THE_ABSENCE = {"absences_as_long", "absences_to_churn"}
"""Features that compare the present absence with earlier ones."""

LEAST_ABSENCE_DAYS = 3
"""A shorter absence is not worth naming: all members were away that long many times."""

MOST_ABSENCES = 20
"""More absences as long as the present one only say that it is short."""

RHYTHMS = {"median_gap", "mean_gap"}
"""Features that a reason tells as a rhythm."""

LEAST_ACTIVE_DAYS = 4
"""Fewer active days in all make no rhythm."""

LEAST_OF_RHYTHM = 0.5
"""Share of the active days that the usual gap would give in the last 90 days before the absence, below which it is not
usual any more: it would contradict the days told beside it."""

LEAST_WAIT_DAYS = 2
"""Days from which a question waits."""

OF_ACTS = {"activity", "volume"}
"""Groups about what a member did: while they were away they did nothing, as the absence says already."""

SAME = 1.25
"""A ratio to the month before counts as a change only from this factor on."""


def is_sayable(feature: Feature, row: Mapping[str, float]) -> bool:
    """Return whether the words of a feature tell a reader something about this member."""
    if any(math.isnan(row[name]) for name in told(feature)):
        return False
    name, value, away = feature.name, row[feature.name], row["days_since_active"]
    says_nothing = (
        (name in NOTHING_AT_ZERO and value == 0)
        or (name in NOTHING_AT_ONE and value == 1)
        or (name in OF_THE_ABSENCE and (away < LEAST_ABSENCE_DAYS or row["absences_as_long"] > MOST_ABSENCES))
        or (RHYTHMS & {*told(feature)} and row["active_days_all"] < LEAST_ACTIVE_DAYS)
        or ("median_gap" in told(feature) and not _is_usual(row))
        or (name == "question_waiting_days_90" and value < LEAST_WAIT_DAYS)
        or (feature.group in OF_ACTS and away >= _window(name))
        or (feature.show is Show.TIMES and abs(value) < math.log(SAME))
    )
    return not says_nothing


def _is_usual(row: Mapping[str, float]) -> bool:
    """Return whether the median gap fits the days of the last 90 before the absence."""
    days = min(row["tenure_days"], 90.0) - row["days_since_active"]
    return row["active_days_90"] >= LEAST_OF_RHYTHM * days / max(row["median_gap"], 1.0)


@cache
def _window(name: str) -> float:
    """Return the days that a feature looks back, which its name ends with; endless where it has none."""
    last = name.rsplit("_", 1)[-1]
    days = 7 if "_weeks_" in name else 1
    return days * float(last) if last.isdigit() else math.inf
