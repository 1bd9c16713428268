"""Null means "not known" and passes, whatever type the profile's column has."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from expectations.rule import CRITICAL, Rule
from expectations.runner import validate

DAYS = [date(2025, 3, 1), date(2025, 3, 2), date(2025, 3, 3)]
RULE = Rule("x", CRITICAL, "because", minimum=0, maximum=10)


@pytest.mark.parametrize("dtype", ["Int64", "Float64", "float64", "object"])
def test_null_passes_beside_values_that_do_not(dtype):
    profile = pd.DataFrame({"day": DAYS, "x": pd.Series([None, 11, 3], dtype=dtype)})
    verdicts = validate("t", [RULE], profile)
    assert [(one.is_passed, one.observed) for one in verdicts] == [(True, ""), (False, "11"), (True, "3")]


@pytest.mark.parametrize("dtype", ["Int64", "float64"])
def test_a_column_of_nulls_passes(dtype):
    profile = pd.DataFrame({"day": DAYS, "x": pd.Series([None, None, None], dtype=dtype)})
    assert [one.is_passed for one in validate("t", [RULE], profile)] == [True, True, True]


def test_a_verdict_on_the_whole_table_has_no_day():
    (verdict,) = validate("t", [RULE], pd.DataFrame({"day": [None], "x": [11]}))
    assert (verdict.day, verdict.is_passed) == (None, False)
