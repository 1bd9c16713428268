"""What subscriptions, pieces and tickets brought by month: the query, the sentence, the tiles and the chart."""

from __future__ import annotations

from pipelines.metrics.metric import Grain
from pipelines.report.context import SiteContext
from pipelines.report.parts import changes, charts, known, least
from pipelines.report.parts.blocks import Chart, Tile, Tiles
from pipelines.report.parts.database import Marts, Result, Row
from pipelines.report.parts.text import Text, integer, major, money, month, month_names, percent, plural, signed
from pipelines.sql import literal

_MONTHS = 12
_KINDS = (
    ("content_net_minor", Text("Pieces and courses", "单篇内容与课程"), "c2"),
    ("event_net_minor", Text("Tickets", "门票"), "c3"),
    ("subscription_net_minor", Text("Subscriptions", "订阅"), "c1"),
    ("other_net_minor", Text("Anything else", "其他"), "c4"),
)
"""Net of a month: column, what it is for, its colour."""


def main_currency(marts: Marts, context: SiteContext) -> str | None:
    """Currency of the most payments of the last twelve months; each other one is in the marts."""
    rows = marts.run(
        "sales_currency",
        f"""
        select currency
        from marts.payments
        where day <= {context.through}
        group by currency
        order by max(day) > {context.through} - interval {_MONTHS} month desc, count(*) desc, currency
        limit 1
        """,
    ).rows
    return rows[0]["currency"] if rows else None


def months(marts: Marts, context: SiteContext, currency: str) -> Result:
    """Money of one currency by month, and who bought a piece or a ticket."""
    return marts.run(
        "sales_months",
        f"""
        with

        purchases as (
            select
                *,
                paid_for in ('content', 'event') and movement = 'payment' as is_single
            from marts.payments
            where day <= {context.through}
        ),

        newcomers as (
            select member_id, min(month) as first_month
            from purchases
            where is_single
            group by member_id
        )

        select
            purchases.month,
            purchases.currency,
            sum(net_minor) filter (where paid_for = 'subscription')::bigint as subscription_net_minor,
            sum(net_minor) filter (where paid_for = 'content')::bigint as content_net_minor,
            sum(net_minor) filter (where paid_for = 'event')::bigint as event_net_minor,
            sum(net_minor) filter (where paid_for = 'other')::bigint as other_net_minor,
            sum(net_minor)::bigint as all_net_minor,
            sum(gross_minor) filter (where paid_for in ('content', 'event'))::bigint as single_gross_minor,
            sum(refund_minor) filter (where paid_for in ('content', 'event'))::bigint as single_refund_minor,
            count(distinct purchases.member_id) as n_payers,
            count(distinct purchases.member_id) filter (where is_single) as n_buyers,
            count(distinct purchases.member_id) filter (where is_single and first_month = purchases.month)
                as n_first_buyers,
            count(*) filter (where is_single) as n_purchases,
            last_day(purchases.month) <= {context.through} as is_complete,
        from purchases
        left join newcomers on purchases.member_id = newcomers.member_id
        where
            purchases.currency = {literal(currency)}
            and purchases.month <= {context.through}
            and purchases.month > {context.through} - interval {_MONTHS} month
        group by purchases.month, purchases.currency
        order by purchases.month
        """,
    )


def told(rows: list[Row]) -> Row:
    """The month that the page speaks of: the last that is over, or the only one."""
    return next((row for row in reversed(rows) if row["is_complete"]), rows[-1])


def sentence(rows: list[Row]) -> Text:
    """What single sales brought in the month, beside everything, and from whom."""
    row = told(rows)
    name, single = month(row["month"]), _single(row)
    text = Text(
        f"Pieces and tickets brought {money(single, row['currency'])} net in {name.en}",
        f"{name.zh}单篇内容与门票净收入为 {money(single, row['currency'])}",
    )
    if row["all_net_minor"] > 0 and single > 0:
        share = percent(single / row["all_net_minor"])
        text += Text(f", {share} of all that came in", f"，占全部净收入的 {share}")
    if not row["n_buyers"]:
        return text + Text("; nobody bought any.", "；无人购买。")
    bought = plural(row["n_buyers"], "member", "members")
    text += Text(f"; {bought} bought", f"；{integer(row['n_buyers'])} 名成员购买")
    if row["n_buyers"] < least.PEOPLE:
        return text + Text(".", "。")
    first = integer(row["n_first_buyers"])
    return text + Text(f", {first} of them for the first time.", f"，其中 {first} 名为首次购买。")


