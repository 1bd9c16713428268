"""Paid pieces: what each earns, who of its readers buys it, and what a change of its price was followed by."""

from __future__ import annotations

from pipelines.report.context import SiteContext
from pipelines.report.parts import cells, least
from pipelines.report.parts.blocks import Cell, Column, Note, Table
from pipelines.report.parts.database import Marts, Row
from pipelines.report.parts.text import MISSING, Text, day, decimal, integer, money, price

_PIECES = 50
_MONTHS = 12


def pieces(marts: Marts, context: SiteContext) -> Table:
    """Pieces that cost something or were sold, those that earned most first."""
    result = marts.run(
        "paid_pieces",
        f"""
        select
            content_id, kind, title, is_paid, price_minor, currency, n_buyers, gross_minor, refund_minor, fee_minor,
            net_minor, n_refunded, refund_rate, refund_rate_low, refund_rate_high, n_readers, n_readers_30d,
            n_readers_bought_30d, readers_bought_30d, readers_bought_30d_low, readers_bought_30d_high,
            n_topic_readers_30d, n_topic_readers_bought_30d, topic_readers_bought_30d, topic_readers_bought_30d_low,
            topic_readers_bought_30d_high, n_finished, completion_rate, completion_rate_low, completion_rate_high,
            n_scores, mean_score, net_per_1000_readers_minor, published_day,
        from marts.paid_content
        where published_day is null or published_day <= {context.through}
        order by coalesce(net_minor, 0) desc, n_readers desc nulls last, content_id
        """,
        limit=_PIECES,
    )
    return Table(
        title=Text("Piece by piece", "逐篇收入"),
        note=Text(
            f"{integer(len(result.rows))} of {integer(result.n)}, those that earned most first. In brackets "
            f"the 95 % interval and n; shares are shown from {least.PEOPLE} people on, scores from {least.SCORES} on.",
            f"显示 {integer(result.n)} 篇中的 {integer(len(result.rows))} 篇，收入最多的在前。括号内为 95% 区间与 n；"
            f"满 {least.PEOPLE} 人才显示占比，满 {least.SCORES} 个评分才显示均值。",
        ),
        columns=[
            Column(Text("Piece", "内容"), wide=True),
            Column(Text("Price", "价格"), number=True),
            Column(Text("Buyers", "购买人数"), number=True),
            Column(Text("Net", "净收入"), number=True),
            Column(Text("Paid back", "退款"), number=True),
            Column(Text("Readers who bought in 30 days", "30 天内购买的读者"), number=True),
            Column(Text("Topic readers who bought in 30 days", "30 天内购买的同主题读者"), number=True),
            Column(Text("Finished", "读完"), number=True),
            Column(Text("Score", "评分"), number=True),
            Column(Text("Net per 1,000 readers", "每千名读者净收入"), number=True),
        ],
        rows=[_piece(row) for row in result.rows],
        result=result,
        search=True,
        scroll=True,
        dense=True,
    )


def changes(marts: Marts, context: SiteContext) -> Table | None:
    """Changes of prices of the last twelve months; none where no price changed."""
    result = marts.run(
        "price_changes",
        f"""
        select
            price_changes.content_id, title, change_day, direction, old_price_minor, new_price_minor,
            price_changes.currency, n_days_before, n_purchases_before, purchases_per_day_before,
            net_per_day_before_minor, n_days_after, n_purchases_after, purchases_per_day_after,
            net_per_day_after_minor,
        from marts.price_changes
        left join marts.paid_content on price_changes.content_id = paid_content.content_id
        where
            change_day <= {context.through}
            and change_day > {context.through} - interval {_MONTHS} month
        order by change_day desc, price_changes.content_id
        """,
        limit=_PIECES,
    )
    if not result.rows:
        return None
    return Table(
        title=Text("When a price changed", "价格变动前后"),
        note=Text(
            "Up to 30 days before and after. Before and after are no effect of the price: most pieces sell less with "
            "every week. Only prices drawn at random would tell.",
            "前后各至多 30 天。前后对比并非价格的效果：多数内容的销量逐周下降。只有随机抽取的价格才能说明效果。",
        ),
        columns=[
            Column(Text("Piece", "内容"), wide=True),
            Column(Text("Day", "日期")),
            Column(Text("Price", "价格"), number=True),
            Column(Text("Bought a day, before → after", "每日购买，前 → 后"), number=True),
            Column(Text("Net a day, before → after", "每日净收入，前 → 后"), number=True),
        ],
        rows=[_change(row) for row in result.rows],
        result=result,
        scroll=True,
        dense=True,
    )


def reading() -> Note:
    """What the table of pieces counts."""
    return Note(
        title=Text("How to read it", "如何解读"),
        body=Text(
            "Readers are members who read the piece's free part before or without buying it. Topic readers read a free "
            "piece with one of its tags in the 30 days after it went on sale. Both are counted once they were observed "
            "for 30 days. Readers choose what they read, so more buyers among them is no effect of the free part.",
            "读者为在购买前或未购买而阅读其免费部分的成员。同主题读者为开售后 30 天内读过同标签免费内容的成员。"
            "两者均在观察满 30 天后计入。读什么由读者自选，因此读者中买家更多并非免费部分的效果。",
        ),
    )


def _piece(row: Row) -> list[Cell]:
    currency = row["currency"] or ""
    return [
        cells.piece(row),
        cells.number(
            price(row["price_minor"], row["currency"]) if row["is_paid"] else Text("free now", "现已免费"),
            row["price_minor"],
        ),
        cells.number(integer(row["n_buyers"]), row["n_buyers"]),
        cells.number(money(row["net_minor"], currency), row["net_minor"]),
        cells.share(row, "refund_rate", n="n_buyers", least=least.PEOPLE),
        cells.share(row, "readers_bought_30d", n="n_readers_30d", least=least.PEOPLE),
        cells.share(row, "topic_readers_bought_30d", n="n_topic_readers_30d", least=least.PEOPLE),
        cells.share(row, "completion_rate", n="n_buyers", least=least.PEOPLE),
        cells.number(_score(row), row["mean_score"]),
        cells.number(
            money(row["net_per_1000_readers_minor"], currency) if (row["n_readers"] or 0) >= least.PEOPLE else MISSING,
            row["net_per_1000_readers_minor"],
        ),
    ]


def _change(row: Row) -> list[Cell]:
    currency = row["currency"] or ""
    return [
        cells.piece(row),
        Cell(day(row["change_day"]), str(row["change_day"])),
        cells.number(
            priced(row["old_price_minor"], row["direction"] == "became_paid", currency)
            + " → "
            + priced(row["new_price_minor"], row["direction"] == "became_free", currency),
            row["new_price_minor"],
        ),
        cells.number(
            f"{decimal(row['purchases_per_day_before'])} → {decimal(row['purchases_per_day_after'])}"
            f" ({integer(row['n_purchases_before'])} → {integer(row['n_purchases_after'])})",
            row["purchases_per_day_after"],
        ),
        cells.number(
            f"{price(row['net_per_day_before_minor'], currency, named=False)} → "
            f"{price(row['net_per_day_after_minor'], currency)}",
            row["net_per_day_after_minor"],
        ),
    ]


def priced(minor: int | None, is_free: bool, currency: str) -> Text:
    """What a piece costs, or that it is free."""
    shown = price(minor, currency)
    return Text("free", "免费") if is_free else Text(shown, shown)


def _score(row: Row) -> str:
    if row["mean_score"] is None or (row["n_scores"] or 0) < least.SCORES:
        return MISSING
    return f"{decimal(row['mean_score'], 1)} (n = {integer(row['n_scores'])})"
