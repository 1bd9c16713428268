"""The page of one member, piece or event, whatever its blocks are."""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.report.parts.blocks import Block, Page
from pipelines.report.parts.linked import One
from pipelines.report.parts.text import Text


def page_of(one: One, title: Text, answer: Text, blocks: Iterable[Block | None]) -> Page:
    """Return the page of one, which lies a folder below the others; of blocks those that have something to show."""
    return Page(
        name=one.page.removesuffix(".html"),
        title=title,
        question=one.__html__(),
        answer=answer,
        blocks=[block for block in blocks if block],
        base="../",
    )
