"""Gate 2: each way in which facts may fail to add up is seen, on its day only."""

from __future__ import annotations

import pytest

from pipelines.gates import facts, verdicts
from pipelines.lake import ledger
from pipelines.warehouse import dbt
from pipelines.warehouse.results import raise_for_failures
from tests.support.tiny_logs import FIRST, days_between

FIRST_MEMBER = "member_id = (select min(member_id) from {0} where day = '{1}')"

DAYS = days_between(FIRST, FIRST.replace(month=5, day=11))

FAULTS = {
    "fct_member_days": {
        "n_rows_without_key": "update {0} set member_id = null where day = '{1}' and " + FIRST_MEMBER,
        "n_duplicate_keys": "insert into {0} select * from {0} where day = '{1}' limit 1",
        "n_negative": "update {} set n_reads = -1 where day = '{}'",
        "n_lost_interactions": "delete from {} where day = '{}' and n_interactions > 1",
    },
    "community_days": {
        "dau_over_wau": "update {} set dau = wau + 1 where day = '{}'",
        "wau_over_mau": "update {} set wau = mau + 1 where day = '{}'",
        "growth_gap": "update {} set lost_members = lost_members + 1 where day = '{}'",
        "missing_days": "delete from {} where day = '{}'",
    },
    "fct_member_engagement": {
        "sums_gap": "insert into {0} select * from {0} where day = '{1}' limit 1",
        "min_engagement": "update {} set engagement = 0 where day = '{}'",
        "active_members_gap": "delete from {0} where day = '{1}' and " + FIRST_MEMBER,
        "active_over_observed": "update {} set active_days = observed_days + 1 where day = '{}'",
    },
}


@pytest.fixture(scope="module")
def found(built_house, tmp_path_factory):
    """Every fault planted on a day of its own, a week apart, then profiled by dbt and judged."""
    house = built_house.copy_to(tmp_path_factory.mktemp("faults") / "home")
    house.change("alter table marts.fct_member_days alter column member_id drop not null")
    planted = {}
    for table, faults in FAULTS.items():
        for number, (column, sql) in enumerate(faults.items()):
            day = DAYS[12 + 7 * number]
            mart = f"marts.{table}"
            before = house.query(f"select count(*), sum(hash(t)) from {mart} t")
            house.change(sql.format(mart, day))
            assert house.query(f"select count(*), sum(hash(t)) from {mart} t") != before, f"{column}: nothing planted"
            planted[table, column] = day
    raise_for_failures(dbt.build(house.settings, ["gates"]))
    outcomes = {table: facts.judge(house.home, table, "run") for table in facts.SUITES}
    failed = {}
    for row in ledger.read(house.home, "gate_results").to_pylist():
        if row["run_id"] == "run" and not row["is_passed"]:
            failed.setdefault((row["table_name"], row["expectation"].split()[0]), set()).add(row["day"])
    return house, planted, outcomes, failed


@pytest.mark.parametrize(("table", "column"), [(table, column) for table in FAULTS for column in FAULTS[table]])
def test_a_planted_fault_is_found_on_its_day(found, table, column):
    _, planted, outcomes, failed = found
    day = planted[table, column]
    assert day in failed[table, column]
    assert day in outcomes[table].withheld


def test_days_without_a_fault_pass(found):
    _, planted, outcomes, _ = found
    assert outcomes["fct_member_days"].withheld == tuple(
        sorted(day for (table, _), day in planted.items() if table == "fct_member_days")
    )
    assert outcomes["fct_member_days"].n_days > 60


def test_every_rule_has_its_fault():
    assert {table: {rule.column for rule in rules} for table, (_, rules) in facts.SUITES.items()} == {
        table: set(faults) for table, faults in FAULTS.items()
    }


def test_a_waived_day_shows_but_does_not_block(found):
    house, planted, outcomes, _ = found
    table, day = "community_days", planted["community_days", "dau_over_wau"]
    verdicts.waive(house.home, table, day, reason="known", waived_by="me")
    outcome = facts.judge(house.home, table, "again")
    assert set(outcomes[table].withheld) - set(outcome.withheld) == {day}
    assert day in outcome.warned


def test_good_facts_pass(built_house, tmp_path):
    house = built_house.copy_to(tmp_path / "home")
    for table in facts.SUITES:
        outcome = facts.judge(house.home, table, "run")
        assert (outcome.withheld, outcome.warned) == ((), ()), outcome.summary


def test_a_run_that_rebuilt_nothing_leaves_a_verdict_too(built_house, tmp_path):
    house = built_house.copy_to(tmp_path / "home")
    house.change("delete from gates.gate_member_days")
    assert facts.judge(house.home, "fct_member_days", "idle").withheld == ()
    (row,) = ledger.read(house.home, "gate_results").to_pylist()[-1:]
    assert (row["run_id"], row["is_passed"], row["observed"]) == ("idle", True, "no day was rebuilt")
