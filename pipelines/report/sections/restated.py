"""Figures of the past that publications of the last 7 days gave another value than was published before."""

from __future__ import annotations

from pipelines.report.context import SiteContext
from pipelines.report.parts import words
from pipelines.report.parts.blocks import Block, Cell, Column, Note, Table
from pipelines.report.parts.database import Marts, Row
from pipelines.report.parts.text import MISSING, Text, day, decimal, integer, major, plural

_TITLE = Text("Restatements of the last 7 days", "最近 7 天的数字更正")
_SHOWN_DELIVERIES = 3


def block(marts: Marts, context: SiteContext) -> Block:
    """Each restated figure with both values and its cause, the latest publication first."""
    if not marts.has("restatements"):
        return Note(title=_TITLE, body=_none())
    result = marts.run(
        "restatements",
        f"""
        select
            mart,
            metric,
            dimension,
            day,
            old_value,
            new_value,
            cause,
            delivery_ids,
            since_version,
            version,
            through_day,
            run_id,
        from marts.restatements
        where through_day between {context.through} - 6 and {context.through}
        order by version desc, day desc, mart, dimension, metric
        """,
        limit=200,
    )
    if not result.n:
        return Note(title=_TITLE, body=_none(), result=result)
    return Table(
        title=_TITLE,
        note=Text(
            f"{integer(len(result.rows))} of {plural(result.n, 'figure', 'figures')} of days and months that were "
            "already published; the CSV holds all, amounts in it in minor units.",
            f"已发布日期或月份中 {integer(result.n)} 个被更正的数字，显示 {integer(len(result.rows))} 个；"
            "CSV 含全部，其中金额以最小货币单位计。",
        ),
        columns=[
            Column(Text("Day or month", "日期或月份")),
            Column(Text("Figure", "数字")),
            Column(Text("Published", "原值"), number=True),
            Column(Text("Now", "现值"), number=True),
            Column(Text("Cause", "原因"), wide=True),
            Column(Text("In publication", "所在发布版本"), number=True),
        ],
        rows=[_row(row) for row in result.rows],
        result=result,
        scroll=True,
    )


def _none() -> Text:
    return Text("No published figure of the past has changed.", "已发布的历史数字没有变化。")


def _row(row: Row) -> list[Cell]:
    figure = words.figure(row["metric"])
    if row["dimension"]:
        figure += f" · {row['dimension']}"
    period = (
        day(row["day"])
        if row["mart"] != "revenue_months"
        else Text(f"{row['day']:%b %Y}", f"{row['day'].year}年{row['day'].month}月")
    )
    return [
        Cell(period, str(row["day"])),
        Cell(figure),
        Cell(_value(row, "old_value"), row["old_value"]),
        Cell(_value(row, "new_value"), row["new_value"]),
        Cell(_cause(row["cause"], row["delivery_ids"])),
        Cell(f"{row['since_version']} → {row['version']}", row["version"]),
    ]


def _value(row: Row, name: str) -> str:
    """A figure as it was shown; money, which is kept in minor units, with its currency."""
    value: float | None = row[name]
    if value is None:
        return MISSING
    if row["metric"].endswith("_minor"):
        return f"{major(value, row['dimension'] or ''):,.15g} {row['dimension'] or ''}".rstrip()
    return integer(value) if value == round(value) else decimal(value, 3)


def _cause(cause: str, delivery_ids: list[str]) -> Text:
    """Log and log day of the first deliveries; a new definition or the end of a grace period is said in words."""
    if cause == "time":
        return Text("a grace period has ended", "宽限期已结束")
    said = (
        Text("a definition or setting changed", "定义或设置已变更")
        if cause == "definition"
        else Text("delivery", "送达")
    )
    for number, delivery_id in enumerate(delivery_ids[:_SHOWN_DELIVERIES]):
        log, _, rest = delivery_id.partition("/")
        name = words.log(log) + f" {rest.partition('/')[0]}"
        said += (Text(", ", "、") if number else Text(": ", "：")) + name
    if len(delivery_ids) > _SHOWN_DELIVERIES:
        more = integer(len(delivery_ids) - _SHOWN_DELIVERIES)
        said += Text(f" and {more} more", f"等，另有 {more} 个")
    return said
