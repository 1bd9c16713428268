"""Tickets: what each event sold and cost, and what those who came bring later."""

from __future__ import annotations

from pipelines.report.context import SiteContext
from pipelines.report.parts import cells
from pipelines.report.parts.blocks import Cell, Column, Table
from pipelines.report.parts.database import Marts, Row
from pipelines.report.parts.text import MISSING, Text, day, integer, money

_EVENTS = 50


def table(marts: Marts, context: SiteContext) -> Table:
    """Events that sold or cost anything, the latest first."""
    result = marts.run(
        "event_sales",
        f"""
        select
            event_id, currency, kind, title, n_sold, n_refunded, gross_minor, refund_minor, fee_minor, net_minor,
            cost_minor, result_minor, n_attended, cost_per_attendee_minor, n_after_attended, n_after_no_show,
            after_difference_minor, after_difference_low_minor, after_difference_high_minor, starts_day,
        from marts.event_sales
        where
            (starts_day is null or starts_day <= {context.through})
            and (n_sold > 0 or n_refunded > 0 or cost_minor > 0)
        order by starts_day desc nulls last, event_id, currency
        """,
        limit=_EVENTS,
    )
    return Table(
        title=Text("Event by event", "逐场活动"),
        note=Text(
            f"{integer(len(result.rows))} of {integer(result.n)}, the latest first. Later: by how much more those who "
            "came paid in the 90 days after than registered members who did not come, on average, with its 95 % "
            "interval and both n. Who comes is often keener beforehand, so this is a comparison and no effect.",
            f"显示 {integer(result.n)} 场中的 {integer(len(result.rows))} 场，最近的在前。“之后”为到场者"
            "在其后 90 天内人均比报名未到者多付多少，附 95% 区间与双方 n。"
            "到场者往往本就更积极，因此只是比较而非效果。",
        ),
        columns=[
            Column(Text("Event", "活动"), wide=True),
            Column(Text("Day", "日期")),
            Column(Text("Tickets", "门票"), number=True),
            Column(Text("Paid back", "退票"), number=True),
            Column(Text("Net", "净收入"), number=True),
            Column(Text("Cost", "成本"), number=True),
            Column(Text("Result", "结余"), number=True),
            Column(Text("Attended", "到场"), number=True),
            Column(Text("Cost per attendee", "人均成本"), number=True),
            Column(Text("Later, per attendee", "之后（人均）"), number=True),
        ],
        rows=[_event(row) for row in result.rows],
        result=result,
        search=True,
        scroll=True,
        dense=True,
    )


def _event(row: Row) -> list[Cell]:
    currency = row["currency"]
    return [
        cells.event(row, Text("names no event", "未注明活动")),
        Cell(day(row["starts_day"]), str(row["starts_day"] or "")),
        cells.number(integer(row["n_sold"]), row["n_sold"]),
        cells.number(integer(row["n_refunded"]), row["n_refunded"]),
        cells.number(money(row["net_minor"], currency), row["net_minor"]),
        cells.number(money(row["cost_minor"], currency), row["cost_minor"]),
        cells.number(money(row["result_minor"], currency), row["result_minor"]),
        cells.number(integer(row["n_attended"]), row["n_attended"]),
        cells.number(money(row["cost_per_attendee_minor"], currency), row["cost_per_attendee_minor"]),
        cells.number(_later(row), row["after_difference_minor"]),
    ]


def _later(row: Row) -> str:
    """Nothing without an interval: the difference of two small means says nothing."""
    if row["after_difference_low_minor"] is None:
        return MISSING
    currency = row["currency"]
    amounts = [
        money(row[f"after_difference{end}_minor"], currency).replace("-", "\N{MINUS SIGN}")
        for end in ("", "_low", "_high")
    ]
    return (
        f"{amounts[0]} ({amounts[1].removesuffix(f' {currency}')} – {amounts[2].removesuffix(f' {currency}')}, "
        f"n = {integer(row['n_after_attended'])}, {integer(row['n_after_no_show'])})"
    )
