"""The log days that gate 1 withholds: what waits, what was found, what the pages show meanwhile."""

from __future__ import annotations

from pipelines.report.parts import words
from pipelines.report.parts.blocks import Block, Cell, Column, Note, Table
from pipelines.report.parts.database import Marts
from pipelines.report.parts.reasons import said
from pipelines.report.parts.text import Text, day, integer, plural

_TITLE = Text("Withheld until they are mended", "被扣留、等待修复的日志日")
_NOT_JUDGED = Text("not judged yet: run the day", "尚未裁定：请运行该日")


def block(marts: Marts) -> Block:
    """Every log day that waits, however old, with what the first gate found."""
    if not marts.has("held_out_days"):
        return Note(title=_TITLE, body=Text("No log day is withheld.", "没有被扣留的日志日。"), anchor="withheld")
    result = marts.run(
        "held_out_reasons",
        """
        with
        judged as (
            select *
            from marts.gate_results
            where gate = 'deliveries'
            qualify rank() over (partition by table_name, day order by checked_at desc) = 1
        ),

        findings as (
            select
                table_name,
                day,
                string_agg(expectation || ', found ' || coalesce(observed, 'nothing') || ': ' || reason, '; ') as found,
            from judged
            where not is_passed and severity = 'critical'
            group by table_name, day
        )

        select held.log, held.day, held.n_waiting_rows, held.keeps_earlier, findings.found
        from marts.held_out_days as held
        left join findings on held.log = findings.table_name and held.day = findings.day
        order by held.day desc, held.log
        """,
    )
    return Table(
        title=_TITLE,
        note=Text(
            f"{plural(result.n, 'log day', 'log days')}. Deliver a day again and run it, or waive what was found: "
            "guildbook gate waive LOG DAY --reason … Until then its figures are a gap.",
            f"{integer(result.n)} 个日志日。重新送达并运行该日，或放行所发现的问题："
            "guildbook gate waive LOG DAY --reason …。在此之前其数字留空。",
        ),
        columns=[
            Column(Text("Log", "日志")),
            Column(Text("Log day", "日志日")),
            Column(Text("Rows that wait", "等待的行"), number=True),
            Column(Text("Shown meanwhile", "目前显示")),
            Column(Text("What was found", "所发现的问题"), wide=True),
        ],
        rows=[
            [
                Cell(words.log(row["log"])),
                Cell(day(row["day"]), str(row["day"])),
                Cell(integer(row["n_waiting_rows"]), row["n_waiting_rows"]),
                Cell(
                    Text("an earlier delivery", "先前的送达")
                    if row["keeps_earlier"]
                    else Text("nothing, a gap", "空缺")
                ),
                Cell(said(row["found"]) if row["found"] else _NOT_JUDGED),
            ]
            for row in result.rows
        ],
        result=result,
        anchor="withheld",
        scroll=True,
    )
