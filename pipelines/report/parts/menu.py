"""The menu of the pages: what is opened each morning stands by itself, the rest in groups that fit one line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from pipelines.report.parts.text import Text

_ALONE = ("index", "health")
_GROUPS = (
    (Text("Members", "成员"), ("risk", "members", "activation", "interactions", "actions")),
    (Text("Content", "内容"), ("content", "answers", "events")),
    (Text("Money", "收入"), ("revenue", "sales", "owner")),
    (Text("Signals", "信号"), ("alerts", "churn")),
)


class Named(Protocol):
    """A page as the menu knows it."""

    @property
    def name(self) -> str:
        """Name of its file."""

    @property
    def title(self) -> Text:
        """What it is called."""


@dataclass(frozen=True)
class Entry:
    """A page by itself, or a group of pages; ``title`` is that of the group, None of a page."""

    title: Text | None
    pages: list[Named]


def menu(pages: Iterable[Named]) -> list[Entry]:
    """Return the entries of the menu in order, with those of the pages that are there; other pages come last."""
    left = {page.name: page for page in pages}
    entries = [Entry(None, [left.pop(name)]) for name in _ALONE if name in left]
    for title, names in _GROUPS:
        if found := [left.pop(name) for name in names if name in left]:
            entries.append(Entry(title, found))
    return entries + [Entry(None, [page]) for page in left.values()]
