"""The hidden folders of imports in the landing folder: whose they are, and what becomes of those of killed imports."""

from __future__ import annotations

import re
import shutil
from contextlib import nullcontext, suppress
from pathlib import Path

from filelock import FileLock, Timeout

SOURCE = re.compile(r"[a-z0-9][a-z0-9_]*")
_FOLDER = re.compile(rf"\.import-({SOURCE.pattern})-.*")


def alone(landing: Path, source: str) -> FileLock:
    """Return the lock of a source: one import of it at a time."""
    return FileLock(landing / f".import-{source}.lock", timeout=0)


def sweep_imports(landing: Path, *, own: str = "") -> None:
    """Remove the folders of imports that were killed; one that is running keeps its source's lock, and its folder.

    ``own`` is a source whose lock the caller holds.
    """
    for folder in landing.glob(".import-*-*"):
        if match := _FOLDER.fullmatch(folder.name):
            with suppress(Timeout, OSError), nullcontext() if match[1] == own else alone(landing, match[1]):
                shutil.rmtree(folder, ignore_errors=True)
