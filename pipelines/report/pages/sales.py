"""Sales: what does knowledge earn? Paid pieces, courses and tickets: buyers, net, refunds, from reader to buyer."""

from __future__ import annotations

from pipelines.report.context import SiteContext
from pipelines.report.parts import not_collected
from pipelines.report.parts.blocks import Block, Page
from pipelines.report.parts.database import Marts
from pipelines.report.parts.header import Header
from pipelines.report.parts.text import Text
from pipelines.report.sections import sales_incentives, sales_months, sales_pieces, sales_tickets, sales_worth

_TITLE = Text("Sales", "销售")
_QUESTION = Text("What does knowledge earn?", "知识带来多少收入？")


def page(marts: Marts, context: SiteContext, header: Header) -> Page:
    """What the logs of payments, content and events allow."""
    answer = Text("No payment is known, so there are no sales to report.", "没有付款数据，无法报告销售。")
    blocks: list[Block] = []
    currency = sales_months.main_currency(marts, context) if marts.has("payments") else None
    if currency:
        result = sales_months.months(marts, context, currency)
        answer = sales_months.sentence(result.rows)
        blocks += [sales_months.tiles(result.rows, result), sales_months.chart(result.rows, result, context)]
        blocks += [sales_pieces.pieces(marts, context), sales_tickets.table(marts, context)]
        more = [
            sales_worth.by_source(marts, currency),
            sales_incentives.table(marts, context, currency),
            sales_pieces.changes(marts, context),
        ]
        blocks += [block for block in more if block]
        blocks.append(sales_pieces.reading())
    else:
        blocks.append(not_collected.note(Text("What was sold", "销售情况"), "payments"))
    return Page(name="sales", title=_TITLE, question=_QUESTION, answer=answer, blocks=blocks)
