"""The brief's row of money: who pays, recurring revenue, and what of it is due in the next days. Per currency."""

from __future__ import annotations

from typing import Any

from pipelines.report.context import SiteContext
from pipelines.report.parts import known, not_collected
from pipelines.report.parts.blocks import Block, Tile, Tiles
from pipelines.report.parts.database import Marts, Result, Row
from pipelines.report.parts.text import Text, day, integer, major, money, percent, signed
from pipelines.report.sections.revenue import largest_currency

_TITLE = Text("Money", "收入")
_PAGE = "revenue.html"
_DAYS = 30
"""Days ahead in which a term is due."""


def block(marts: Marts, context: SiteContext) -> Block:
    """Three figures of the last day; where no subscription is known, how to add them."""
    result = _currencies(marts, context) if marts.has("revenue_months") else None
    if not result or not result.rows:
        return not_collected.note(_TITLE, "subscriptions")
    first, *others = result.rows
    code = first["currency"]
    start, end = first["mrr_start_minor"], first["mrr_end_minor"]
    since = Text(f"since {day(first['month']).en}", f"自{day(first['month']).zh}起")
    return Tiles(
        title=_TITLE,
        tiles=[
            Tile(
                label=known.Term("payers"),
                value=integer(first["n_payers_end"]),
                amount=first["n_payers_end"],
                **_change(first["n_payers_end"], first["n_payers_start"]),
                note=since + _beside([f"{integer(row['n_payers_end'])} ({row['currency']})" for row in others]),
                link=_PAGE,
            ),
            Tile(
                label=known.Term("mrr"),
                value=money(end, code),
                amount=major(end, code),
                currency=code,
                **_change(major(end, code), None if start is None else major(start, code)),
                note=since + _beside([money(row["mrr_end_minor"], row["currency"]) for row in others]),
                link=_PAGE,
            ),
            Tile(
                label=known.Term("terms_due_30"),
                value=integer(sum(row["n_terms_due"] for row in result.rows)),
                amount=sum(row["n_terms_due"] for row in result.rows),
                note=_due(result.rows),
                link=_PAGE,
            ),
        ],
        result=result,
    )


def _currencies(marts: Marts, context: SiteContext) -> Result:
    """The last month of each currency in which anybody pays, the largest first, with what is due beside it."""
    return marts.run(
        "brief_money",
        f"""
        with
        due as (
            select
                coalesce(currency, 'XXX') as currency,
                count(*) as n_terms_due,
                sum(mrr_minor)::bigint as due_mrr_minor,
            from marts.subscription_terms
            where
                is_paid
                and outcome = 'running'
                and term_end > {context.through}
                and term_end <= {context.through} + {_DAYS}
            group by coalesce(currency, 'XXX')
        ),

        latest as (
            select
                *,
                currency = (
                {largest_currency(context)}
                ) as is_largest,
            from marts.revenue_months
            where month <= {context.through} and mrr_end_minor is not null
            qualify month = max(month) over ()
        )

        select
            latest.month,
            latest.currency,
            latest.n_payers_start,
            latest.n_payers_end,
            latest.mrr_start_minor,
            latest.mrr_end_minor,
            coalesce(due.n_terms_due, 0) as n_terms_due,
            due.due_mrr_minor,
            due.due_mrr_minor / nullif(latest.mrr_end_minor, 0) as share_due,
        from latest
        left join due on latest.currency = due.currency
        where latest.is_largest or latest.mrr_end_minor > 0 or due.n_terms_due > 0
        order by latest.is_largest desc, latest.mrr_end_minor desc, latest.currency
        """,
    )


def _change(now: float, before: float | None) -> dict[str, Any]:
    """By how much a tile's figure has changed since the month began, and whether that is good; nothing if unknown."""
    if before is None or now == before:
        return {}
    delta = signed(now - before)
    return {"change": Text(delta, delta), "tone": "good" if now > before else "bad"}


def _beside(others: list[str]) -> Text:
    """The figures of the other currencies."""
    return Text(f"; and {' + '.join(others)}", f"；另有 {' + '.join(others)}") if others else Text("", "")


def _due(rows: list[Row]) -> Text:
    """What the terms that are due bring in a month, and which share of it all that is."""
    due = [
        (money(row["due_mrr_minor"], row["currency"]), percent(row["share_due"])) for row in rows if row["n_terms_due"]
    ]
    if not due:
        return Text("no paid term ends", "没有付费订阅到期")
    return Text(
        " + ".join(f"{amount} a month, {share} of MRR" for amount, share in due),
        " + ".join(f"每月 {amount}，占 MRR 的 {share}" for amount, share in due),
    )
