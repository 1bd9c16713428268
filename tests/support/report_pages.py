"""What the report's tests ask of pages: those of a rendered site, and blocks built from a few known rows."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipelines.report.parts.blocks import Block, Page
from pipelines.report.parts.database import Marts
from pipelines.report.parts.header import read_header
from tests.support.report_html import Html
from tests.support.report_marts import CONTEXT

PAGES = (
    "index", "owner", "members", "activation", "interactions", "risk", "actions", "answers", "revenue", "sales",
    "content", "events", "churn", "alerts", "health",
)  # fmt: skip

Fill = Callable[[str], Marts]
"""Opens a database that holds what these statements insert."""


@dataclass(frozen=True)
class Site:
    name: str
    database: Path
    folder: Path
    files: list[Path]

    def page(self, name: str) -> Html:
        return Html((self.folder / f"{name}.html").read_text(encoding="utf-8"))


def page_of(build: Callable[..., Page], marts: Marts) -> Page:
    return build(marts, CONTEXT, read_header(marts, CONTEXT))


def block_of(page: Page, title: str) -> Block:
    return next(block for block in page.blocks if block.title.en == title)
