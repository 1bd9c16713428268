"""Verdicts given row by row are those that Great Expectations gives."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from expectations.rule import CRITICAL, WARNING, Rule
from expectations.runner import validate, validate_few
from expectations.shape_rules import OF_WHOLE_DAYS, shape_rules
from expectations.suites import delivery_rules

DAYS = [date(2025, 3, day) for day in (1, 2, 3)]
RULES = [
    Rule("share", CRITICAL, "because", maximum=0.25),
    Rule("ratio", WARNING, "because", minimum=0.1, maximum=10),
    Rule("gap", CRITICAL, "because", minimum=0, maximum=0),
]
VALUES = [None, -1, 0, 0.1, 0.25, 0.2500001, 9.99, 10, 11, 1e12]


@pytest.mark.parametrize(("bounds", "said"), [
    ({"maximum": 0.25}, "at most 0.25"), ({"minimum": 1}, "at least 1"), ({"minimum": 0.1, "maximum": 10}, "0.1 to 10"),
])  # fmt: skip
def test_bounds_are_said_in_words(bounds, said):
    assert Rule("x", WARNING, "because", **bounds).expected == said


@pytest.mark.parametrize(("value", "breaks"), [
    (None, False), (0.0999, True), (0.1, False), (10, False), (10.001, True),
])  # fmt: skip
def test_only_what_is_known_and_outside_of_the_bounds_breaks_a_rule(value, breaks):
    assert Rule("x", WARNING, "because", minimum=0.1, maximum=10).breaks(value) is breaks


def test_without_rows_there_are_no_verdicts():
    assert validate("t", RULES, pd.DataFrame(columns=["day", *(rule.column for rule in RULES)])) == []


@pytest.mark.slow
@pytest.mark.parametrize("rules", [RULES, delivery_rules(
    max_quarantine_share=0.05, max_null_member_share=0.9, max_null_member_rise=0.2
), shape_rules()], ids=["bounds", "deliveries", "shapes"])  # fmt: skip
def test_few_rows_get_the_verdicts_of_great_expectations(rules):
    profile = [
        {"day": day} | {rule.column: VALUES[(n + place) % len(VALUES)] for place, rule in enumerate(rules)}
        for n, day in enumerate(DAYS)
    ]

    found = validate_few("interactions", rules, profile)

    assert found == validate("interactions", rules, pd.DataFrame(profile))
    assert {verdict.is_passed for verdict in found} == {True, False}


def test_rules_of_whole_days_are_rules():
    assert {*OF_WHOLE_DAYS} < {rule.column for rule in shape_rules()}
