"""What an entry of the suite of damages is: a kind of damage, where it is noticed, and what becomes of it.

The entries are in the other files of this folder, one file per area, each with a list ``DAMAGES`` and a test beside it,
``test_damage_<area>.py``, that proves every one of them. ``python -m tests.damage`` writes ``docs/damages.md`` of all.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from pathlib import Path


class Where(StrEnum):
    """What notices the damage; the page has one table for each."""

    FILE = "file"
    """The reader, when it opens a file."""
    ROW = "row"
    """The log contract, when a row is read."""
    FINDING = "finding"
    """What ingestion finds in accepted rows and in the landing folder."""
    GATE_1 = "gate 1"
    """The gate that a log day's delivery passes."""
    GATE_2 = "gate 2"
    """The gate that the rebuilt tables pass."""
    NOWHERE = "cannot be known"
    """Nothing: the damaged delivery looks like an honest one."""


class Verdict(StrEnum):
    """What happens to the damage."""

    REJECTED = "rejected"
    """The file is not read; the day is incomplete."""
    QUARANTINED = "quarantined"
    """The row is kept aside with its reason and text."""
    WITHHELD = "withheld"
    """The log day does not go on; its last good delivery stays."""
    NOT_PUBLISHED = "not published"
    """Nothing of the run is published."""
    WARNED = "warned"
    """It counts, and a message says so."""
    READ = "read as meant"
    """It is read as it was meant; nothing is lost."""
    STAYS = "stays"
    """It counts as if it were true. Such an entry says why that cannot be known."""


@dataclass(frozen=True, kw_only=True)
class Damage:
    """One kind of damage.

    Attributes:
        kind: what went wrong, in words, unlike any other entry's of its log.
        log: the log that the example is of.
        example: what an export then holds.
        where: what notices it.
        verdict: what becomes of it.
        says: part of the sentence that is said of it.
        why: why nothing notices it; only where it stays.
    """

    kind: str
    log: str
    example: str
    where: Where
    verdict: Verdict
    says: str = ""
    why: str = ""


def areas() -> list[str]:
    """Return the names of the files that hold entries."""
    found = (path for path in Path(__file__).parent.glob("*.py") if "\nDAMAGES" in path.read_text(encoding="utf-8"))
    return sorted(path.stem for path in found)


def damages() -> list[Damage]:
    """Return every entry, area by area."""
    return [damage for area in areas() for damage in import_module(f"{__package__}.{area}").DAMAGES]
