"""Gate 2: do the rebuilt facts add up? dbt profiles them per day, this judges the profiles."""

from __future__ import annotations

from expectations.rule import CRITICAL, Rule
from expectations.runner import Verdict, validate
from expectations.suites import COMMUNITY_DAY_RULES, ENGAGEMENT_RULES, MEMBER_DAY_RULES
from pipelines.gates import verdicts
from pipelines.gates.verdicts import GateOutcome
from pipelines.home import Home
from pipelines.lake.duck import open_warehouse

GATE = "facts"

SUITES: dict[str, tuple[str, list[Rule]]] = {
    "fct_member_days": ("gate_member_days", MEMBER_DAY_RULES),
    "fct_member_engagement": ("gate_member_engagement", ENGAGEMENT_RULES),
    "community_days": ("gate_community_days", COMMUNITY_DAY_RULES),
}
"""Gated mart -> its profile in schema ``gates``, and its rules."""


def nothing_rebuilt(table_name: str) -> Verdict:
    """The verdict on a mart of which the run rebuilt no day: publishing needs one."""
    return Verdict(
        table_name=table_name,
        day=None,
        expectation="rebuilt days add up",
        severity=CRITICAL,
        is_passed=True,
        observed="no day was rebuilt",
        expected="",
        reason="what did not change was judged when it was built",
    )


def judge(home: Home, table_name: str, run_id: str) -> GateOutcome:
    """Judge the days of a mart that this run rebuilt; the caller holds the home's lock."""
    profile_name, rules = SUITES[table_name]
    with open_warehouse(home) as con:
        profile = con.execute(f"select * from gates.{profile_name} order by day").df()
    profile["day"] = profile["day"].dt.date
    found = validate(table_name, rules, profile) or [nothing_rebuilt(table_name)]
    verdicts.record(home, GATE, found, run_id)
    return verdicts.outcome(GATE, table_name, found, verdicts.waived_days(home, table_name))
