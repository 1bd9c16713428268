"""Coupons and points: handed out, used, what the used ones brought and cost, beside those who were left alone."""

from __future__ import annotations

from pipelines.report.context import SiteContext
from pipelines.report.parts import cells, words
from pipelines.report.parts.blocks import Cell, Column, Table
from pipelines.report.parts.database import Marts, Row
from pipelines.report.parts.text import MISSING, Text, integer, percent, price
from pipelines.sql import literal

_MONTHS = 12
_KINDS = {"coupon": Text("coupon", "优惠券"), "points": Text("points", "积分")}


def table(marts: Marts, context: SiteContext, currency: str) -> Table | None:
    """Incentives of the last twelve months, the latest first; none where nothing was handed out or used."""
    result = marts.run(
        "incentives",
        f"""
        select
            kind, incentive_id, currency, n_issued, n_redeemed, redemption_rate, n_uses, points_issued, points_spent,
            gross_minor, discount_minor, net_minor, cost_minor, n_treated, n_held_out, n_bought_treated,
            n_bought_held_out, bought_difference, bought_difference_low, bought_difference_high, bought_verdict,
            net_difference_minor, net_difference_low_minor, net_difference_high_minor, net_verdict, last_day,
        from marts.incentives
        where
            currency in ({literal(currency)}, 'XXX')
            and (last_day is null or last_day > {context.through} - interval {_MONTHS} month)
        order by kind, last_day desc nulls last, incentive_id
        """,
        limit=50,
    )
    if not result.rows:
        return None
    return Table(
        title=Text("Coupons and points", "优惠券与积分"),
        note=Text(
            "Brought and taken off are of purchases with the coupon; many would have bought without it. What handing "
            "it out did is told by the last two columns: those who were offered it less those drawn to be left alone, "
            "with the 95 % interval. Without such a draw nobody can tell.",
            "“带来”与“优惠”仅计使用该券的购买，其中许多人不用券也会购买。最后两列才是发放的效果："
            "获得者减去随机留作对照者，附 95% 区间。没有随机对照则无法判断。",
        ),
        columns=[
            Column(Text("Incentive", "激励"), wide=True),
            Column(Text("Kind", "类型"), filter="kind"),
            Column(Text("Handed out", "发放"), number=True),
            Column(Text("Used", "使用"), number=True),
            Column(Text("Brought, net", "带来净收入"), number=True),
            Column(Text("Taken off", "优惠金额"), number=True),
            Column(Text("Cost", "成本"), number=True),
            Column(Text("More buyers than left alone", "购买率之差"), number=True),
            Column(Text("More money, per member", "人均净收入之差"), number=True),
        ],
        rows=[_row(row) for row in result.rows],
        result=result,
        scroll=True,
        dense=True,
    )


def _row(row: Row) -> list[Cell]:
    currency, is_points = row["currency"], row["kind"] == "points"
    issued, used = (row["points_issued"], row["points_spent"]) if is_points else (row["n_issued"], row["n_redeemed"])
    rate = f" ({percent(row['redemption_rate'])})" if row["redemption_rate"] is not None else ""
    return [
        Cell(row["incentive_id"] or Text("names no coupon", "未注明券号")),
        Cell(_KINDS[row["kind"]]),
        cells.number(integer(issued), issued),
        cells.number(f"{integer(used)}{rate}", used),
        cells.number(_amount(row["net_minor"], currency), row["net_minor"]),
        cells.number(_amount(row["discount_minor"], currency), row["discount_minor"]),
        cells.number(_amount(row["cost_minor"], currency), row["cost_minor"]),
        _bought(row),
        _brought(row, currency),
    ]


def _amount(minor: float | None, currency: str) -> str:
    return price(minor, "" if currency == "XXX" else currency, named=currency != "XXX")


def _bought(row: Row) -> Cell:
    if row["bought_difference_low"] is None:
        return Cell(_verdict(row["bought_verdict"]), -1e9)
    points = [100 * row[f"bought_difference{end}"] for end in ("", "_low", "_high")]
    shown = "{:+.0f} ({:+.0f} – {:+.0f})".format(*points).replace("-", "\N{MINUS SIGN}")
    return cells.number(Text(f"{shown} points, ", f"{shown} 个百分点，") + _verdict(row["bought_verdict"]), points[0])


def _brought(row: Row, currency: str) -> Cell:
    if row["net_difference_low_minor"] is None:
        return Cell(_verdict(row["net_verdict"]), -1e9)
    middle, low, high = (
        price(row[f"net_difference{end}_minor"], currency, named=False).replace("-", "\N{MINUS SIGN}")
        for end in ("", "_low", "_high")
    )
    n = f"n = {integer(row['n_treated'])}, {integer(row['n_held_out'])}"
    shown = f"{middle} ({low} – {high}, {n})"
    return cells.number(Text(f"{shown}, ", f"{shown}，") + _verdict(row["net_verdict"]), row["net_difference_minor"])


def _verdict(name: str | None) -> Text:
    return words.word(words.VERDICTS, name) if name else Text(MISSING, MISSING)
