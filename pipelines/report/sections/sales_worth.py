"""What a member is worth by where they came from, some months after their first day."""

from __future__ import annotations

from pipelines.report.parts import cells, least
from pipelines.report.parts.blocks import Cell, Column, Table
from pipelines.report.parts.database import Marts, Row
from pipelines.report.parts.text import MISSING, Text, integer, price
from pipelines.sql import literal

_AGES = (1, 3, 6, 12)
_ALL, _UNKNOWN = Text("all members", "全部成员"), Text("not known", "未知")


def by_source(marts: Marts, currency: str) -> Table | None:
    """Mean net of a member at four ages, by referrer; none where nobody was observed for a month."""
    result = marts.run(
        "worth_by_source",
        f"""
        select
            dimension, value, age_months, n_members, n_payers, net_minor, mean_net_minor, mean_net_low_minor,
            mean_net_high_minor,
        from marts.cohort_value
        where dimension in ('all', 'referrer') and currency = {literal(currency)}
        order by
            dimension,
            max(n_members) over (partition by dimension, value) desc,
            value,
            age_months
        """,
    )
    if not result.rows:
        return None
    sources: dict[tuple[str, str], dict[int, Row]] = {}
    for row in result.rows:
        sources.setdefault((row["dimension"], row["value"]), {})[row["age_months"]] = row
    return Table(
        title=Text("What a member is worth, by source", "成员价值，按来源"),
        note=Text(
            f"Mean net of all payments of a member so many months after the first day, {currency}, of those observed "
            f"so long; in brackets the 95 % interval and n, from {least.PEOPLE} members on. "
            "Who paid nothing counts as 0.",
            f"自首日起若干个月内人均全部付款的净额（{currency}），仅含观察满该时长的成员；括号内为 95% 区间与 n，"
            f"满 {least.PEOPLE} 人才显示。未付款者计为 0。",
        ),
        columns=[
            Column(Text("Source", "来源"), wide=True),
            *(
                Column(Text(f"After {age} month{'' if age == 1 else 's'}", f"{age} 个月后"), number=True)
                for age in _AGES
            ),
        ],
        rows=[
            [Cell(_named(*source)), *(_worth(ages.get(age), currency) for age in _AGES)]
            for source, ages in sources.items()
        ],
        result=result,
        scroll=True,
        dense=True,
    )


def _named(dimension: str, value: str) -> object:
    if dimension == "all":
        return _ALL
    return _UNKNOWN if value == "unknown" else value


def _worth(row: Row | None, currency: str) -> Cell:
    if row is None or row["mean_net_minor"] is None or row["n_members"] < least.PEOPLE:
        return cells.number(MISSING, None)
    shown = price(row["mean_net_minor"], currency, named=False)
    n = f"n = {integer(row['n_members'])}"
    if row["mean_net_low_minor"] is None:
        return cells.number(f"{shown} ({n})", row["mean_net_minor"])
    low, high = (price(row[f"mean_net_{end}_minor"], currency, named=False) for end in ("low", "high"))
    return cells.number(f"{shown} ({low}–{high}, {n})", row["mean_net_minor"])
