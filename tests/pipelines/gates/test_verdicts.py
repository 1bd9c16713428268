"""What a gate says of its verdicts: which days are withheld, which warn, and the sentence about it."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from expectations.runner import Verdict, is_blocking
from pipelines.gates.verdicts import BLOCKING, blocking, outcome, record, waive, waived_days
from pipelines.home import Home

DAY, NEXT = date(2025, 3, 1), date(2025, 3, 2)


def verdict(day=DAY, severity="critical", is_passed=False):
    return Verdict("interactions", day, "share at most 1", severity, is_passed, "2", "at most 1", "because")


@pytest.mark.parametrize(
    ("verdicts", "waived", "withheld", "warned"),
    [
        ([], set(), (), ()),
        ([verdict(is_passed=True)], set(), (), ()),
        ([verdict()], set(), (DAY,), ()),
        ([verdict()], {DAY}, (), (DAY,)),
        ([verdict()], {NEXT}, (DAY,), ()),
        ([verdict(severity="warning")], set(), (), (DAY,)),
        ([verdict(), verdict(severity="warning")], set(), (DAY,), ()),
        ([verdict(NEXT), verdict(DAY)], set(), (DAY, NEXT), ()),
        ([verdict(None)], {DAY}, (None,), ()),
    ],
)
def test_an_outcome_sums_verdicts_up(verdicts, waived, withheld, warned):
    result = outcome("deliveries", "interactions", verdicts, waived)
    assert (result.withheld, result.warned) == (withheld, warned)


def days(n):
    return [DAY.replace(day=number) for number in range(1, n + 1)]


def test_the_summary_names_days_and_reasons_and_does_not_go_on_for_ever():
    five = "2025-03-01, 2025-03-02, 2025-03-03, 2025-03-04, 2025-03-05"
    said = "; ".join(3 * ["share at most 1, found 2 (because)"])
    for n, more in ((5, ""), (6, " and 1 more"), (7, " and 2 more")):
        result = outcome("deliveries", "interactions", [verdict(day) for day in days(n)], set())
        assert result.summary == f"interactions: withheld {five}{more}: {said}"


def test_the_summary_of_a_table_that_passed_counts_its_days_and_those_that_warn():
    passed = [verdict(day, is_passed=True) for day in days(3)]
    assert outcome("facts", "interactions", passed, set()).summary == "interactions: 3 days passed"
    warned = outcome("facts", "interactions", [*passed, verdict(NEXT, "warning")], set())
    assert warned.summary == "interactions: 3 days passed, 1 with warnings"
    whole = outcome("facts", "interactions", [verdict(None)], set())
    assert whole.summary == "interactions: withheld the table: share at most 1, found 2 (because)"


def test_warnings_are_what_failed_and_does_not_block_and_a_whole_table_comes_first():
    verdicts = [
        verdict(NEXT, "warning"),
        verdict(None, "warning"),
        verdict(DAY, "warning"),
        verdict(DAY, is_passed=True),
    ]
    result = outcome("facts", "interactions", [*verdicts, verdict(DAY.replace(day=9))], set())
    assert result.warned == (None, DAY, NEXT)
    assert result.warnings == 3 * ("share at most 1, found 2 (because)",)
    blocked = outcome("facts", "interactions", [verdict(NEXT), verdict(None)], set())
    assert blocked.withheld == (None, NEXT)


def test_a_waiver_is_of_one_table(tmp_path):
    home = Home(tmp_path)
    waive(home, "interactions", DAY, reason="known", waived_by="me")
    assert waived_days(home, "interactions") == {DAY}
    assert waived_days(home, "content") == set()


def test_of_a_run_those_verdicts_block_that_are_critical_failed_and_not_waived(tmp_path):
    home = Home(tmp_path)
    stored = [verdict(), verdict(severity="warning"), verdict(NEXT, is_passed=True), verdict(NEXT), verdict(None)]
    record(home, "deliveries", [verdict()], "an earlier run")
    record(home, "facts", stored, "run")
    assert [row["day"] for row in blocking(home, "run")] == [DAY, NEXT, None]

    waive(home, "interactions", NEXT, reason="known", waived_by="me")
    waive(home, "content", DAY, reason="of another table", waived_by="me")
    assert [row["day"] for row in blocking(home, "run")] == [DAY, None]


@pytest.mark.parametrize("severity", ["critical", "warning"])
@pytest.mark.parametrize("is_passed", [True, False])
@pytest.mark.parametrize("is_waived", [True, False])
def test_sql_and_python_agree_on_what_blocks(severity, is_passed, is_waived):
    row = f"(select '{severity}' as severity, {is_passed} as is_passed, {is_waived} as is_waived)"
    (found,) = duckdb.sql(f"select {BLOCKING} from {row}").fetchall()[0]
    assert found is is_blocking(severity, is_passed=is_passed, is_waived=is_waived)
