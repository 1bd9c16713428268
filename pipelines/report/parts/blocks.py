"""What a page is made of: tiles, things to do, charts, tables, notes. Plain data: pages fill it, templates draw it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from pipelines.metrics.metric import Grain
from pipelines.report.parts.database import Result
from pipelines.report.parts.text import Number, Text

_MOMENT = re.compile(r"\d{4}-\d\d(-\d\d)?\b")
"""How a day or a month begins, as charts write it."""

Tone = Literal["good", "bad", "neutral", "warn"]
"""Whether something is good news; never the sign of a change."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """Part of a page that answers one thing; ``result`` is the query behind it. A folded one shows its title alone."""

    kind: ClassVar[str]
    title: Text
    note: Text | None = None
    result: Result | None = None
    half: bool = False
    link: tuple[str, Text] | None = None
    anchor: str = ""
    folded: bool = False


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One number with its change, its context line and a sparkline.

    ``before`` says what it was in the period before, where a change would compare a part with a whole. ``amount`` is
    the number itself where a target may stand beside it: a share between 0 and 1, money in whole units of its
    ``currency``, of one ``span``; of that of its metric where none is given.
    """

    label: Text
    value: object
    amount: Number | None = None
    currency: str = ""
    span: Grain | None = None
    target: Text | None = None
    target_tone: Tone = "neutral"
    change: Text | None = None
    tone: Tone = "neutral"
    note: Text | None = None
    before: Text | None = None
    unusual: bool = False
    trend: object = ""
    link: str = ""


@dataclass(frozen=True, kw_only=True)
class Tiles(Block):
    """The page's first numbers."""

    kind: ClassVar[str] = "tiles"
    tiles: list[Tile]


@dataclass(frozen=True, kw_only=True)
class Thing:
    """Something to see to: a sentence, what it is about line by line, and where it goes on."""

    title: Text
    body: Text
    lines: Sequence[object] = ()
    links: Sequence[tuple[str, Text]]
    tone: Tone = "neutral"
    result: Result | None = None


@dataclass(frozen=True, kw_only=True)
class Things(Block):
    """Things to see to, side by side."""

    kind: ClassVar[str] = "things"
    things: list[Thing]


@dataclass(frozen=True, kw_only=True)
class Chart(Block):
    """A figure; see ``charts.py`` for what may stand in it."""

    kind: ClassVar[str] = "chart"
    figure: dict[str, Any]
    height: int = 280

    @property
    def is_drawn(self) -> bool:
        """Whether there is more than a single moment on an axis of time: one mark in a blank field tells nothing."""
        places = {x for one in self.figure["series"] for x, y in zip(one["x"], one["y"], strict=True) if y is not None}
        names = [place.en if isinstance(place, Text) else str(place) for place in places]
        return len(names) != 1 or not _MOMENT.match(names[0])


@dataclass(frozen=True)
class Column:
    """A table's column; numbers are set to the right. By the values of one with a ``filter`` rows can be chosen.

    ``filter`` is the name in the page's address, such as plan.
    """

    label: Text
    number: bool = False
    wide: bool = False
    filter: str = ""


@dataclass(frozen=True)
class Cell:
    """What a cell shows and what it is sorted by (the shown text where none is given)."""

    shown: object
    sort: object = None


@dataclass(frozen=True, kw_only=True)
class Table(Block):
    """A sortable table; ``search`` adds a search field over its rows."""

    kind: ClassVar[str] = "table"
    columns: list[Column]
    rows: list[list[Cell]]
    search: bool = False
    scroll: bool = False
    dense: bool = False


@dataclass(frozen=True, kw_only=True)
class Note(Block):
    """Words instead of numbers: an honest empty state, with what to do about it."""

    kind: ClassVar[str] = "note"
    body: Text
    entries: list[tuple[Text, object]] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page: the question that it answers, the answer in a sentence, and the blocks that show it.

    ``name`` is that of its file; a page in a folder of the site has ``base``, the way up to the site's own folder.
    """

    name: str
    title: Text
    question: object
    answer: Text
    blocks: list[Block]
    base: str = ""

    @property
    def has_charts(self) -> bool:
        """Whether the page needs the chart library."""
        return any(isinstance(block, Chart) and block.is_drawn for block in self.blocks)
