"""The folder of half-written files, on the lake's own file system."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.home import Home


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
