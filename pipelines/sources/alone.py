"""One at a time on a source: a pull of it or an erasure; and the folders that killed pulls leave."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from pipelines.home import Home
from pipelines.sources.definition import SourceError

_TABLES = ".tables-"


@contextmanager
def alone(home: Home, name: str) -> Iterator[None]:
    """Hold a source.

    Raises:
        SourceError: Another process does.
    """
    home.fetched.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(home.fetched / f".{name}.lock", timeout=0):
            yield
    except Timeout as error:
        raise SourceError(
            f"{name}: another pull of it is under way, or an erasure; wait until it is done and try again"
        ) from error


def table_folder(home: Home, name: str) -> AbstractContextManager[str]:
    """Return a folder for the tables of a pull, which goes away with it."""
    return tempfile.TemporaryDirectory(prefix=f"{_TABLES}{name}-", dir=home.fetched)


def sweep(home: Home, name: str) -> None:
    """Remove what killed pulls of a source left; the caller holds it."""
    for folder in home.fetched.glob(f"{_TABLES}{name}-*"):
        shutil.rmtree(folder, ignore_errors=True)


def with_files(home: Home) -> list[str]:
    """Names of the sources that keep something or have a file, sorted."""
    kept = {path.name for path in home.fetched.glob("[a-z0-9]*") if path.is_dir()}
    return sorted(kept | {path.stem for path in home.sources.glob("[a-z0-9]*.yaml")})


def is_inside(home: Home, path: Path) -> bool:
    """Whether a file is the home's own; others are named and not changed."""
    return home.root.resolve() in path.resolve().parents
