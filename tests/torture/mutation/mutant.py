"""One small change of a source text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]


class SurvivedError(Exception):
    """No test noticed a mutant."""


@dataclass(frozen=True)
class Mutant:
    """A text of a file from ``start`` to ``end``, and what stands there instead.

    Attributes:
        area: what it belongs to: money, churn labels or gates.
        path: the file, below the checkout.
        operator: what kind of change it is.
        start: offset of the first character that changes.
        old: what stands there.
        new: what stands there instead.
        line: number of the line.
        before: the line as it is, without the spaces around it.
    """

    area: str
    path: str
    operator: str
    start: int
    old: str
    new: str
    line: int
    before: str

    def applied(self, text: str) -> str:
        """Return the file's text with the change."""
        end = self.start + len(self.old)
        assert text[self.start : end] == self.old
        return text[: self.start] + self.new + text[end:]

    @property
    def change(self) -> str:
        """The change in a few words."""
        return f"`{_short(self.old)}` → `{_short(self.new)}`"

    def __str__(self) -> str:
        return f"{self.path}:{self.line}  {self.change}"


def mutant(area: str, path: str, text: str, operator: str, start: int, old: str, new: str) -> Mutant:
    """Return a mutant with what its place says of it."""
    first = text.rfind("\n", 0, start) + 1
    line = text[first:].partition("\n")[0].strip()
    return Mutant(area, path, operator, start, old, new, text.count("\n", 0, start) + 1, line)


def changed_part(before: str, after: str, parts: Iterable[str]) -> tuple[str, str]:
    """Return the one part of a text that another text has changed, and what it is there."""
    for part in parts:
        start = before.index(part)
        rest = before[start + len(part) :]
        changed = after[start : len(after) - len(rest)]
        if changed != part and before[:start] + changed + rest == after:
            return part, changed
    raise LookupError("no part holds the change")


def _short(text: str, most: int = 70) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[:most]}…"
