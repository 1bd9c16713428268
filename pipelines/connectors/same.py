"""Whether a landing file holds the same rows already: their order says nothing, and an erasure leaves another one."""

from __future__ import annotations

import csv
import io
from pathlib import Path


def holds_same(place: Path, content: bytes) -> bool:
    """Whether a file of landing has the header and the rows of ``content``, in whatever order."""
    if not place.is_file():
        return False
    there = place.read_bytes()
    return there == content or _rows(there) == _rows(content)


def _rows(content: bytes) -> tuple[list[str], list[list[str]]]:
    try:
        header, *rows = csv.reader(io.StringIO(content.decode(), newline=""))
    except (UnicodeDecodeError, csv.Error, ValueError):
        return [content.decode("latin-1")], []
    return header, sorted(rows)
