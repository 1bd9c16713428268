"""Where members moved over the last month: from each state of their life in the community into which, and how many."""

from __future__ import annotations

from pipelines.report.context import SiteContext
from pipelines.report.parts import cells, marks, words
from pipelines.report.parts.blocks import Cell, Column, Table
from pipelines.report.parts.database import Marts, Row
from pipelines.report.parts.text import MISSING, Text, day, integer, percent

_OUTSIDE = "outside"
"""No state of members: where those come from who join, and where those go who leave. Shares of it say nothing."""


def block(marts: Marts, context: SiteContext) -> Table:
    """A row for each state of a month ago, a column for each of now; rows add up to those who were in the state."""
    result = marts.run(
        "lifecycle_moves",
        f"""
        select previous_value, current_value, n_members, share_of_previous, is_complete, day
        from marts.segment_moves
        where
            dimension = 'lifecycle'
            and day = (select max(day) from marts.segment_moves where day <= {context.through})
        order by previous_value, current_value
        """,
    )
    found = {(row["previous_value"], row["current_value"]): row for row in result.rows}
    was = [state for state in words.LIFECYCLES if any(state == before for before, _ in found)]
    now = [state for state in words.LIFECYCLES if any(state == after for _, after in found)]
    until = day(result.rows[0]["day"]) if result.rows else Text(MISSING, MISSING)
    return Table(
        title=Text("Where did members move?", "成员流向何处？"),
        note=Text(
            f"From the end of the month before (rows) to {until.en} (columns): how many, and which share of those who "
            "were in the state. The stronger the ground, the larger the share; the diagonal is who stayed.",
            f"从上月末（行）到{until.zh}（列）：人数及其占原状态的比例。底色越深比例越高；对角线为状态未变者。",
        ),
        columns=[
            Column(Text("Was ↓ is →", "原状态 ↓ 现状态 →")),
            *(Column(words.LIFECYCLES[state], number=True) for state in now),
            Column(Text("Members", "成员数"), number=True),
        ],
        rows=[
            [
                Cell(words.LIFECYCLES[state]),
                *(_moved(found.get((state, into)), has_share=state != _OUTSIDE) for into in now),
                _sum([row for (before, _), row in found.items() if before == state]),
            ]
            for state in was
        ],
        result=result,
        dense=True,
    )


def _moved(row: Row | None, *, has_share: bool) -> Cell:
    if row is None:
        return Cell(MISSING, 0)
    count = integer(row["n_members"])
    shown = (
        marks.heat(row["share_of_previous"], f"{count} · {percent(row['share_of_previous'])}") if has_share else count
    )
    return cells.number(shown, row["n_members"])


def _sum(rows: list[Row]) -> Cell:
    total = sum(row["n_members"] for row in rows)
    return cells.number(integer(total), total)
