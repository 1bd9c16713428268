"""Data health names what does not agree between logs."""

from dataclasses import replace

import pytest

from pipelines.report.pages import health
from pipelines.report.parts.blocks import Note, Table
from pipelines.report.parts.text import Text
from pipelines.report.sections import relations
from tests.support.report_marts import CONTEXT
from tests.support.report_pages import Fill, block_of, page_of

_TITLE = "What does not agree between logs"


def _check(rule: str, n_rows: int, n_broken: int, log_day: str, examples: str = "", log: str = "payments") -> str:
    named = f"'{examples}'" if examples else "null"
    return f"insert into marts.relation_checks values ('{rule}', '{log}', '{log_day}', {n_rows}, {n_broken}, {named});"


def test_rules_that_rows_break_are_summed_over_days_the_latest_breaks_first(fill: Fill) -> None:
    sql = (
        _check("payer_differs", 10, 2, "2026-10-20", "p1, p2")
        + _check("payer_differs", 10, 1, "2026-10-21", "p3")
        + _check("payer_differs", 10, 0, "2026-11-19")
        + _check("refund_unpaid", 3, 2, "2026-11-19", "r1, r2")
        + _check("currency_differs", 10, 0, "2026-11-19")
    )
    table = block_of(page_of(health.page, fill(sql)), _TITLE)
    assert isinstance(table, Table)
    assert table.note is not None
    assert table.note.en.startswith("2 of 3 rules are broken by some row")
    refunds, payers = table.rows
    assert [cell.shown for cell in refunds[2:5]] == ["2", "2", "3"]
    assert [cell.shown for cell in payers[2:5]] == ["3", "1", "30"]
    assert payers[5].sort == "2026-10-21"
    assert payers[6].shown == "p3"
    assert payers[1].shown == Text("names another member than its subscription", "付款成员与订阅的成员不同")


def test_where_all_agree_it_says_how_much_was_judged(fill: Fill) -> None:
    marts = fill(_check("payer_differs", 1200, 0, "2026-11-19") + _check("currency_odd", 30, 0, "2026-11-19"))
    note = relations.block(marts, CONTEXT)
    assert isinstance(note, Note)
    assert note.body is not None
    assert note.body.en == "Nothing: 2 rules judged, on up to 1,200 rows each."


@pytest.mark.parametrize(
    ("least_shown", "observed"),
    [
        (0, ["0.75 (30 of 40 rows: m1, m2, m3 and 27 more)", "2 of 9 rows: m4, m5", "12"]),
        (5, ["0.75 (30 of 40 rows)", "2 of 9 rows", "12"]),
    ],
)
def test_where_single_members_are_not_shown_verdicts_have_no_keys(
    fill: Fill, least_shown: int, observed: list[str]
) -> None:
    found = ["0.75 (30 of 40 rows: m1, m2, m3 and 27 more)", "2 of 9 rows: m4, m5", "12"]
    sql = "".join(
        f"insert into marts.gate_results by name select 'facts' as gate, 'interactions' as table_name, "
        f"date '2026-11-19' as day, 'rule {n}' as expectation, 'critical' as severity, false as is_passed, "
        f"false as is_waived, '{one}' as observed, 'run' as run_id, timestamptz '2026-11-20 06:00+08' as checked_at;"
        for n, one in enumerate(found)
    )
    table = health._gates(fill(sql), replace(CONTEXT, least_shown=least_shown))
    assert isinstance(table, Table)
    assert [row[2].shown.en for row in table.rows] == observed
