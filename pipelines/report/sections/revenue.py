"""Recurring revenue and the terms behind it: their queries, and the sentence that says how the month goes."""

from __future__ import annotations

from pipelines.report.context import SiteContext
from pipelines.report.parts import known
from pipelines.report.parts.blocks import Tile, Tiles
from pipelines.report.parts.database import Marts, Result, Row
from pipelines.report.parts.text import Text, integer, money, month, plural

_MONTHS = 12
NEAR_DAYS = 7
"""Days ahead in which a term is due soon, and days back in which a payment failed lately."""


def largest_currency(context: SiteContext) -> str:
    """Query of the currency with the most recurring revenue."""
    return f"""select currency from marts.revenue_months
                where month <= {context.through}
                group by currency
                order by max(month) filter (where mrr_end_minor > 0) desc nulls last, max(mrr_end_minor) desc, currency
                limit 1"""


def months(marts: Marts, context: SiteContext) -> Result:
    """Months of the currency with the most recurring revenue; another one is a page of its own in the marts."""
    return marts.run(
        "revenue_months",
        f"""
        select *
        from marts.revenue_months
        where
            month <= {context.through}
            and month > {context.through} - interval {_MONTHS} month
            and currency = (
                {largest_currency(context)}
            )
        order by month
        """,
    )


def sentence(rows: list[Row]) -> Text:
    """Recurring revenue and who pays it, against the start of the month."""
    last = rows[-1]
    currency, name = last["currency"], month(last["month"])
    change = last["mrr_end_minor"] - (last["mrr_start_minor"] or 0)
    moved = money(abs(change), currency)
    text = Text(
        f"Recurring revenue is {money(last['mrr_end_minor'], currency)} a month from "
        f"{integer(last['n_payers_end'])} paying members",
        f"月经常性收入为 {money(last['mrr_end_minor'], currency)}，来自 {integer(last['n_payers_end'])} 名付费成员",
    )
    if change:
        text += Text(
            f", {moved} {'more' if change > 0 else 'less'} than at the start of {name.en}",
            f"，比{name.zh}初{'多' if change > 0 else '少'} {moved}",
        )
    else:
        text += Text(f", as at the start of {name.en}", f"，与{name.zh}初持平")
    return text + Text(".", "。")


def near(marts: Marts, context: SiteContext) -> Result:
    """Paid terms that end soon, and those that ended lately because a payment failed, their prices beside them."""
    return marts.results.get("terms_near") or marts.run(
        "terms_near",
        f"""
        select
            currency,
            count(*) filter (where is_due_soon) as n_terms_due,
            sum(price_minor) filter (where is_due_soon)::bigint as due_minor,
            count(*) filter (where has_failed) as n_terms_failed,
            sum(price_minor) filter (where has_failed)::bigint as failed_minor,
        from (
            select
                coalesce(currency, '') as currency,
                price_minor,
                outcome = 'running'
                and term_end > {context.through}
                and term_end <= {context.through} + {NEAR_DAYS} as is_due_soon,
                outcome = 'payment_failure'
                and ended_day > {context.through} - {NEAR_DAYS}
                and ended_day <= {context.through} as has_failed,
            from marts.subscription_terms
            where is_paid
        )
        where is_due_soon or has_failed
        group by currency
        order by due_minor desc nulls last, currency
        """,
    )


def near_tiles(marts: Marts, context: SiteContext) -> Tiles:
    """What is due soon, and what failed lately."""
    result = near(marts, context)
    return Tiles(
        title=Text("The week ahead and the week behind", "未来一周与过去一周"),
        note=Text(
            f"Paid terms that end in the {NEAR_DAYS} days after the last day of the data, renewed or not; terms of the "
            f"{NEAR_DAYS} days before it that ended because a payment failed.",
            f"数据截至日后 {NEAR_DAYS} 天内到期的付费订阅；此前 {NEAR_DAYS} 天内因支付失败而终止的订阅。",
        ),
        tiles=[
            Tile(
                label=known.Term("terms_due"),
                value=integer(sum(row["n_terms_due"] for row in result.rows)),
                amount=sum(row["n_terms_due"] for row in result.rows),
                note=_amounts(result.rows, "due_minor"),
            ),
            Tile(
                label=known.Term("payments_failed"),
                value=integer(sum(row["n_terms_failed"] for row in result.rows)),
                amount=sum(row["n_terms_failed"] for row in result.rows),
                note=_amounts(result.rows, "failed_minor"),
            ),
        ],
        result=result,
    )


def near_sentences(rows: list[Row]) -> list[Text]:
    """What is due soon and what failed lately, a sentence each; none for what there is none of."""
    found = []
    if due := sum(row["n_terms_due"] for row in rows):
        ends = Text(
            f"{plural(due, 'paid term ends', 'paid terms end')} in the next {NEAR_DAYS} days",
            f"未来 {NEAR_DAYS} 天有 {integer(due)} 个付费订阅到期",
        )
        found.append(ends + _in_brackets(_amounts(rows, "due_minor")) + Text(".", "。"))
    if failed := sum(row["n_terms_failed"] for row in rows):
        ended = Text(
            f"{plural(failed, 'term', 'terms')} ended in the last {NEAR_DAYS} days because a payment failed",
            f"过去 {NEAR_DAYS} 天有 {integer(failed)} 个订阅因支付失败终止",
        )
        found.append(ended + _in_brackets(_amounts(rows, "failed_minor")) + Text(".", "。"))
    return found


def _amounts(rows: list[Row], column: str) -> Text | None:
    shown = [money(row[column], row["currency"]) for row in rows if row[column] and row["currency"]]
    return Text(" + ".join(shown), " + ".join(shown)) if shown else None


def _in_brackets(amounts: Text | None) -> Text:
    return Text(f" ({amounts.en})", f"（{amounts.zh}）") if amounts else Text("", "")
