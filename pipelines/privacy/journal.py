"""What an erasure that is not finished has to remember, in a private file that is overwritten once it is."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from pipelines.files import make_folder, private_text, sync, sync_open
from pipelines.home import Home
from pipelines.privacy.needles import Needles


@dataclass
class Journal:
    """One erasure in progress.

    Attributes:
        erasure_id: Its own name in the ledger.
        asked_by: Who asked for it.
        kept: The needles, as text.
        delivered: Log day and recorded fingerprint of each that was ingested as its files are.
        done: Stages that are finished.
        n_files: Files rewritten so far.
        n_values: Values replaced so far.
    """

    erasure_id: str
    asked_by: str
    kept: dict[str, Any]
    delivered: dict[str, str] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    n_files: int = 0
    n_values: int = 0

    @property
    def needles(self) -> Needles:
        """Whom it is about."""
        return Needles.from_json(self.kept)

    def save(self, home: Home) -> None:
        """Write it, readable by nobody else, before anything is done that only it can finish."""
        folder = home.erasure_journal.parent
        make_folder(folder, mode=0o700)
        beside = home.erasure_journal.with_suffix(".new")
        shred(beside)
        with private_text(beside) as file:
            json.dump(asdict(self), file, ensure_ascii=False)
        older = home.erasure_journal.open("r+b") if home.erasure_journal.exists() else None
        beside.replace(home.erasure_journal)
        sync(folder)
        if older:  # a rename alone leaves the bytes on the disk
            _overwrite(older)


def unfinished(home: Home) -> Journal | None:
    """Return the erasure that was broken off, if any; a journal of zeros is of one that was being forgotten."""
    if not home.erasure_journal.exists():
        return None
    if not home.erasure_journal.read_bytes().strip(b"\0"):
        forget(home)
        return None
    return Journal(**json.loads(home.erasure_journal.read_text(encoding="utf-8")))


def forget(home: Home) -> None:
    """Overwrite and remove the journal; its erasure is finished."""
    for path in (home.erasure_journal, home.erasure_journal.with_suffix(".new")):
        shred(path)
    if (folder := home.erasure_journal.parent).is_dir():
        sync(folder)
        folder.rmdir()


def shred(path: Path) -> None:
    """Overwrite a file with zeros, then remove it."""
    if path.exists():
        _overwrite(path.open("r+b"))
        path.unlink()


def _overwrite(file: BinaryIO) -> None:
    with file:
        file.write(bytes(os.fstat(file.fileno()).st_size))
        sync_open(file)
