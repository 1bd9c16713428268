"""Every rule of every suite fails on a profile that was planted for it, and on no other one."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest

from expectations import worker
from expectations.rule import CRITICAL, WARNING
from expectations.runner import validate
from expectations.shape_rules import shape_rules
from expectations.suites import (
    COMMUNITY_DAY_RULES,
    ENGAGEMENT_RULES,
    MEMBER_DAY_RULES,
    delivery_rules,
    prediction_rules,
)

SUITES = {
    "deliveries": delivery_rules(max_quarantine_share=0.05, max_null_member_share=0.99, max_null_member_rise=0.25),
    "shapes": shape_rules(),
    "member days": MEMBER_DAY_RULES,
    "community days": COMMUNITY_DAY_RULES,
    "engagement": ENGAGEMENT_RULES,
    "predictions": prediction_rules("lapse", max_calibration_error=0.1, max_base_rate_shift=0.25),
}

GOOD = {
    "deliveries": {
        "quarantine_share": 0.05,
        "quarantine_share_of_few": 0.05,
        "unaccounted": 0,
        "rejected_without_rows": 0,
        "null_member_share": 0.99,
        "null_member_rise": 0.25,
        "null_member_rise_in_part": 0.25,
        "misspelt_columns": 0,
        "rejected_files": 0,
        "duplicate_share": 0.25,
        "shared_key_rows": 0,
        "max_lateness_days": 180,
        "volume_ratio": 1,
    },
    "shapes": {rule.column: 0 for rule in shape_rules()},
    "member days": {"n_rows_without_key": 0, "n_duplicate_keys": 0, "n_negative": 0, "n_lost_interactions": 0},
    "community days": {"dau_over_wau": 0, "wau_over_mau": 0, "growth_gap": 0, "missing_days": 0},
    "engagement": {"sums_gap": 0, "min_engagement": 0.001, "active_members_gap": 0, "active_over_observed": 0},
    "predictions": {
        "lapse_n_missing": 0,
        "lapse_n_surplus": 0,
        "lapse_min_probability": 0,
        "lapse_max_probability": 1,
        "lapse_n_null": 0,
        "lapse_calibration_error": 0.1,
        "lapse_base_rate_shift": 0.25,
        "lapse_feature_drift": 0.25,
    },
}

WITHHOLDING = (
    "rows_short",
    "rows_withdrawn",
    "strangers",
    "day_again",
    "ids_again",
    "rows_repeated",
    "hours_moved",
    "hours_missing",
    "times_alike",
    "rows_ahead",
    "numbers_moved",
    "columns_emptied",
    "columns_alike",
    "kinds_gone",
    "kinds_new",
    "currency_changed",
)
"""Rules about the shape of a day that withhold it where the past supports it."""

PLANTED = [
    ("deliveries", "quarantine_share", 0.051, CRITICAL),
    ("deliveries", "quarantine_share_of_few", 0.051, WARNING),
    ("deliveries", "unaccounted", 1, CRITICAL),
    ("deliveries", "unaccounted", -1, CRITICAL),
    ("deliveries", "rejected_without_rows", 1, CRITICAL),
    ("deliveries", "null_member_share", 1, CRITICAL),
    ("deliveries", "null_member_rise", 0.26, CRITICAL),
    ("deliveries", "null_member_rise_in_part", 0.26, WARNING),
    ("deliveries", "misspelt_columns", 1, WARNING),
    ("deliveries", "rejected_files", 1, WARNING),
    ("deliveries", "duplicate_share", 0.26, WARNING),
    ("deliveries", "shared_key_rows", 1, WARNING),
    ("deliveries", "max_lateness_days", 181, WARNING),
    ("deliveries", "volume_ratio", 0.09, WARNING),
    ("deliveries", "volume_ratio", 10.1, WARNING),
    *(("shapes", name, 0.2, CRITICAL) for name in WITHHOLDING),
    *(("shapes", f"{name}_unsure", 0.2, WARNING) for name in WITHHOLDING),
    *(("shapes", name, 2, WARNING) for name in ("rows_many", "rows_cut", "one_member", "rows_late")),
    ("member days", "n_rows_without_key", 1, CRITICAL),
    ("member days", "n_duplicate_keys", 1, CRITICAL),
    ("member days", "n_negative", 1, CRITICAL),
    ("member days", "n_lost_interactions", 1, CRITICAL),
    ("member days", "n_lost_interactions", -1, CRITICAL),
    ("community days", "dau_over_wau", 1, CRITICAL),
    ("community days", "wau_over_mau", 1, CRITICAL),
    ("community days", "growth_gap", 1, CRITICAL),
    ("community days", "growth_gap", -1, CRITICAL),
    ("community days", "missing_days", 1, CRITICAL),
    ("engagement", "sums_gap", 1, CRITICAL),
    ("engagement", "min_engagement", 0, CRITICAL),
    ("engagement", "active_members_gap", 1, CRITICAL),
    ("engagement", "active_members_gap", -1, CRITICAL),
    ("engagement", "active_over_observed", 1, CRITICAL),
    ("predictions", "lapse_n_missing", 1, CRITICAL),
    ("predictions", "lapse_n_surplus", 1, CRITICAL),
    ("predictions", "lapse_min_probability", -0.01, CRITICAL),
    ("predictions", "lapse_max_probability", 1.01, CRITICAL),
    ("predictions", "lapse_n_null", 1, CRITICAL),
    ("predictions", "lapse_calibration_error", 0.11, CRITICAL),
    ("predictions", "lapse_base_rate_shift", 0.26, CRITICAL),
    ("predictions", "lapse_feature_drift", 0.26, WARNING),
]


@pytest.fixture(scope="module")
def failures():
    """What fails on each day: of every suite a day on its bounds, and a day for each planted fault."""
    failed = {}
    for suite, rules in SUITES.items():
        changes = [{}, *({column: value} for of, column, value, _ in PLANTED if of == suite)]
        days = [date(2025, 3, 1) + timedelta(days=n) for n in range(len(changes))]
        profile = pd.DataFrame([{"day": day} | GOOD[suite] | one for day, one in zip(days, changes, strict=True)])
        verdicts = validate(suite, rules, profile)
        for day, change in zip(days, changes, strict=True):
            key = (suite, *next(iter(change.items()), ()))
            failed[key] = [one for one in verdicts if one.day == day and not one.is_passed]
    return failed


@pytest.mark.parametrize("suite", SUITES)
def test_values_on_the_bounds_pass(failures, suite):
    assert failures[suite,] == []


@pytest.mark.parametrize("value", [0.1, 10])
def test_a_volume_may_be_a_tenth_to_ten_times_the_usual(value):
    [rule] = [rule for rule in SUITES["deliveries"] if rule.column == "volume_ratio"]
    assert not rule.breaks(value)


@pytest.mark.parametrize(("suite", "column", "value", "severity"), PLANTED)
def test_a_planted_fault_fails_its_rule_and_no_other(failures, suite, column, value, severity):
    [verdict] = failures[suite, column, value]
    assert verdict.expectation.startswith(f"{column} ")
    assert verdict.severity == severity
    assert verdict.blocks is (severity == CRITICAL)


def test_every_rule_has_a_planted_fault_and_a_reason():
    rules = {(suite, rule.column) for suite, rules in SUITES.items() for rule in rules}
    assert rules == {(suite, column) for suite, column, _, _ in PLANTED}
    assert all(len(rule.reason) > 20 for rules in SUITES.values() for rule in rules)


@pytest.mark.parametrize(
    ("rules", "column", "value"),
    [
        (
            delivery_rules(max_quarantine_share=0.5, max_null_member_share=1, max_null_member_rise=1),
            "quarantine_share",
            0.4,
        ),
        (
            prediction_rules("lapse", max_calibration_error=0.5, max_base_rate_shift=0.25),
            "lapse_calibration_error",
            0.4,
        ),
    ],
)
def test_bounds_that_are_settings_move_with_them(rules, column, value):
    frame = pd.DataFrame([{"day": date(2025, 3, 1), column: value}])
    [verdict] = validate("t", [rule for rule in rules if rule.column == column], frame)
    assert verdict.is_passed


def test_rules_with_the_same_bounds_are_one_expectation(monkeypatch):
    """Great Expectations takes some 25 ms for each, however few the values."""
    from expectations.library import gx  # noqa: PLC0415 - takes seconds

    worker.stop()  # that of another test: it is asked here
    made = []
    suite = gx.ExpectationSuite
    monkeypatch.setattr(gx, "ExpectationSuite", lambda **given: made.extend(given["expectations"]) or suite(**given))
    validate("shapes", shape_rules(), pd.DataFrame([{"day": date(2025, 3, 1)} | GOOD["shapes"]]))
    assert (len(made), len(shape_rules())) == (1, 36)
