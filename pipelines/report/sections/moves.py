"""Where members moved over the last month: from which state of their life in the community into which."""

from __future__ import annotations

from pipelines.report.context import SiteContext
from pipelines.report.parts import marks, words
from pipelines.report.parts.blocks import Cell, Column, Table
from pipelines.report.parts.database import Marts
from pipelines.report.parts.text import Text, day, integer, percent


def block(marts: Marts, context: SiteContext) -> Table:
    """Moves between the last two periods, the largest first; who stayed where they were is left out."""
    result = marts.run(
        "lifecycle_moves",
        f"""
        select previous_value, current_value, n_members, share_of_previous, is_complete, day
        from marts.segment_moves
        where
            dimension = 'lifecycle'
            and previous_value <> current_value
            and day = (select max(day) from marts.segment_moves where day <= {context.through})
        order by n_members desc, previous_value, current_value
        """,
    )
    until = day(result.rows[0]["day"]) if result.rows else Text("–", "–")
    return Table(
        title=Text("Where did members move?", "成员流向何处？"),
        note=Text(
            f"From the end of the month before to {until.en}; who stayed where they were is left out.",
            f"从上月末到{until.zh}；状态未变的成员不列出。",
        ),
        columns=[
            Column(Text("Was", "原状态")),
            Column(Text("Is", "现状态")),
            Column(Text("Members", "成员数"), number=True),
            Column(Text("Share of those who were", "占原状态比例"), number=True),
        ],
        rows=[
            [
                Cell(words.word(words.LIFECYCLES, row["previous_value"])),
                Cell(words.word(words.LIFECYCLES, row["current_value"])),
                Cell(integer(row["n_members"]), row["n_members"]),
                Cell(marks.bar(row["share_of_previous"], percent(row["share_of_previous"])), row["share_of_previous"]),
            ]
            for row in result.rows
        ],
        result=result,
        half=True,
    )
