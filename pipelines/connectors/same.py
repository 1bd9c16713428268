"""Whether a landing file holds the same rows already: their order says nothing, and an erasure leaves another one."""

from __future__ import annotations

import csv
import filecmp
from pathlib import Path


def holds_same(place: Path, built: Path) -> bool:
    """Whether a file of landing has the header and the rows of ``built``, in whatever order."""
    if not place.is_file():
        return False
    return filecmp.cmp(place, built, shallow=False) or _rows(place) == _rows(built)


def _rows(path: Path) -> tuple[list[str], list[list[str]]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
    except (UnicodeDecodeError, csv.Error, ValueError):
        return [path.read_bytes().decode("latin-1")], []
    return header, sorted(rows)
