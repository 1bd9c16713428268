"""Before any log was delivered every table exists, without rows, and says that nothing is collected."""

from __future__ import annotations

import pytest

from pipelines.contract import LOGS

pytestmark = pytest.mark.xdist_group("dbt_project")

CALENDAR = {"community_days"}
"""Marts with a row for each day of the calendar, whatever happened on it."""


def test_no_log_of_the_contract_is_collected(project):
    coverage = project.query("select log, is_collected, first_log_day, n_log_days, n_rows from marts.log_coverage")
    assert sorted(coverage) == sorted((log, False, None, 0, 0) for log in LOGS)


def test_every_mart_is_there_without_rows(project):
    marts = {name for name, node in project.models.items() if node["schema"] == "marts"}
    rows = {name: project.query(f"select count(*) from marts.{name}")[0][0] for name in marts - {"log_coverage"}}
    assert rows == {name: 2 if name in CALENDAR else 0 for name in marts - {"log_coverage"}}


def test_a_day_on_which_nothing_happened_is_zero_and_its_stickiness_unknown(project):
    counts = project.query("select columns(* exclude (day, stickiness)), stickiness from marts.community_days")
    assert {row[:-1] for row in counts} == {(0,) * (len(counts[0]) - 1)}
    assert {row[-1] for row in counts} == {None}
