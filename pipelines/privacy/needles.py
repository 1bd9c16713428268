"""What is looked for and what takes its place: a member's ids, and texts that nobody else has. Pure text, no files.

An id is replaced as a whole: in columns of ids always, in other text only as a word of its own, and only where it is
distinctive. A number or a plain word is replaced where marks around it show that it stands alone, as in a cell.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from pipelines.lake.own_pages import MEMBER, asked_page, own_page
from pipelines.privacy.forms import cores, written
from pipelines.privacy.names import ERASED, MEMBER_COLUMNS, OTHER_ID_COLUMNS, WHOLE_TEXTS, is_distinctive
from pipelines.spreadsheets import plain_cell

MADE_OF = re.compile(r"[a-z_]+/\d{4}-\d\d-\d\d/[0-9a-f]{16}-[0-9a-f]{16}(?:-p[0-9a-f]*)?|link-[0-9a-f]{16}")
"""Names made from delivered files and from pairs of ids, which the log days and links have."""

_KINDS = frozenset({"kind", "state", "step", "op", "role", "status", "plan", "needs", "locale", "channel", "currency"})
_AFTER = r"(?:(?<![A-Za-z0-9_])|(?<=\\[nrtbf])|(?<=\\u[0-9a-fA-F]{4})|(?<=%[0-9A-F]{2}))"
_BEFORE = r"(?![A-Za-z0-9_])"
_NAMED = "</bdi>"
_OWN_PAGE = f'<a href="{MEMBER}/'
_ADDRESS_ENDS = r"(?![\w%-])(?!\.(?!json\b)\w)"
_LONG = 12
_LEAST = 2
_PLAIN = re.compile(r"[A-Za-z0-9_]")
_MARKS = (("<td>", "</td>"), (">", "<"), ("“", "”"), ("'", "'"))
_QUOTES = (('"', '"'), ('"', "\\"), ("&#34;", "&#34;"))


@dataclass(frozen=True)
class Find:
    """One thing to look for: quick parts of it, how it may be written, and what takes its place."""

    cores: tuple[str, ...]
    pattern: re.Pattern[str]
    replacement: str

    def may_be_in(self, value: str) -> bool:
        """Whether it is worth looking closely."""
        return any(core in value for core in self.cores)


@dataclass(frozen=True)
class Needles:
    """One person as files know it.

    Attributes:
        ids: Each id and its tombstone.
        texts: Texts of the person's own that no row of another has.
        pieces: Contents that were nobody else's; their titles go.
        shared: Referrers that many members have: they say nothing of one.
        renamed: Names made from what was erased, and what they are now.
        learned: What answers of sources call the person besides the ids, and the tombstone of each.
    """

    ids: dict[str, str]
    texts: frozenset[str] = frozenset()
    pieces: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()
    renamed: dict[str, str] = field(default_factory=dict)
    learned: dict[str, str] = field(default_factory=dict)

    def line_word(self, name: str) -> re.Pattern[str]:
        """Finds an id as a field or a word of a line whose fields are not known, however plain it is."""
        return re.compile(_as_word(name))

    @cached_property
    def all_pieces(self) -> frozenset[str]:
        """The contents, under the ids they had and those they have now."""
        return self.pieces | {self.id_text(piece) for piece in self.pieces}

    @cached_property
    def cores(self) -> tuple[str, ...]:
        """Parts, one of which occurs in whatever holds an id or a text of the persons, however it is written."""
        return tuple(sorted({core for one in (*self.ids, *self.texts) for core in cores(one)}))

    @cached_property
    def _cells(self) -> dict[str, str]:
        """Ids as columns hold them; spreadsheets get one that looks like a formula with an apostrophe."""
        return {str(plain_cell(name)): mark for name, mark in self.ids.items()} | self.ids

    @cached_property
    def _words(self) -> list[Find]:
        """Distinctive ids as words, and addresses of the person's own pages."""
        found = []
        for one, mark in self.ids.items():
            if is_distinctive(one):
                found.append(Find(cores(one), re.compile(_as_word(one)), mark))
        for one, mark in self.learned.items():
            if one.startswith("//"):
                address = re.sub(r"[^/=]+$", mark, one)
                found.append(Find(cores(one), re.compile(written(one) + _ADDRESS_ENDS), address))
        return found

    @cached_property
    def _others(self) -> list[Find]:
        """Long texts, short ones between marks, and plain ids between marks."""
        texts = [one for one in self.texts if len(one.strip()) >= _LEAST and not one.strip().isdecimal()]
        found = []
        for text in sorted(texts, key=lambda one: (-len(one), one)):
            pattern = _as_word(text) if is_long(text) else _between(text, (*_MARKS, *_QUOTES))
            found.append(Find(cores(text), re.compile(pattern), ERASED))
        for name, mark in self.ids.items():
            if not is_distinctive(name):
                pattern = _between(name, _MARKS[:1] if name.isdecimal() else _MARKS)
                found.append(Find(cores(name), re.compile(pattern), mark))
        return found

    @cached_property
    def _quoted(self) -> list[Find]:
        """Plain ids that are the whole of a quoted value."""
        plain = [one for one in self.ids if not is_distinctive(one) and not one.isdecimal()]
        return [Find(cores(one), re.compile(_between(one, _QUOTES)), self.ids[one]) for one in plain]

    @cached_property
    def _called(self) -> re.Pattern[str]:
        """Names of the person beside the id on pages, with the link to the person's own page."""
        ids = "|".join(map(written, self.ids))
        return re.compile(rf"(?:<a [^<>]*>)?<bdi>[^<>]*</bdi>(?:</a>)? (?=<small>(?:{ids})</small>)")

    @cached_property
    def _own_pages(self) -> dict[str, str]:
        """Where the person's own pages are in sites, with the tombstone of each id."""
        return {page(MEMBER, one): mark for one, mark in self.ids.items() for page in (own_page, asked_page)}

    @cached_property
    def _linked(self) -> re.Pattern[str]:
        """The person wherever a page names them as a link to their own: what is shown of them, and the link."""
        return re.compile(rf'<a href="({"|".join(map(re.escape, self._own_pages))})">.*?</a>', re.DOTALL)

    def is_own_page(self, path: Path) -> bool:
        """Whether a file is a page about the person, which goes as a whole."""
        return f"{path.parent.name}/{path.name}" in self._own_pages

    def member(self, value: str) -> str:
        """Return the value of a column of member ids: the tombstone where it is one of the ids."""
        return self._cells.get(value.strip(" "), value)

    def id_text(self, value: str) -> str:
        """Replace distinctive ids as words, and renamed names."""
        if self.renamed and ("/" in value or "link-" in value):
            value = MADE_OF.sub(lambda found: self.renamed.get(found[0], found[0]), value)
        return _replaced(value, self._words)

    def text(self, value: str, *, is_json: bool = False) -> str:
        """Replace all that can be told in a text: ids, texts of the person's own, renamed names.

        Args:
            value: A text, or a whole file of text.
            is_json: Whether quoted strings are values: then plain words are replaced where they are all of one.
        """
        if _OWN_PAGE in value:
            value = self._linked.sub(lambda found: self._own_pages[found[1]], value)
        if _NAMED in value:
            value = self._called.sub("", value)
        value = _replaced(value, self._others)
        if is_json:
            value = _replaced(value, self._quoted)
        return self.id_text(value)

    def filled(self, value: str, *, is_markup: bool) -> str:
        """Replace the same in somebody else's text by as many signs as a reader sees, so that its length stays."""

        def fill(text: str) -> str:
            return filler(html.unescape(text) if is_markup else text)

        if value in self.texts:
            return fill(value)
        for one in (*self._others, *self._quoted, *self._words):
            if one.may_be_in(value):
                value = one.pattern.sub(lambda found: fill(found[0]), value)
        return value

    def cell(self, column: str, value: str) -> str | None:
        """Return the value of a named column of any table; None for a text that goes."""
        if column in MEMBER_COLUMNS:
            return self.member(value)
        if value in self.texts:
            return None
        if column in WHOLE_TEXTS or column in OTHER_ID_COLUMNS or column in _KINDS:
            return self.id_text(value)
        return self.text(value, is_json=value[:1] in "[{")

    def count(self, value: str) -> int:
        """Count what must be nowhere once all is done: distinctive ids as words, and long texts, in any form."""
        long = [Find(cores(one), re.compile(_as_word(one)), ERASED) for one in self.texts if is_long(one)]
        return sum(len(one.pattern.findall(value)) for one in (*self._words, *long) if one.may_be_in(value))

    def merged(self, other: Needles) -> Needles:
        """Look for the persons of both."""
        return Needles(
            other.ids | self.ids,
            other.texts | self.texts,
            other.pieces | self.pieces,
            other.shared | self.shared,
            other.renamed | self.renamed,
            other.learned | self.learned,
        )

    def to_json(self) -> dict[str, Any]:
        """What a journal keeps."""
        return {
            "ids": self.ids,
            "texts": sorted(self.texts),
            "pieces": sorted(self.pieces),
            "shared": sorted(self.shared),
            "renamed": self.renamed,
            "learned": self.learned,
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Needles:
        """Read what ``to_json`` gave."""
        sets: dict[str, frozenset[str]] = {name: frozenset(kept[name]) for name in ("texts", "pieces", "shared")}
        return cls(ids=kept["ids"], renamed=kept["renamed"], learned=kept.get("learned", {}), **sets)


def filler(text: str) -> str:
    """Return as many signs as a text has, blanks where it has some."""
    return re.sub(r"\S", "x", text)


def is_long(text: str) -> bool:
    """Whether a text of one person is replaced wherever it stands, not only between marks."""
    shown = text.strip()
    return len(shown) >= _LONG and (" " in shown or not shown.isascii() or any(map(str.isdigit, shown)))


def _replaced(value: str, wanted: list[Find]) -> str:
    for one in wanted:
        if one.may_be_in(value):
            value = one.pattern.sub(one.replacement, value)
    return value


def _as_word(name: str) -> str:
    after = _AFTER if _PLAIN.match(name[:1]) else ""
    before = _BEFORE if _PLAIN.match(name[-1:]) else ""
    return f"{after}{written(name)}{before}"


def _between(text: str, marks: tuple[tuple[str, str], ...]) -> str:
    """Find a text that stands between two marks, without them."""
    return "|".join(f"(?<={re.escape(left)}){written(text)}(?={re.escape(right)})" for left, right in marks)
