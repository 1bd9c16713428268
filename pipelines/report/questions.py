"""The brief's block on questions that nobody has reacted to yet."""

from __future__ import annotations

from pipelines.report.blocks import Block, Cell, Column, Note, Table
from pipelines.report.context import SiteContext
from pipelines.report.database import Marts
from pipelines.report.text import Text, ago, integer

_TITLE = Text("Questions nobody has reacted to", "尚无人回应的提问")
_SHOWN = 6


def block(marts: Marts, context: SiteContext) -> Block:
    """Questions of the last 14 days without any interaction, the longest waiting first."""
    if not marts.has("content_performance"):
        return Note(
            title=_TITLE,
            half=True,
            body=Text("The content log is not collected: questions are unknown.", "未收集内容日志：提问情况未知。"),
            link=("health.html#not-collected", Text("How to add it", "如何接入")),
        )
    result = marts.run(
        "unanswered_questions",
        f"""
        select title, channel, published_day, n_reads, content_id
        from marts.content_performance
        where
            kind = 'question'
            and n_interactions = 0
            and published_day between {context.through} - 13 and {context.through}
        order by published_day, content_id
        """,
        limit=_SHOWN,
    )
    if not result.n:
        return Note(
            title=_TITLE,
            half=True,
            result=result,
            body=Text(
                "No question of the last 14 days is without a reaction.",
                "最近 14 天没有无人回应的提问。",
            ),
        )
    rows = [
        [
            Cell(row["title"] or row["content_id"]),
            Cell(row["channel"] or ""),
            Cell(ago(row["published_day"], context.through_day), str(row["published_day"])),
            Cell(integer(row["n_reads"]), row["n_reads"]),
        ]
        for row in result.rows
    ]
    return Table(
        title=_TITLE,
        half=True,
        result=result,
        note=Text(
            f"{integer(result.n)} in the last 14 days, the longest waiting first; the CSV holds all.",
            f"最近 14 天共 {integer(result.n)} 个，等待最久的在前；CSV 含全部。",
        ),
        columns=[
            Column(Text("Question", "提问"), wide=True),
            Column(Text("Channel", "频道")),
            Column(Text("Asked", "提出于")),
            Column(Text("Reads", "阅读"), number=True),
        ],
        rows=rows,
    )
