"""``SHA256SUMS`` in the folder of a publication: digests of its files, which ``sha256sum --check`` reads too.

Pages have no other checksum. What is written into a publication after it was made is not in it: the banner, and the
pages of the running day, of a run that stopped, and those that somebody asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from pipelines.faults import UserError, republish
from pipelines.files import write_text
from pipelines.home import Home
from pipelines.reading.publication import BESIDE

SUMS = "SHA256SUMS"

_NONE = "0" * 64
"""Digest of digests that are gone: of none that is."""

_CHANGES = ("site/status.js", "site/today", "site/data/today", "site/last_run", "site/asked/")


def write(folder: Path) -> None:
    """Write the digests of all files below a folder; digests that are there already, of damaged files, stay."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith("."))
    names = (path.relative_to(folder).as_posix() for path in files if path.name != SUMS)
    damaged = {line[66:]: line[:64] for line in _lines(folder / SUMS)}
    known = {name: _digest(folder / name) for name in names if name not in damaged and not name.startswith(_CHANGES)}
    _write(folder / SUMS, known | damaged)


@contextmanager
def changing(root: Path) -> Iterator[None]:
    """Change publications of a home, or of a copy of one, on purpose: meanwhile only damaged files have digests.

    These keep the ones they had, so that no damage is taken for what was written. Who stops half-way, because a disk is
    full, leaves publications that can be read; the next change writes digests.
    """
    for path in root.glob(f"versions/*/{SUMS}"):
        _leave_damaged(path)
    try:
        yield
    finally:
        for database in root.glob("versions/*/analytics.duckdb"):
            write(database.parent)


def _leave_damaged(path: Path) -> None:
    stated = {line[66:]: line[:64] for line in _lines(path)}
    damaged = {one.relative_to(path.parent).as_posix() for one in unlike(path.parent)}
    if damaged:
        _write(path, {name: stated.get(name, _NONE) for name in damaged})
    else:
        path.unlink()


def unlike(folder: Path) -> list[Path]:
    """Return the files that are not what was written, or gone; none where the folder has no digests."""
    path = folder / SUMS
    if not path.is_file():
        return []
    lines = _lines(path)
    return [folder / line[66:] for line in lines if _digest(folder / line[66:]) != line[:64]] if lines else [path]


def published(home: Home) -> Path | None:
    """Return the published database, compared with its digest; None before the first publication.

    Raises:
        UserError: It is not what was written; the message names it and says what to do.
    """
    database = home.published / "analytics.duckdb"
    if not database.exists():
        return None
    check(database, home)
    return database


def check(database: Path, home: Home) -> None:
    """Raise where a published database is not what was written: DuckDB's own checksum is blind to words that moved.

    So it is with the marts beside it. A process reads each once, as long as it stays the same file of the same time.

    Raises:
        UserError: It is not; the message names it and says what to do.
    """
    folder = database.resolve().parent
    stated = {line[66:]: line[:64] for line in _lines(folder / SUMS)}
    names = [database.name, *(name for name in stated if name.startswith(f"{BESIDE}/"))]
    for path in (folder / name for name in names if name in stated):
        now = path.stat() if path.exists() else None
        seen = (now.st_ino, now.st_size, now.st_mtime_ns) if now else (0, 0, 0)
        if not _is_whole(path, stated[path.relative_to(folder).as_posix()], seen):
            raise UserError(f"{path} is damaged (its digest differs): {republish(home)}")


@lru_cache(maxsize=64)
def _is_whole(path: Path, stated: str, _: tuple[int, int, int]) -> bool:
    return _digest(path) == stated


def _lines(path: Path) -> list[str]:
    return path.read_bytes().decode("utf-8", "replace").splitlines() if path.is_file() else []


def _write(path: Path, digests: dict[str, str]) -> None:
    write_text(path, "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items())))


def _digest(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
