"""Renewal by cohort: of those who first paid in a month, how many terms that ended k months later were renewed."""

from __future__ import annotations

from datetime import date

from pipelines.report.context import SiteContext
from pipelines.report.parts import cells, least, marks
from pipelines.report.parts.blocks import Cell, Column, Table
from pipelines.report.parts.database import Marts, Row
from pipelines.report.parts.text import MISSING, Text, integer, percent

_MONTHS = 12
_ALL = Text("All of these", "以上合计")
_BEFORE = Text("before the log", "日志开始之前")


def block(marts: Marts, context: SiteContext) -> Table:
    """Cohorts of the last 12 months, all of them together, and those who paid before the log began."""
    result = marts.run(
        "renewal_cohorts",
        f"""
        select
            cohort_month,
            date_diff('month', cohort_month, month) as age_months,
            sum(n_due)::bigint as n_due,
            sum(n_renewed)::bigint as n_renewed,
            sum(n_renewed) / sum(n_due) as renewal_rate,
        from marts.renewals
        where
            month <= {context.through}
            and (
                cohort_month >= date_trunc('month', ({context.through} + 1)::date) - interval {_MONTHS} month
                or (cohort_month is null and month > {context.through} - interval {_MONTHS} month)
            )
        group by cohort_month, age_months
        order by cohort_month desc nulls last, age_months
        """,
        limit=1000,
    )
    known = [row for row in result.rows if row["cohort_month"]]
    ages = range(1, max((row["age_months"] for row in known), default=0) + 1)
    cohorts: dict[date | None, list[Row]] = {}
    for row in result.rows:
        cohorts.setdefault(row["cohort_month"], []).append(row)
    rows = [_row(marks.unbroken(f"{month:%Y-%m}"), own, ages) for month, own in cohorts.items() if month]
    rows += [_row(_ALL, known, ages)] if known else []
    rows += [_row(_BEFORE, cohorts[None], ages)] if None in cohorts else []
    return Table(
        title=Text("Renewal by month of first payment", "按首次付费月份看续费"),
        note=Text(
            "Of the terms that ended k months after a member's first paid month, how many per cent were renewed; shown "
            f"from {least.PEOPLE} terms on. Plans end after 1, 3 or 12 months, so columns beside each other are of "
            "other members.",
            f"在首次付费月之后第 k 个月到期的订阅期中已续费的百分比；满 {least.PEOPLE} 个才显示。"
            "不同套餐 1、3 或 12 个月到期，因此相邻列的成员并不相同。",
        ),
        columns=[
            Column(Text("First paid", "首次付费")),
            Column(Text("Ended", "到期"), number=True),
            Column(Text("Renewed", "续费率"), number=True),
            *(Column(Text(f"{age}", f"{age}"), number=True) for age in ages),
        ],
        rows=rows,
        result=result,
        dense=True,
    )


def _row(name: object, rows: list[Row], ages: range) -> list[Cell]:
    by_age = {age: [row for row in rows if row["age_months"] == age] for age in ages}
    due, renewed = _sums(rows)
    rate = renewed / due if due else 0.0
    share = percent(rate, due) if due >= least.PEOPLE else MISSING
    overall = cells.number(marks.bar(rate, share, "good"), rate)
    return [Cell(name), cells.number(integer(due), due), overall, *(_heat(by_age[age]) for age in ages)]


def _heat(rows: list[Row]) -> Cell:
    due, renewed = _sums(rows)
    if due < least.PEOPLE:
        return cells.number(MISSING if due else "", None)
    rate = renewed / due
    return cells.number(marks.heat(rate, percent(rate).rstrip("%")), rate)


def _sums(rows: list[Row]) -> tuple[int, int]:
    return sum(row["n_due"] for row in rows), sum(row["n_renewed"] for row in rows)
