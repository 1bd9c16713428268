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


def test_the_summary_names_days_and_reasons_and_does_not_go_on_for_ever():
    days = [DAY.replace(day=number) for number in range(1, 8)]
    result = outcome("deliveries", "interactions", [verdict(day) for day in days], set())
    assert result.summary.startswith("interactions: withheld 2025-03-01, ")
    assert "and 2 more" in result.summary
    assert result.summary.count("because") == 3


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
