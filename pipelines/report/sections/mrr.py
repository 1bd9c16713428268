"""Recurring revenue at each month's end, by plan."""

from __future__ import annotations

from pipelines.report.context import SiteContext
from pipelines.report.parts import charts
from pipelines.report.parts.blocks import Chart
from pipelines.report.parts.database import Marts
from pipelines.report.parts.text import Text, major, month_names
from pipelines.report.sections.revenue import largest_currency

_MONTHS = 12
_INKS = ("c1", "c3", "c2", "good")
_OTHERS = Text("other plans", "其他套餐")


def block(marts: Marts, context: SiteContext) -> Chart:
    """The currency with the most recurring revenue; where small counts are hidden, all plans together."""
    # Its sum is on the page, so that of all plans but one small one would tell the small one.
    plan = "null::varchar" if context.least_shown else "plan"
    result = marts.run(
        "mrr_by_plan",
        f"""
        select
            month,
            {plan} as plan,
            currency,
            sum(mrr_end_minor)::bigint as mrr_end_minor,
            sum(n_payers_end)::bigint as n_payers_end,
        from marts.mrr_months
        where
            month <= {context.through}
            and month > {context.through} - interval {_MONTHS} month
            and currency = (
                {largest_currency(context)}
            )
        group by all
        order by month, plan
        """,
    )
    rows = result.rows
    months = list(dict.fromkeys(row["month"] for row in rows))
    names = month_names(months, context.through_day)
    currency = rows[-1]["currency"] if rows else ""
    found = {(row["plan"], row["month"]): major(row["mrr_end_minor"], currency) for row in rows}
    last = {plan: sum(found.get((plan, month), 0) for month in months) for plan, _ in found}
    plans = sorted(last, key=lambda plan: (-last[plan], plan or ""))
    groups = [([plan], _name(plan, context)) for plan in plans[: len(_INKS)]]
    if len(plans) > len(_INKS):
        groups.append((plans[len(_INKS) :], _OTHERS))
    return Chart(
        title=Text("Recurring revenue by month", "每月经常性收入"),
        note=Text(
            "What a month brings by the terms that hold at its end, by plan; of the month that runs, on the last day.",
            "按月末有效的订阅期计算的每月收入，按套餐分列；未结束的月份取数据截至日。",
        ),
        figure=charts.figure(
            [
                charts.bars(names, [sum(found.get((plan, month), 0) for plan in own) for month in months], name, ink)
                for (own, name), ink in zip(groups, (*_INKS, "muted"), strict=False)
            ],
            stacked=True,
            y_title=Text(currency, currency),
            metric="mrr",
            currency=currency,
        ),
        result=result,
    )


def _name(plan: str | None, context: SiteContext) -> Text:
    if context.least_shown:
        return Text("all plans", "全部套餐")
    return Text(plan, plan) if plan else Text("not said", "未注明")
