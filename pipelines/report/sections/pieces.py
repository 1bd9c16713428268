"""Piece by piece: how often each was read and taken up, its score, and how fast it reached its readers."""

from __future__ import annotations

from pipelines.report.context import SiteContext
from pipelines.report.parts import cells, least, marks, words
from pipelines.report.parts.blocks import Cell, Column, Table
from pipelines.report.parts.database import Marts, Row
from pipelines.report.parts.text import MISSING, Text, day, days, decimal, hours, integer

_SHOWN = 50


def block(marts: Marts, context: SiteContext, n_days: int) -> Table:
    """Pieces of the last days, most taken up first; an answer goes by its question's title."""
    result = marts.run(
        "content_pieces",
        f"""
        select content_performance.* replace (coalesce(content_performance.title, roots.title) as title)
        from marts.content_performance
        left join marts.dim_content using (content_id)
        left join marts.dim_content as roots on dim_content.root_id = roots.content_id
        where content_performance.published_day between {context.through} - {n_days - 1} and {context.through}
        order by n_interactions desc, n_reads desc nulls last, content_performance.content_id
        """,
        limit=_SHOWN,
    )
    most = max((row["n_interactions"] for row in result.rows), default=1) or 1
    return Table(
        title=Text("Piece by piece, most taken up first", "逐篇内容，互动最多的在前"),
        note=Text(
            f"{integer(len(result.rows))} of {integer(result.n)} of the last {n_days} days; the CSV holds all. "
            "Half-life: until half of the members who have read it so far had done so; in whole days, until half of "
            "all reads, where too few readers are known.",
            f"最近 {n_days} 天 {integer(result.n)} 篇中的 {integer(len(result.rows))} 篇；CSV 含全部。"
            "半衰期：现有读者（成员）中的一半首次读到它所用的时间；已知读者太少时，为达到现有阅读数一半的整天数。",
        ),
        columns=[
            Column(Text("Piece", "内容"), wide=True),
            Column(Text("Kind", "类型"), filter="kind"),
            Column(Text("Published", "发布于")),
            Column(Text("Reads", "阅读"), number=True),
            Column(Text("Readers", "读者"), number=True),
            Column(Text("Interactions", "互动"), number=True),
            Column(Text("Score (n)", "评分 (n)"), number=True),
            Column(Text("Half-life", "半衰期"), number=True),
        ],
        rows=[
            [
                cells.piece(row),
                Cell(words.word(words.KIND, row["kind"])),
                Cell(day(row["published_day"]), str(row["published_day"])),
                Cell(integer(row["n_reads"]), row["n_reads"] or 0),
                Cell(integer(row["n_unique_readers"]), row["n_unique_readers"] or 0),
                Cell(marks.bar(row["n_interactions"] / most, integer(row["n_interactions"])), row["n_interactions"]),
                Cell(score(row["mean_score"], row["n_scores"]), scored(row)),
                half_life(row),
            ]
            for row in result.rows
        ],
        result=result,
        search=True,
        scroll=True,
    )


def half_life(row: Row) -> Cell:
    """Hours, or whole days where too few readers are known."""
    if row["half_life_hours"] is not None:
        return cells.number(hours(row["half_life_hours"]), row["half_life_hours"])
    if row["half_life_days"] is not None:
        return cells.number(days(row["half_life_days"]), 24 * row["half_life_days"])
    return cells.number(MISSING, None)


def score(mean: float | None, n: int | None) -> str:
    """A mean with its n; the n alone where it is too small for one."""
    if mean is not None and (n or 0) < least.SCORES:
        return f"– ({integer(n)})"
    return "–" if mean is None else f"{decimal(mean, 1)} ({integer(n)})"


def scored(row: Row) -> float:
    """What a score is sorted by: one that is not shown comes last."""
    return row["mean_score"] if (row["n_scores"] or 0) >= least.SCORES else 0
