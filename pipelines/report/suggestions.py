"""How good the pieces are that lists of members suggest: each method against popularity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.report import words
from pipelines.report.blocks import Cell, Column, Table
from pipelines.report.text import Text, day, integer, percent

if TYPE_CHECKING:
    from pipelines.report.database import Marts


def block(marts: Marts) -> Table:
    """Hit rates of the methods, those that are in use marked."""
    result = marts.run(
        "suggestion_evaluations",
        """
        select day, cut_off, method, n_suggested, n_members, n_hits, hit_rate, hit_rate_low, hit_rate_high, is_used
        from marts.suggestion_evaluations
        qualify day = max(day) over ()
        order by n_suggested, method
        """,
    )
    return Table(
        title=Text("Suggested pieces: do members read them?", "推荐内容：成员会读吗？"),
        note=Text(
            "Share of members who read at least one of the pieces that each method would have suggested two weeks "
            "before the last day. ✓ is in use: neighbours only where they beat popularity at every length.",
            "若在最后一天的两周前推荐，成员至少读了其中一篇的比例。"
            "✓ 为在用方法：仅当“相似内容”在各长度上都胜过“热门”时才使用。",
        ),
        columns=[
            Column(Text("Method", "方法")),
            Column(Text("Pieces", "篇数"), number=True),
            Column(Text("Hit rate", "命中率"), number=True),
            Column(Text("95% interval", "95% 区间")),
            Column(Text("Members", "成员"), number=True),
            Column(Text("Known through", "已知截至")),
        ],
        rows=[
            [
                Cell(words.word(words.METHODS, row["method"]) + (" ✓" if row["is_used"] else ""), row["method"]),
                Cell(integer(row["n_suggested"]), row["n_suggested"]),
                Cell(percent(row["hit_rate"], row["n_members"]), row["hit_rate"]),
                Cell(f"{percent(row['hit_rate_low'])}–{percent(row['hit_rate_high'])}", row["hit_rate_low"]),
                Cell(integer(row["n_members"]), row["n_members"]),
                Cell(day(row["cut_off"]), row["cut_off"].isoformat()),
            ]
            for row in result.rows
        ],
        result=result,
        half=True,
    )
