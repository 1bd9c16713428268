"""Pages without single members: where small counts are not shown, blocks of rows about one member each are left out."""

from __future__ import annotations

from dataclasses import replace

from pipelines.report.parts.blocks import Block, Note, Page
from pipelines.report.parts.few_columns import PERSON
from pipelines.report.parts.text import Text


def left_out(page: Page, least_shown: int) -> Page:
    """Return a page without the blocks that list members, each replaced by words; as it is where all is shown."""
    if not least_shown:
        return page
    return replace(page, blocks=[_note(block) if _lists_members(block) else block for block in page.blocks])


def rounding_note(least_shown: int) -> Text:
    """How counts of members are written on the pages."""
    return Text(
        f"Counts of members are rounded to multiples of {least_shown}; those under {least_shown} are written "
        f"<{least_shown}, and what would give them away is left out (–).",
        f"成员人数四舍五入到 {least_shown} 的倍数；少于 {least_shown} 的写作 <{least_shown}，"
        "可推算出它们的数字不显示（–）。",
    )


def _lists_members(block: Block) -> bool:
    return block.result is not None and any(PERSON in row for row in block.result.rows[:1])


def _note(block: Block) -> Note:
    return Note(
        title=block.title,
        body=Text(
            "These pages do not show single members. To get the list to contact, run: guildbook retention export",
            "这些页面不显示单个成员。如需联系名单，请运行：guildbook retention export",
        ),
        half=block.half,
        anchor=block.anchor,
    )
