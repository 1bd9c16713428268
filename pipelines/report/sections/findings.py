"""What somebody should look at in what was delivered, though nothing was refused: one row per name, worst first."""

from __future__ import annotations

from pipelines.report.context import SiteContext
from pipelines.report.parts import words
from pipelines.report.parts.blocks import Block, Cell, Column, Note, Table
from pipelines.report.parts.database import Marts, Row
from pipelines.report.parts.reasons import said
from pipelines.report.parts.text import MISSING, Text, day, integer, plural

_TITLE = Text("What came, but looks wrong", "已送达但看似有误")
_FINDINGS = {
    "not_read": Text("not read", "未读取"),
    "misspelt_column": Text("a column with another name", "列名可能写错"),
    "unknown_column": Text("a column that the contract does not know", "契约之外的列"),
    "shared_key": Text("one key, several members or pieces", "同一主键对应多个成员或内容"),
    "contradiction": Text("columns that contradict each other", "同一行的列相互矛盾"),
    "empty_spelling": Text("a word for an empty value", "用文字表示的空值"),
    "garbled_text": Text("text read in another encoding", "编码错误的乱码"),
    "decimal_id": Text("an id made a decimal number", "变成小数的 ID"),
    "unknown_currency": Text("a currency that does not exist", "不存在的货币代码"),
}


def block(marts: Marts, context: SiteContext) -> Block:
    """Each finding that stands, summed over its log days."""
    if not marts.has("delivery_findings"):
        return Note(title=_TITLE, body=_none())
    result = marts.run(
        "delivery_findings",
        f"""
        select
            finding,
            log,
            arg_max(name, if(name = 'other keys', 0, coalesce(n_rows, 0))) as name,
            count(distinct name) as n_names,
            sum(n_rows) as n_rows,
            count(distinct log_day) as n_log_days,
            max(log_day) as last_log_day,
            arg_max(said, if(name = 'other keys', 0, coalesce(n_rows, 0))) as said,
            any_value(cure) as cure,
        from marts.delivery_findings
        where log_day is null or log_day <= {context.through}
        group by finding, log, if(finding = 'shared_key', '', name)
        order by
            coalesce(list_position(['not_read', 'misspelt_column', 'shared_key'], finding), 4),
            n_rows desc,
            log,
            said
        """,
        limit=100,
    )
    if not result.n:
        return Note(title=_TITLE, body=_none(), result=result)
    return Table(
        title=_TITLE,
        note=Text(
            f"{integer(len(result.rows))} of {plural(result.n, 'finding', 'findings')} in the latest delivery of each "
            "log day and in the landing folder; they stand until mended. Rows were taken in as they are.",
            f"各日志日最近一次送达及 landing 文件夹中的 {integer(result.n)} 项发现，"
            f"显示 {integer(len(result.rows))} 项；修复后即消失。行已按原样接收。",
        ),
        columns=[
            Column(Text("Finding", "发现")),
            Column(Text("Log", "日志")),
            Column(Text("About", "对象")),
            Column(Text("Rows", "行数"), number=True),
            Column(Text("Log days", "日志日"), number=True),
            Column(Text("Last log day", "最近日志日")),
            Column(Text("What was found, and what to do", "说明与处理"), wide=True),
        ],
        rows=[_row(row) for row in result.rows],
        result=result,
        anchor="findings",
    )


def _row(row: Row) -> list[Cell]:
    found, cure = said(row["said"]), said(row["cure"])
    return [
        Cell(_FINDINGS.get(row["finding"], row["finding"])),
        Cell(words.log(row["log"]) if row["log"] else MISSING),
        Cell(_about(row)),
        Cell(integer(row["n_rows"]) if row["n_rows"] is not None else MISSING, row["n_rows"] or 0),
        Cell(integer(row["n_log_days"]) if row["n_log_days"] else MISSING, row["n_log_days"]),
        Cell(day(row["last_log_day"]) if row["last_log_day"] else MISSING, str(row["last_log_day"] or "")),
        Cell(found + (Text(": ", "：") if cure.zh != cure.en else ": ") + cure),
    ]


def _about(row: Row) -> Text:
    more = row["n_names"] - 1
    name = Text(row["name"], row["name"])
    return name + Text(" and others", " 等") if more else name


def _none() -> Text:
    return Text(
        "Nothing: everything in the landing folder is read, every column is known, no value looks odd, and no two "
        "members or pieces share a key.",
        "没有：landing 文件夹中的内容均已读取，所有列均在契约内，没有可疑的值，没有两个成员或内容共用一个主键。",
    )
