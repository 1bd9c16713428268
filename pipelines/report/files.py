"""Writing files so that a reader finds the old or the new one whole, never half of one."""

from __future__ import annotations

import os
from pathlib import Path


def write_text(path: Path, text: str) -> None:
    """Write beside the place, flush to disk, rename. Who may read the folder may read the file."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with beside.open("w", encoding="utf-8") as stream:
        os.fchmod(stream.fileno(), path.parent.stat().st_mode & 0o666)
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(path)
