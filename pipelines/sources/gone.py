"""Who was erased, as a source asks: an id or a name that its answers hold, and what takes its place."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipelines.home import Home
from pipelines.privacy import known
from pipelines.privacy.journal import unfinished
from pipelines.privacy.names import TOMBSTONE
from pipelines.privacy.needles import Needles, filler

_MARK = re.compile(r"\[erased [0-9a-f]{12}\]")


class Gone:
    """The erased: those of an erasure that is under way, and all before, who are known by hashes of their ids.

    Args:
        home: The home whose key the hashes are made with.
        needles: Who is being erased; those of an erasure that was broken off are looked for in any case.
    """

    def __init__(self, home: Home, needles: Needles | None = None) -> None:
        """Read who was erased."""
        waiting = unfinished(home)
        found = needles or Needles({})
        self.needles = found.merged(waiting.needles) if waiting else found
        self.learned = dict(self.needles.learned)
        self._home, self._known = home, known.Known(home)

    def __bool__(self) -> bool:
        """Whether anybody is to be looked for."""
        return bool(self._known) or bool(self.needles.ids)

    def of(self, name: str) -> str | None:
        """Return the tombstone of an id, or of a name that was learned; None of anybody else's."""
        found = self.needles.ids.get(name) or self.learned.get(name)
        return found or self._known.of(name)

    def learn(self, found: Mapping[str, str]) -> None:
        """Note names with their tombstones; one that is somebody else's too, without a tombstone, is nobody's."""
        for name, mark in found.items():
            if self.learned.get(name) != "":
                self.learned[name] = mark

    def names(self) -> dict[str, str]:
        """Return the names that were learned, each with its tombstone."""
        return {name: mark for name, mark in self.learned.items() if mark}

    def is_new(self, name: str) -> bool:
        """Whether no earlier erasure recorded a name."""
        return self._known.of(name) is None

    def mark(self, text: str) -> str:
        """Return what stands for a name or a title: the same for the same one, so that a change can still be told."""
        if not text or is_mark(text) or TOMBSTONE.fullmatch(text):
            return text
        return f"[erased {known.id_hash(self._home, text)[:12]}]"

    def text(self, text: str, *, is_markup: bool) -> str:
        """Return somebody else's text without ids and texts of the erased, in its length as a reader sees it."""
        return self.needles.filled(text, is_markup=is_markup) if self.needles.ids else text

    def own_text(self, text: str) -> str:
        """Return a text of the person's own: nothing but its length stays."""
        return filler(text)


def is_mark(text: str) -> bool:
    """Whether a text stands for a name or a title; nothing of it lands."""
    return _MARK.fullmatch(text) is not None


def is_tombstone(id_: object) -> bool:
    """Whether an id is that of somebody erased: it is the member's as it is, without a prefix."""
    return isinstance(id_, str) and TOMBSTONE.fullmatch(id_) is not None


def prefixed(prefix: str, id_: str) -> str:
    """Return an id with the prefix of its source; one that holds a tombstone has it already, and an empty one none."""
    return id_ if not id_ or TOMBSTONE.search(id_) else prefix + id_
