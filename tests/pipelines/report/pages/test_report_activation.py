"""How far newcomers come: shares of those whose days are over, by month and by where they came from."""

from __future__ import annotations

from pipelines.report.pages import activation
from pipelines.report.parts.blocks import Note, Table
from pipelines.report.parts.text import MISSING, Text
from tests.support.report_pages import Fill, block_of, page_of


def _steps(*rows: tuple[str, str, str, str, int, int, int]) -> str:
    values = ", ".join(
        f"(date '{month}', '{of}', '{value}', '{step}', {n}, {seen}, {came})"
        for month, of, value, step, n, seen, came in rows
    )
    return f"""
        insert into marts.activation_steps by name
        select *, n_reached / nullif(n_observed, 0) as share_reached, 1 as step_number
        from (values {values}) as v (cohort_month, dimension, value, step, n_members, n_observed, n_reached);
    """


def test_shares_are_of_those_whose_days_are_over_and_few_are_a_dash(fill: Fill) -> None:
    sql = _steps(
        ("2026-11-01", "all", "all", "acted", 30, 19, 9),
        ("2026-10-01", "all", "all", "acted", 41, 41, 20),
        ("2026-10-01", "all", "all", "second_week", 41, 40, 10),
        ("2026-01-01", "all", "all", "acted", 50, 50, 50),
        ("2025-10-01", "all", "all", "acted", 70, 70, 70),
    )
    page = page_of(activation.page, fill(sql))
    table = block_of(page, "By month of arrival")
    assert isinstance(table, Table)
    assert [[row[0].sort, row[1].shown] for row in table.rows] == [
        ["2026-11", "30"], ["2026-10", "41"], ["2026-01", "50"],
    ]  # fmt: skip
    assert table.rows[0][2].shown == MISSING
    assert [cell.sort for cell in table.rows[1][2:]] == [20 / 41, 10 / 40]
    assert [column.label.en for column in table.columns][2:] == ["Active in days 0–6", "Active in days 7–13"]
    assert page.answer.en == (
        "Of the newcomers of the last 6 months 48% were active in their first week "
        "(n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}60), 25% in the second."
    )


def test_sources_come_by_size_and_what_nobody_told_is_called_so(fill: Fill) -> None:
    sql = _steps(
        ("2026-10-01", "referrer", "github", "acted", 30, 30, 15),
        ("2026-10-01", "referrer", "unknown", "acted", 40, 40, 10),
        ("2026-09-01", "referrer", "github", "acted", 30, 30, 15),
    )
    table = block_of(page_of(activation.page, fill(sql)), "By where they came from")
    assert isinstance(table, Table)
    assert [row[0].shown for row in table.rows] == ["github", Text("unknown", "未知")]
    assert [row[2].sort for row in table.rows] == [0.5, 0.25]


def test_without_newcomers_it_says_so(fill: Fill) -> None:
    page = page_of(activation.page, fill(""))
    assert page.answer.en == "No newcomer has been seen yet."
    assert isinstance(page.blocks[0], Note)


def test_where_nobody_tells_a_source_there_is_no_table_of_sources(fill: Fill) -> None:
    sql = _steps(
        ("2026-10-01", "all", "all", "acted", 30, 30, 15), ("2026-10-01", "referrer", "unknown", "acted", 30, 30, 15)
    )
    page = page_of(activation.page, fill(sql))
    assert [block.title.en for block in page.blocks] == ["By month of arrival"]
