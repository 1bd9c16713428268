"""The suites: what must hold of each gated table, one list of rules per table.

Deliveries are profiled per log day at ingestion, facts per day in the warehouse, predictions per scored day.
"""

from __future__ import annotations

from expectations.rule import CRITICAL, WARNING, Rule

MAX_PSI = 0.25
"""Population stability index from which a feature is usually said to have drifted."""

LEAST_BROKEN_ROWS = 5
"""Rows that must break before their share withholds a day, unless more break than are accepted: of three rows one is a
third, and says nothing about the delivery."""


def delivery_rules(
    *, max_quarantine_share: float, max_null_member_share: float, max_null_member_rise: float
) -> list[Rule]:
    """Rules for a log day's delivery; the limits are settings."""
    return [
        Rule(
            "quarantine_share",
            CRITICAL,
            "more broken rows than this means that the delivery itself is broken, not a few of its rows",
            maximum=max_quarantine_share,
        ),
        Rule(
            "quarantine_share_of_few",
            WARNING,
            f"fewer than {LEAST_BROKEN_ROWS} broken rows withhold no day while most are good; mend and deliver them",
            maximum=max_quarantine_share,
        ),
        Rule(
            "unaccounted",
            CRITICAL,
            "accepted + quarantined must equal delivered, or rows were lost",
            minimum=0,
            maximum=0,
        ),
        Rule(
            "rejected_without_rows",
            CRITICAL,
            "files came but none of them could be used, so the day would look silent",
            maximum=0,
        ),
        Rule(
            "null_member_share",
            CRITICAL,
            "rows that name nobody make nobody active: a first delivery like this comes of a column with another name",
            maximum=max_null_member_share,
        ),
        Rule(
            "null_member_rise",
            CRITICAL,
            "so many more rows than usual name nobody that a column was renamed or lost on its way",
            maximum=max_null_member_rise,
        ),
        Rule(
            "null_member_rise_in_part",
            WARNING,
            "pieces of erased members come again without an author; an export that lost it in part looks the same",
            maximum=max_null_member_rise,
        ),
        Rule(
            "misspelt_columns",
            WARNING,
            "a column under another name is not read, and the one of the contract that may be meant stays empty",
            maximum=0,
        ),
        Rule("rejected_files", WARNING, "a file that cannot be read leaves the day incomplete", maximum=0),
        Rule("duplicate_share", WARNING, "many repeated rows point at a job that delivers twice", maximum=0.25),
        Rule(
            "shared_key_rows",
            WARNING,
            "of rows of different members or pieces under one key only one counts, the others pass for old versions",
            maximum=0,
        ),
        Rule("max_lateness_days", WARNING, "rows this late change figures that were already reported", maximum=180),
        Rule(
            "volume_ratio",
            WARNING,
            "rows against the median of the four weeks before; far from 1 points at an outage or a doubled delivery",
            minimum=0.1,
            maximum=10,
        ),
    ]


MEMBER_DAY_RULES = [
    Rule("n_rows_without_key", CRITICAL, "a member-day without member or day cannot be counted", maximum=0),
    Rule("n_duplicate_keys", CRITICAL, "a member-day twice counts everything twice", maximum=0),
    Rule("n_negative", CRITICAL, "counts below zero come from a broken correction", maximum=0),
    Rule(
        "n_lost_interactions",
        CRITICAL,
        "interactions by members must equal those accepted, less excluded roles, or a join has lost or doubled rows",
        minimum=0,
        maximum=0,
    ),
]

COMMUNITY_DAY_RULES = [
    Rule("dau_over_wau", CRITICAL, "who is active on a day is active in its week", maximum=0),
    Rule("wau_over_mau", CRITICAL, "who is active in a week is active in its month", maximum=0),
    Rule("growth_gap", CRITICAL, "MAU must move by new + resurrected - lost, to the unit", minimum=0, maximum=0),
    Rule("missing_days", CRITICAL, "a day of the calendar without a row breaks every chart", maximum=0),
]

ENGAGEMENT_RULES = [
    Rule("sums_gap", CRITICAL, "scores must add up to the days of their window: none twice, none missing", maximum=0),
    Rule("min_engagement", CRITICAL, "an active member's score is above zero", minimum=0.0000001),
    Rule("active_members_gap", CRITICAL, "members with a 30-day score must be the day's MAU", minimum=0, maximum=0),
    Rule("active_over_observed", CRITICAL, "nobody is active on more days than were observed", maximum=0),
]


def prediction_rules(definition: str, *, max_calibration_error: float, max_base_rate_shift: float) -> list[Rule]:
    """Rules for a scored day's predictions by one definition of churn; the limits are settings."""
    return [
        Rule(
            f"{definition}_n_missing",
            CRITICAL,
            "every eligible member needs a prediction, or somebody is silently left out",
            maximum=0,
        ),
        Rule(
            f"{definition}_n_surplus",
            CRITICAL,
            "a prediction for nobody eligible points at features of another day",
            maximum=0,
        ),
        Rule(f"{definition}_min_probability", CRITICAL, "a probability lies between 0 and 1", minimum=0),
        Rule(f"{definition}_max_probability", CRITICAL, "a probability lies between 0 and 1", maximum=1),
        Rule(f"{definition}_n_null", CRITICAL, "a prediction without a probability is no prediction", maximum=0),
        Rule(
            f"{definition}_calibration_error",
            CRITICAL,
            "on its test cut-offs the model must predict about as many leavers as left; judged by the lower end of the "
            "95 % interval, so that few test rows alone hold nothing back",
            maximum=max_calibration_error,
        ),
        Rule(
            f"{definition}_base_rate_shift",
            CRITICAL,
            "mean predicted churn against the churn it was trained on; a large shift means another community",
            maximum=max_base_rate_shift,
        ),
        Rule(
            f"{definition}_feature_drift",
            WARNING,
            "the feature that moved most since training (PSI); above 0.25 these are other members than it learnt from",
            maximum=MAX_PSI,
        ),
    ]
