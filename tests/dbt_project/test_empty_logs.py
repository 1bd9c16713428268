"""Before any log was delivered every table exists, without rows, and says that nothing is collected."""

from __future__ import annotations

from pipelines.contract import LOGS

ROWS_WITHOUT_LOGS = {
    "community_days": 2,
    "dim_days": 365,
    "alert_rules": 9,
    "alert_days": 9 * 2,
    "data_completeness": len(LOGS),
    "log_coverage": len(LOGS),
    "collected_facts": 3,
}
"""Marts that say something before any log: for each day, day of the year, watched series (and its days), and log."""


def test_no_log_of_the_contract_is_collected(project):
    coverage = project.query("select log, is_collected, first_log_day, n_log_days, n_rows from marts.log_coverage")
    assert sorted(coverage) == sorted((log, False, None, 0, 0) for log in LOGS)


def test_every_mart_is_there_without_rows(project):
    marts = {name for name, node in project.models.items() if node["schema"] == "marts"}
    rows = {name: project.query(f"select count(*) from marts.{name}")[0][0] for name in marts}
    assert rows == {name: ROWS_WITHOUT_LOGS.get(name, 0) for name in marts}


def test_a_day_on_which_nothing_happened_is_zero_and_its_stickiness_unknown(project):
    counts = project.query("select columns(* exclude (day, stickiness)), stickiness from marts.community_days")
    assert {row[:-1] for row in counts} == {(0,) * (len(counts[0]) - 1)}
    assert {row[-1] for row in counts} == {None}


def test_a_log_that_is_not_collected_names_marts_and_columns_that_exist(project):
    rows = project.query("select log, is_collected, n_rows, day, marts_without_it from marts.data_completeness")
    assert {row[0]: row[1:4] for row in rows} == dict.fromkeys(LOGS, (False, None, None))
    named = [name for row in rows if row[4] for name in row[4].split(", ")]
    known = {name for name, node in project.models.items() if node["schema"] == "marts"}
    known |= {f"{name}.{column}" for name in known for column in project.models[name]["columns"]}
    assert named
    assert set(named) <= known


def test_a_rule_that_could_judge_no_day_has_no_rate(project):
    rates = project.query(
        "select distinct n_days_judged, alarms_per_30_days, n_days_judged_90, alarms_per_30_days_90 "
        "from marts.alert_rules"
    )
    assert rates == [(0, None, 0, None)]
