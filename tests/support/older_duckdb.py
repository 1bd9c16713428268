"""Older DuckDBs beside ours, each in a folder of its own: ``python -m tests.support.older_duckdb`` fetches them."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from pipelines.publishing.database import STORAGE_VERSION
from pipelines.settings import PROJECT_DIR

if TYPE_CHECKING:
    from pathlib import Path

VERSIONS = (STORAGE_VERSION.removeprefix("v"), "1.3.2", "1.4.4")
"""The oldest that reads what is published, and later ones."""
_FOLDER = PROJECT_DIR / ".clients"


def fetch(version: str) -> Path:
    """Return the folder of a version, to be read before all others; it is installed where it is not there.

    Raises:
        RuntimeError: It cannot be installed here; the message is the installer's.
    """
    folder = _FOLDER / version
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(folder), f"duckdb=={version}"]
    if not folder.is_dir():
        told = subprocess.run(pip, capture_output=True, text=True, check=False)
        if told.returncode:
            raise RuntimeError(told.stderr.strip().splitlines()[-1])
    return folder


def there() -> list[Path]:
    """Return the folders of those that are there."""
    return [_FOLDER / version for version in VERSIONS if (_FOLDER / version).is_dir()]


if __name__ == "__main__":
    for one in VERSIONS:
        try:
            fetch(one)
        except RuntimeError as error:
            sys.stdout.write(f"readers with DuckDB {one} are left out: {error}\n")
