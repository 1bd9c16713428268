"""Writing files whole: beside the place, synced, then renamed. Nothing here knows what is in a file."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

_MANY_FILES = 32
_AT_ONCE = 1 << 30


def sync(path: Path) -> None:
    """Force a file or folder to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_open(stream: IO[Any]) -> None:
    """Force to disk what was written to an open file."""
    stream.flush()
    os.fsync(stream.fileno())


def sync_all(paths: Sequence[Path]) -> None:
    """Force files to disk: each by itself, or many of them by one sync of the whole system, which is then faster."""
    if len(paths) > _MANY_FILES:
        os.sync()
    else:
        for path in paths:
            sync(path)


def move_in(staged: Path, target: Path) -> None:
    """Replace ``target`` by the finished file ``staged`` in one step: a kill leaves the old or the new."""
    move_all_in([(staged, target)])


def move_all_in(moves: Sequence[tuple[Path, Path]]) -> None:
    """Replace each target by its finished file, as ``move_in`` does; all are on disk before the first is replaced."""
    sync_all([staged for staged, _ in moves])
    for staged, target in moves:
        target.parent.mkdir(parents=True, exist_ok=True)
        staged.replace(target)
    sync_all([target.parent for _, target in moves])


def copy_file(path: Path, target: Path) -> None:
    """Copy a file to a new one, inside the system where it can: a file system that shares blocks copies none at all."""
    with path.open("rb") as old, target.open("xb") as new:
        with suppress(AttributeError, OSError):  # not everywhere, and not between all file systems
            while os.copy_file_range(old.fileno(), new.fileno(), _AT_ONCE):
                pass
        if new.seek(0, os.SEEK_END) < os.fstat(old.fileno()).st_size:
            old.seek(new.tell())
            shutil.copyfileobj(old, new)


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


def write_text(path: Path, text: str) -> None:
    """Write a text whole. Who may read the folder may read the file."""
    with whole(path) as beside:
        beside.touch(mode=0o600)
        beside.chmod(path.parent.stat().st_mode & 0o666)
        beside.write_text(text, encoding="utf-8")


@contextmanager
def private_text(path: Path) -> Iterator[IO[str]]:
    """Open a new file that nobody else may read, and force it to disk once the block is through."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        yield stream
        sync_open(stream)
