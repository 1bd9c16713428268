"""What a kind of source is: its keys, how it fetches, and the tables that it makes of what was fetched."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from pipelines.settings import Settings
from pipelines.sources.definition import Named, Source
from pipelines.sources.gone import Gone
from pipelines.sources.kept import Answer, Kept

READY = Path(__file__).parent / "ready"
"""Folder of the files that come with Guildbook: per kind a commented source file and a mapping."""


@dataclass(frozen=True)
class Forgetting:
    """How a person goes from what a kind keeps; only the kind knows what its answers say where.

    Attributes:
        learn: Names what an answer calls the erased besides their ids, each with the tombstone: user names, titles of
            theirs. So they are found where no id stands. No tombstone, but an empty text, for one that is somebody
            else's too.
        forget: Gives an answer without the erased: tombstones for ids, marks for names and titles, texts of the same
            length, so that tables made of it are as they were. An answer that names nobody erased comes back as it is.
        files: Files of the operator that the kind reads in place of kept answers.
    """

    learn: Callable[[Named, str, Answer, Gone], dict[str, str]]
    forget: Callable[[Named, str, Answer, Gone], Answer]
    files: Callable[[Named], Iterable[Path]] = lambda _: ()


@dataclass
class Pull:
    """One pull while it is under way."""

    named: Named
    settings: Settings
    kept: Kept
    started_at: datetime
    gone: Gone
    """Who was erased."""
    everything: bool = False
    """Whether records of all times are asked for again."""
    replay: bool = False
    """Whether nothing is asked for, and what is kept is made into tables again."""
    since: datetime | None = None
    """Start of the last pull that was completed; None where there was none."""
    remarks: list[str] = field(default_factory=list)
    """What the operator has to know though the pull goes on."""
    say: Callable[[str], None] = lambda _: None
    """Told how far it is."""


@dataclass(frozen=True)
class Tables:
    """What the fetched answers hold, as tables that a mapping reads by name, and what they do not."""

    tables: dict[str, pa.Table]
    remarks: tuple[str, ...] = ()
    is_complete: bool = False
    """Whether they hold everything of the days between the pulls, so that a day without rows was quiet."""


@dataclass(frozen=True)
class Kind:
    """A kind of source.

    Attributes:
        model: Keys of its source files.
        fetch: Asks the platform and keeps what it answers.
        check: Asks the least that shows that address and secrets are right; returns a line of what was found.
        tables: Makes tables of what is kept.
        mapping: File name in ``ready`` of the mapping that tables go through unless the source names one; None where
            each table is called after a log and has its columns.
        forgetting: How an erasure goes through what it keeps.
    """

    model: type[Source]
    fetch: Callable[[Pull], None]
    check: Callable[[Pull], str]
    tables: Callable[[Pull], Tables]
    mapping: str | None
    forgetting: Forgetting | None = None


def nothing_to_fetch(_: Pull) -> None:
    """Do nothing: for kinds whose files are there already, and are read at each pull."""


def texts(columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> pa.Table:
    """Return rows as a table of texts; a key that a row lacks is empty."""
    return pa.table({name: pa.array([storable(row.get(name, "")) for row in rows], pa.string()) for name in columns})


def storable(text: str) -> str:
    """Return a text with a question mark for half a sign of a cut one, which no file can hold."""
    return text if text.isascii() else text.encode(errors="replace").decode()


def id_of_title(title: str) -> str:
    """Return what names a piece that has no address: no word of its title, which every table would show."""
    return hashlib.sha256(title.encode()).hexdigest()[:16]
