"""Revenue and renewal: is the paid base growing? The bridge of recurring revenue, renewals, the two churns."""

from __future__ import annotations

from pipelines.report.context import SiteContext
from pipelines.report.parts import charts, known, not_collected
from pipelines.report.parts.blocks import Block, Chart, Page, Tile, Tiles
from pipelines.report.parts.database import Marts, Result, Row
from pipelines.report.parts.header import Header
from pipelines.report.parts.text import (
    Text,
    decimal,
    integer,
    major,
    money,
    month,
    month_names,
    percent,
    signed,
    so_far,
)
from pipelines.report.sections import churn_bridge, mrr, renewal, renewal_cohorts, revenue

_TITLE = Text("Revenue and renewal", "收入与续费")
_QUESTION = Text("Is the paid base growing?", "付费群体在增长吗？")

_STEPS = (
    ("mrr_new_minor", 1, Text("new", "新增"), "good"),
    ("mrr_expansion_minor", 1, Text("expansion", "增购"), "c1"),
    ("mrr_reactivation_minor", 1, Text("reactivation", "恢复付费"), "c3"),
    ("mrr_contraction_minor", -1, Text("contraction", "减购"), "c2"),
    ("mrr_churn_minor", -1, Text("churn", "流失"), "bad"),
)
"""Steps of the bridge: column, its sign, its name, its colour."""


def page(marts: Marts, context: SiteContext, header: Header) -> Page:
    """What the logs of subscriptions and payments allow."""
    answer = Text("No subscription is known, so there is no revenue to report.", "没有订阅数据，无法报告收入。")
    blocks: list[Block] = []
    result = revenue.months(marts, context) if marts.has("revenue_months") else None
    rows = [row for row in result.rows if row["mrr_end_minor"] is not None] if result else []
    if result and rows:
        answer = revenue.sentence(rows)
        blocks += [_tiles(rows, result, context), _bridge(rows, result, context)]
    else:
        blocks.append(not_collected.note(Text("Recurring revenue", "经常性收入"), "subscriptions"))
    if marts.has("mrr_months"):
        blocks.insert(1, mrr.block(marts, context))
    if marts.has("subscription_terms"):
        blocks.append(revenue.near_tiles(marts, context))
    if marts.has("renewals"):
        blocks += [renewal.by_month(marts, context), renewal.by_plan(marts, context)]
        blocks.append(renewal_cohorts.block(marts, context))
    if marts.has("churn_definitions_walk"):
        blocks += churn_bridge.blocks(marts, context)
    return Page(name="revenue", title=_TITLE, question=_QUESTION, answer=answer, blocks=blocks)


def _tiles(rows: list[Row], result: Result, context: SiteContext) -> Tiles:
    last = rows[-1]
    currency = last["currency"]
    change = last["mrr_end_minor"] - (last["mrr_start_minor"] or 0)
    payers = last["n_payers_end"] - (last["n_payers_start"] or 0)
    quick = decimal(last["quick_ratio"], 1) if last["has_losses"] else Text("no losses", "无流失")
    delta = signed(major(change, currency))
    past = rows[-2] if len(rows) > 1 else None
    return Tiles(
        title=month(last["month"]) + so_far(last["month"], context.through_day),
        note=Text(
            "Amounts are of the currency with the most revenue; the marts hold each currency by itself.",
            "金额为收入最多的币种；各币种在数据集市中分列。",
        ),
        tiles=[
            Tile(
                label=known.Term("mrr"),
                value=money(last["mrr_end_minor"], currency),
                amount=major(last["mrr_end_minor"], currency),
                currency=currency,
                change=Text(delta, delta) if change else None,
                tone="good" if change > 0 else "bad" if change < 0 else "neutral",
            ),
            Tile(
                label=known.Term("payers"),
                value=integer(last["n_payers_end"]),
                amount=last["n_payers_end"],
                change=Text(signed(payers), signed(payers)) if payers else None,
                tone="good" if payers > 0 else "bad" if payers < 0 else "neutral",
            ),
            Tile(
                label=known.Term("quick_ratio"),
                value=quick,
                amount=last["quick_ratio"] if last["has_losses"] and last["is_complete"] else None,
                note=Text("gained / lost", "增加 / 减少"),
                before=_before(past, decimal(past["quick_ratio"], 1)) if past and past["has_losses"] else None,
            ),
            Tile(
                label=known.Term("arpu"),
                value=money(last["arpu_minor"], currency),
                amount=None if last["arpu_minor"] is None else major(last["arpu_minor"], currency),
                currency=currency,
                before=_before(past, money(past["arpu_minor"], currency)) if past else None,
            ),
            Tile(
                label=known.Term("payer_churn_rate"),
                value=percent(last["payer_churn_rate"], last["n_payers_start"]),
                amount=last["payer_churn_rate"] if last["is_complete"] else None,
                note=Text(
                    f"of {integer(last['n_payers_start'])}, 95 % interval {percent(last['payer_churn_rate_low'])} to "
                    f"{percent(last['payer_churn_rate_high'])}",
                    f"基数 {integer(last['n_payers_start'])}，95% 区间 {percent(last['payer_churn_rate_low'])} 至 "
                    f"{percent(last['payer_churn_rate_high'])}",
                ),
                before=_before(past, percent(past["payer_churn_rate"], past["n_payers_start"])) if past else None,
            ),
        ],
        result=result,
    )


def _before(row: Row, shown: str) -> Text:
    """What a figure was in the month before, which is over where this one may run."""
    name = month(row["month"])
    return Text(f"{name.en}: {shown}", f"{name.zh}：{shown}")


def _bridge(rows: list[Row], result: Result, context: SiteContext) -> Chart:
    currency = rows[-1]["currency"]
    months = month_names([row["month"] for row in rows], context.through_day)
    series = [
        charts.bars(months, [sign * major(row[column] or 0, currency) for row in rows], name, ink)
        for column, sign, name, ink in _STEPS
    ]
    return Chart(
        title=Text("What moved recurring revenue", "经常性收入的变动"),
        note=Text(
            "Above the line what was gained in the month, below it what was lost; start and steps add up to the end.",
            "横线以上为当月增加，以下为当月减少；期初加各项等于期末。",
        ),
        figure=charts.figure(series, stacked=True, y_title=Text(currency, currency)),
        result=result,
    )
