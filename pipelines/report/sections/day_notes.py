"""The operator's notes on days as Data health shows them: each by its day, and the lines that are not drawn."""

from __future__ import annotations

from pipelines.report.annotations import MOST_DRAWN
from pipelines.report.context import SiteContext
from pipelines.report.parts.blocks import Block, Note
from pipelines.report.parts.text import Text, day, plural


def blocks(context: SiteContext) -> list[Block]:
    """Return what is wrong in the file first; nothing where there is no file."""
    notes, found = context.annotations, list[Block]()
    if problems := notes.problems:
        n = len(problems)
        found.append(
            Note(
                title=Text("Notes on days that are not drawn", "未绘制的日期备注"),
                body=Text(
                    f"{plural(n, 'line', 'lines')} of annotations.csv in the home folder: file, line, column. "
                    "Mend them, and the next run draws them.",
                    f"主目录的 annotations.csv 中有 {n} 处问题（文件、行、列）。修正后，下次运行即会绘制。",
                ),
                entries=[(Text(one.place, one.place), Text(one.en, one.zh)) for one in problems],
                anchor="annotations",
            )
        )
    if notes.rows:
        drawn = len(notes.drawn(context.through_day))
        found.append(
            Note(
                title=Text("Notes on days", "日期备注"),
                body=Text(
                    f"From annotations.csv; {drawn} of {len(notes.rows)} stand in the charts: those of days that the "
                    f"data has, {MOST_DRAWN} at most.",
                    f"来自 annotations.csv；{len(notes.rows)} 条中有 {drawn} 条显示在图中：仅限数据已覆盖的日期，"
                    f"最多 {MOST_DRAWN} 条。",
                ),
                entries=[(day(one.day), Text(one.text, one.text_zh)) for one in reversed(notes.rows)],
            )
        )
    return found
