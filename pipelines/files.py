"""Writing files whole: beside the place, synced, then renamed. Nothing here knows what is in a file."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipelines.home import Home

_MANY_FILES = 32


@contextmanager
def staging_folder(home: Home) -> Iterator[Path]:
    """Give a new folder on the lake's file system, so that moving out of it is atomic; removed afterwards."""
    home.staging.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=home.staging))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def spill_folder(home: Home) -> Path:
    """Give the folder where DuckDB puts what does not fit into memory; it makes none whose parent is missing."""
    folder = home.staging / "duckdb"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def sweep_staging(home: Home) -> None:
    """Remove what killed runs left half-written. Call it only while holding the home's lock."""
    shutil.rmtree(home.staging, ignore_errors=True)


def sync(path: Path) -> None:
    """Force a file or folder to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_all(paths: Sequence[Path]) -> None:
    """Force files to disk: each by itself, or many of them by one sync of the whole system, which is then faster."""
    if len(paths) > _MANY_FILES:
        os.sync()
    else:
        for path in paths:
            sync(path)


def move_in(staged: Path, target: Path) -> None:
    """Replace ``target`` by the finished file ``staged`` in one step: a kill leaves the old or the new."""
    target.parent.mkdir(parents=True, exist_ok=True)
    sync(staged)
    staged.replace(target)
    sync(target.parent)


@contextmanager
def whole(target: Path) -> Iterator[Path]:
    """Give a hidden path beside ``target`` that takes its place once the block is through; a kill leaves the old."""
    beside = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        yield beside
        move_in(beside, target)
    finally:
        beside.unlink(missing_ok=True)


def remove(path: Path) -> None:
    """Remove a file if it is there, and its folder once that is empty."""
    path.unlink(missing_ok=True)
    if path.parent.is_dir() and not any(path.parent.iterdir()):
        path.parent.rmdir()