def tiles(rows: list[Row], result: Result) -> Tiles:
    """The month in five numbers, each beside the month before."""
    row = told(rows)
    before = next((one for one in reversed(rows) if one["month"] < row["month"]), None)
    currency = row["currency"]
    refunded = _refunded(row)
    return Tiles(
        title=month(row["month"]) + (Text("", "") if row["is_complete"] else Text(", not over", "（未结束）")),
        note=Text(
            "Net is what came in, less refunds and fees. Amounts are of the currency with the most payments; the marts "
            "hold each currency by itself. Beside each number: the change against the month before. This is cash; "
            "recurring revenue is spread over the months of a term, so the two never add up.",
            "净收入为收款减退款与手续费。金额为付款最多的币种；各币种在数据集市中分列。数字旁为与上月之差。"
            "此处为实收现金；经常性收入按订阅期分摊到各月，两者不可相加。",
        ),
        tiles=[
            *(
                _tile(name, row, before, column)
                for column, name, _ in _KINDS
                if any(one[column] is not None for one in rows)
            ),
            Tile(
                label=known.Term("one_off_buyers"),
                value=integer(row["n_buyers"]),
                amount=row["n_buyers"] if row["is_complete"] else None,
                span=Grain.MONTH,
                **changes.of_tile("one_off_buyers", row["n_buyers"], before["n_buyers"] if before else None),
                note=Text(
                    f"{integer(row['n_first_buyers'])} for the first time", f"{integer(row['n_first_buyers'])} 名为首次"
                ),
            ),
            Tile(
                label=known.Term("one_off_refund_share"),
                value=percent(refunded, row["n_purchases"]),
                amount=refunded if row["is_complete"] else None,
                **changes.of_tile("one_off_refund_share", refunded, _refunded(before) if before else None),
                note=Text(
                    f"{money(row['single_refund_minor'], currency)} of {money(row['single_gross_minor'], currency)}",
                    f"{money(row['single_gross_minor'], currency)} 中的 {money(row['single_refund_minor'], currency)}",
                ),
            ),
        ],
        result=result,
    )


def chart(rows: list[Row], result: Result, context: SiteContext) -> Chart:
    """Net by month, what is small on a scale of its own."""
    currency = rows[-1]["currency"]
    names = month_names([row["month"] for row in rows], context.through_day)
    shown = [
        (name, [charts.bars(names, [_major(row[column], currency) for row in rows], name, ink)])
        for column, name, ink in _KINDS
        if any(row[column] is not None for row in rows)
    ]
    return Chart(
        title=Text(f"Net by month, {currency}", f"每月净收入（{currency}）"),
        note=Text("Each on a scale of its own.", "各图纵轴比例不同。"),
        figure=charts.panels(shown),
        height=charts.panels_height(len(shown)),
        result=result,
    )


def _refunded(row: Row) -> float | None:
    return row["single_refund_minor"] / row["single_gross_minor"] if row["single_gross_minor"] else None


def _single(row: Row) -> int:
    return sum(row[column] or 0 for column in ("content_net_minor", "event_net_minor"))


def _major(minor: int | None, currency: str) -> float | None:
    return None if minor is None else major(minor, currency)


def _tile(name: Text, row: Row, before: Row | None, column: str) -> Tile:
    currency, value = row["currency"], row[column]
    change = major(value - before[column], currency) if before and None not in (value, before[column]) else 0
    return Tile(
        label=name,
        value=money(value, currency),
        change=Text(signed(change), signed(change)) if change else None,
        tone="good" if change > 0 else "bad" if change < 0 else "neutral",
    )
