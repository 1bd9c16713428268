"""What an erasure finds: where persons are, where bytes of them are left, and which copies are out of reach."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.erasure import fetched, people
from pipelines.erasure.files import rewrite
from pipelines.erasure.places import Place, places
from pipelines.erasure.search import search
from pipelines.home import Home
from pipelines.lake.duck import connect
from pipelines.privacy import known
from pipelines.privacy.names import draw_tombstones
from pipelines.privacy.needles import Needles
from pipelines.privacy.pseudonyms import known_as
from pipelines.settings import Settings
from pipelines.sources.gone import Gone

FILE_ERRORS = (OSError, ValueError, duckdb.Error, pa.ArrowException, sqlite3.Error)
"""What says that one file cannot be read or written; the others are gone through all the same."""


@dataclass
class Erased:
    """What an erasure did, or what it would do.

    Attributes:
        tombstones: Tombstone of each id.
        places: Values that differ per stage, backups under their own folder.
        n_files: Files that were rewritten.
        n_searched_files: Files looked through at the end.
        n_searched_bytes: Their bytes, unpacked.
        left: Sentences on what was not handled.
    """

    tombstones: dict[str, str]
    places: Counter[str] = field(default_factory=Counter)
    n_files: int = 0
    n_searched_files: int = 0
    n_searched_bytes: int = 0
    left: list[str] = field(default_factory=list)

    @property
    def n_values(self) -> int:
        """Values that differ, over all places."""
        return sum(self.places.values())


def look(home: Home, settings: Settings, persons: Sequence[Sequence[str]]) -> Erased:
    """Count where the ids of persons are; nothing is written. The caller holds the home's lock."""
    needles = people.look_up(home, settings, tombstones(home, settings, persons))
    outcome = Erased(needles.ids)
    failed: list[str] = []
    for root, name in roots(home, settings):
        gone = Gone(home, needles)
        for path, n_found in fetched.rewrite(Home(root), settings, gone, outcome.left, failed, applies=False).items():
            outcome.places[name or fetched.STAGE] += n_found
            outcome.n_files += path.exists()
        for place in places(root):
            n_found = _counted(place, needles, settings, outcome)
            outcome.places[name or place.stage] += n_found
            outcome.n_files += bool(n_found)
    outcome.left += [*failed, *archives(home, settings)]
    return outcome


def tombstones(home: Home, settings: Settings, persons: Sequence[Sequence[str]]) -> dict[str, str]:
    """Return the tombstone of each id of these persons: the one it had, or a new one.

    Where the lake knows members by pseudonyms, that of an id becomes that of its tombstone, as if it were read again.
    """
    drawn: dict[str, str] = {}
    for ids in persons:
        wanted = list(dict.fromkeys(one.strip(" ") for one in ids))
        drawn |= draw_tombstones(wanted, known.tombstones(home, wanted))
    return drawn | {known_as(settings, one): known_as(settings, mark) for one, mark in drawn.items()}


def roots(home: Home, settings: Settings) -> list[tuple[Path, str]]:
    """The home, and each folder of backups that is there, with the name that counts of it go under."""
    return [(home.root, ""), *((path, str(path)) for path in settings.backups if path.is_dir())]


def archives(home: Home, settings: Settings) -> list[str]:
    """Sentences on archives and folders of backups that are not handled; models are archives without ids."""
    left = [f"{path} is no folder: it was not looked at" for path in settings.backups if not path.is_dir()]
    for root, _ in roots(home, settings):
        left += [
            f"{place.path} is an archive and was not opened: delete it, or unpack it, erase again and pack it"
            for place in places(root)
            if place.kind == "archive" and place.path.suffix != ".skops"
        ]
    return left


def _counted(place: Place, needles: Needles, settings: Settings, outcome: Erased) -> int:
    try:
        return rewrite(place, needles, settings, applies=False)
    except FILE_ERRORS as error:
        outcome.left.append(f"{place.path}: cannot be read ({brief(error)})")
        return 0


def look_for_rest(home: Home, settings: Settings, needles: Needles, outcome: Erased) -> None:
    """Search every byte of the home and the backups, and name what is left."""
    with connect(home, settings) as con:
        for root, _ in roots(home, settings):
            searched = search(root, needles, con)
            outcome.n_searched_files += searched.n_files
            outcome.n_searched_bytes += searched.n_bytes
            outcome.left += [f"{path} still has {n:,} of it: look at it" for path, n in searched.found.items()]


def brief(error: Exception) -> str:
    """Return the first line of what an error says."""
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
