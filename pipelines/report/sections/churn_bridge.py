"""Churn counted three ways, one figure for each, in members how one becomes the next, and the months before."""

from __future__ import annotations

from datetime import timedelta

from markupsafe import Markup

from pipelines.report.context import SiteContext
from pipelines.report.parts import cells, charts
from pipelines.report.parts.blocks import Block, Cell, Chart, Column, Table
from pipelines.report.parts.database import Marts, Result, Row
from pipelines.report.parts.text import Text, day, integer, month, percent
from pipelines.report.sections import renewal

_MONTHS = 12


def blocks(marts: Marts, context: SiteContext) -> list[Block]:
    """The walk of the newest month whose three counts are known, the rates by month, and the cells of all months."""
    result = marts.run(
        "churn_walk",
        f"""
        select *
        from marts.churn_definitions_walk
        where as_of_day <= {context.through} and as_of_day > {context.through} - interval {_MONTHS} month
        order by as_of_day desc
        """,
    )
    known = [row for row in result.rows if row["n_mrr_churned"] is not None]
    made: list[Block] = [_walk(known[0], result, context)] if known else []
    return [*made, *([_rates(result)] if result.rows else []), renewal.reconciliation(result)]


def _walk(row: Row, result: Result, context: SiteContext) -> Table:
    start, horizon = day(row["as_of_day"]), context.horizon_days
    over = month(row["as_of_day"] + timedelta(days=1))
    less, plus = "\N{MINUS SIGN}", "+"
    rows = [
        _count(Text("Went quiet", "沉默"), row, "n_inactive", "n_active"),
        _lead(Text("less: still pay", "减：仍在付费"), row, "n_inactive_still_paying", less),
        _lead(Text("less: did not pay before", "减：此前未付费"), row, "n_inactive_not_payer", less),
        _lead(Text("plus: stopped paying, still active", "加：停止付费但仍活跃"), row, "n_lapsed_still_active", plus),
        _lead(Text("plus: stopped paying, quiet before", "加：停止付费且此前已沉默"), row, "n_lapsed_not_active", plus),
        _count(Text("Did not renew", "未续费"), row, "n_lapsed", "n_payers"),
        _lead(
            Text("less: pay again or in grace at the month's end", "减：月末已恢复付费或仍在宽限期"),
            row,
            "n_lapsed_with_mrr",
            less,
        ),
        _lead(
            Text("plus: ended after that, or judged by nobody", "加：更晚到期或未纳入判定"),
            row,
            "n_mrr_churned_not_lapsed",
            plus,
        ),
        _count(Text("Bring no recurring revenue", "不再带来经常性收入"), row, "n_mrr_churned", "n_payers"),
    ]
    return Table(
        title=Text("Churn counted three ways, and from one to the next", "三种流失口径，以及如何由一种到另一种"),
        note=Text(
            f"Members of {start.en}. Went quiet: active in the {horizon} days before, on none of the {horizon} after. "
            f"Did not renew: paid, their term ended within {horizon} days, and none followed in {context.grace_days} "
            f"days of grace. No recurring revenue: paid, and at the end of {over.en} bring none.",
            f"以{start.zh}的成员计。沉默：此前 {horizon} 天活跃，之后 {horizon} 天无任何活动。"
            f"未续费：付费者的订阅期在 {horizon} 天内到期，且 {context.grace_days} 天宽限期内未续。"
            f"不再带来经常性收入：付费者到{over.zh}末已不带来收入。",
        ),
        columns=[
            Column(Text("Step", "步骤")),
            Column(Text("Members", "成员数"), number=True),
            Column(Text("Of", "基数"), number=True),
            Column(Text("Rate", "比率"), number=True),
        ],
        rows=rows,
        result=result,
        half=True,
        dense=True,
    )


def _count(name: Text, row: Row, part: str, of: str) -> list[Cell]:
    """One of the three figures."""
    count, base = row[part], row[of]
    rate = count / base if base else None
    shown = Markup("<b>{}</b>").format(name), Markup("<b>{}</b>").format(integer(count))
    return [
        Cell(shown[0]),
        cells.number(shown[1], count),
        cells.number(integer(base), base),
        cells.number(Markup("<b>{}</b>").format(percent(rate, base)), rate),
    ]


def _lead(name: Text, row: Row, part: str, sign: str) -> list[Cell]:
    """What leads from the figure above to the one below."""
    return [Cell(name), cells.number(f"{sign}{integer(row[part])}", row[part]), Cell(""), Cell("")]


def _rates(result: Result) -> Chart:
    """A rate is at the month that follows the day of its members."""
    rows = result.rows[::-1]
    months = [f"{row['as_of_day'] + timedelta(days=1):%Y-%m}" for row in rows]
    lines = [
        (Text("went quiet", "沉默"), "n_inactive", "n_active", "c2"),
        (Text("did not renew", "未续费"), "n_lapsed", "n_payers", "c1"),
        (Text("no recurring revenue", "不再带来经常性收入"), "n_mrr_churned", "n_payers", "bad"),
    ]
    return Chart(
        title=Text("The three rates by month", "三种流失率（按月）"),
        note=Text(
            "A month appears once its outcome is known: the horizon and the grace period are over.",
            "结果已知（预测期与宽限期均已过）的月份才出现。",
        ),
        figure=charts.figure(
            [
                charts.line(months, [_share(row[part], row[of]) for row in rows], name, ink, look="marked")
                for name, part, of, ink in lines
            ],
            y_title=Text("% of those counted", "占基数的 %"),
        ),
        result=result,
        half=True,
    )


def _share(part: int | None, of: int) -> float | None:
    """Per cent, on a scale that ends above the largest: rates of churn are small."""
    return None if part is None or not of else 100 * (part / of)
