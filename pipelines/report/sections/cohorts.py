"""The join cohort grid: of those who joined in a month, which share was active k months later."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from pipelines.report.context import SiteContext
from pipelines.report.parts import marks
from pipelines.report.parts.blocks import Cell, Column, Note, Table
from pipelines.report.parts.database import Marts
from pipelines.report.parts.text import Text, integer

_MONTHS = 12


_TITLE = Text("Who is still active, by month of joining", "按加入月份看留存")


def block(marts: Marts, context: SiteContext) -> Table | Note:
    """Cohorts of the last 12 months; months that have not ended are left blank."""
    result = marts.run(
        "cohort_retention",
        f"""
        select cohort_month, cohort_size, age_months, n_active, share_active
        from marts.cohort_retention
        where
            is_complete
            and active_month <= {context.through}
            and cohort_month >= date_trunc('month', ({context.through} + 1)::date) - interval {_MONTHS} month
        order by cohort_month desc, age_months
        """,
    )
    if not result.rows:
        body = Text("Still to come: no month has ended yet.", "尚待积累：还没有完整的一个月。")
        return Note(title=_TITLE, body=body, result=result, half=True)
    grid: dict[Any, list[Cell]] = defaultdict(list)
    sizes: dict[Any, int] = {}
    for row in result.rows:
        sizes[row["cohort_month"]] = row["cohort_size"]
        share = row["share_active"]
        grid[row["cohort_month"]].append(Cell(marks.heat(share, f"{100 * share:.0f}"), share))
    rows = [
        [
            Cell(marks.unbroken(f"{month:%Y-%m}")),
            Cell(integer(sizes[month]), sizes[month]),
            *cells,
            *[Cell("", -1)] * (_MONTHS - len(cells)),
        ]
        for month, cells in grid.items()
    ]
    return Table(
        title=_TITLE,
        note=Text(
            "Per cent of each cohort active k months after its first month, which is that of joining or of the first "
            "content or interaction. Only months that have ended.",
            "各批成员在首月（加入或首次行为所在月，取较早者）之后第 k 个月仍活跃的百分比。仅含已结束的月份。",
        ),
        columns=[
            Column(Text("Joined", "加入")),
            Column(Text("n", "n"), number=True),
            *[Column(Text(f"{age}", f"{age}"), number=True) for age in range(_MONTHS)],
        ],
        rows=rows,
        result=result,
        half=True,
        dense=True,
    )
