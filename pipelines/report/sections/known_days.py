"""Days that the marts know and charts draw beside the operator's notes: a campaign began, a price changed.

Few of them, or no chart could be read; Data health says by which rule.
"""

from __future__ import annotations

from pipelines.report.annotations import Annotation
from pipelines.report.context import SiteContext
from pipelines.report.parts.blocks import Note
from pipelines.report.parts.database import Marts, Row
from pipelines.report.parts.text import Text, day, integer
from pipelines.report.sections.sales_pieces import priced

_MOST = 6
"""Campaigns that are drawn, and prices."""
_PURCHASES = 5
"""Purchases on both sides of a price's change from which it is drawn."""
_TITLE = 40
"""Characters of a title that fit beside a chart."""


def drawn(marts: Marts, context: SiteContext) -> list[Annotation]:
    """Return the days by day."""
    sql = _sql(marts, context)
    return [_annotation(row) for row in marts.rows(sql)] if sql else []


def block(marts: Marts, context: SiteContext) -> Note | None:
    """Return what is drawn and by which rule; none where nothing is."""
    sql = _sql(marts, context)
    result = marts.run("known_days", sql) if sql else None
    if result is None or not result.rows:
        return None
    least = integer(_least(context))
    said = [_annotation(row) for row in reversed(result.rows)]
    return Note(
        title=Text("Campaigns and prices in the charts", "图中的运营活动与调价"),
        body=Text(
            f"Letters in charts of days, weeks or months: the first days of the {_MOST} campaigns that began last, and "
            f"the {_MOST} changes of a price in the last 12 months with the most purchases of the piece in the 30 days "
            f"before and after, {least} at least. What a chart does then need not come of it.",
            f"按日、周、月的图中以字母标出：最近开始的 {_MOST} 个运营活动的首日；最近 12 个月内，"
            f"变动前后各 30 天购买最多的 {_MOST} 次内容调价（至少购买 {least} 次）。图中随后的变化未必由其引起。",
        ),
        entries=[(day(one.day), Text(one.text, one.text_zh)) for one in said],
        result=result,
    )


def _least(context: SiteContext) -> int:
    return max(_PURCHASES, context.least_shown)


def _sql(marts: Marts, context: SiteContext) -> str:
    parts = []
    if marts.has("action_effects"):
        parts.append(f"""
        (
            select
                first_day as day, 'campaign' as what, campaign_id as name, null::bigint as old_price_minor,
                null::bigint as new_price_minor, null as direction, null as currency,
            from marts.action_effects
            where is_primary and first_day <= {context.through}
            order by first_day desc, campaign_id
            limit {_MOST}
        )""")
    if marts.has("price_changes"):
        parts.append(f"""
        (
            select
                change_day as day, 'price' as what, coalesce(title, changes.content_id) as name, old_price_minor,
                new_price_minor, direction, changes.currency,
            from marts.price_changes as changes
            left join marts.paid_content on changes.content_id = paid_content.content_id
            where
                change_day > {context.through} - interval 12 month and change_day <= {context.through}
                and n_purchases_before + n_purchases_after >= {_least(context)}
            order by n_purchases_before + n_purchases_after desc, change_day desc, changes.content_id
            limit {_MOST}
        )""")
    return "\n        union all".join(parts) + "\n        order by day, what, name" if parts else ""


def _annotation(row: Row) -> Annotation:
    name = " ".join(row["name"].split())
    if len(name) > _TITLE:
        name = name[: _TITLE - 1] + "…"
    if row["what"] == "campaign":
        return Annotation(row["day"], f"campaign {name} begins", f"运营活动 {name} 开始")
    currency = row["currency"] or ""
    old = priced(row["old_price_minor"], row["direction"] == "became_paid", currency)
    new = priced(row["new_price_minor"], row["direction"] == "became_free", currency)
    return Annotation(row["day"], f"price of “{name}”: {old.en} → {new.en}", f"“{name}”调价：{old.zh} → {new.zh}")
