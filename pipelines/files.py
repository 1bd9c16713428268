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
_UNFINISHED = ".tmp"


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
    """Force files and folders to disk: each by itself, or many by a sync of the whole system, which is then faster."""
    if len(paths) > _MANY_FILES:
        os.sync()
    else:
        for path in paths:
            sync(path)


def sync_tree(folder: Path) -> None:
    """Force a folder to disk with all that is below it: the names too, without which no file is found again."""
    sync_all([folder, *folder.rglob("*")])


def make_folder(folder: Path, mode: int = 0o777) -> None:
    """Make a folder, and those above it that are missing, so that a loss of power takes none of them away."""
    sync_all(_made(folder, mode))


def _made(folder: Path, mode: int = 0o777) -> list[Path]:
    """Make a folder and those above it that are missing; return the folders that got a new name by it."""
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for one in reversed(missing):
        one.mkdir(mode=mode, exist_ok=True)
    return [one.parent for one in missing]


def move_in(staged: Path, target: Path) -> None:
    """Replace ``target`` by the finished file ``staged`` in one step: a kill leaves the old or the new."""
    move_all_in([(staged, target)])


def move_all_in(moves: Sequence[tuple[Path, Path]]) -> None:
    """Replace each target by its finished file, as ``move_in`` does; all are on disk before the first is replaced."""
    sync_all([staged for staged, _ in moves])
    changed: dict[Path, None] = {}
    for staged, target in moves:
        changed |= dict.fromkeys([*_made(target.parent), target.parent])
        staged.replace(target)
    sync_all([*changed])


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
    """Give a hidden path beside ``target`` that takes its place once the block is through; a kill leaves the old.

    The folder is made where it is missing.
    """
    make_folder(target.parent)
    beside = target.with_name(f".{target.name}.{os.getpid()}{_UNFINISHED}")
    try:
        yield beside
        move_in(beside, target)
    finally:
        beside.unlink(missing_ok=True)


def forget_unfinished(path: Path) -> None:
    """Remove what killed processes left beside a file while they wrote it; the caller knows that none writes it now."""
    for beside in path.parent.glob(f".{path.name}.*{_UNFINISHED}"):
        beside.unlink()


def sweep(folder: Path) -> None:
    """Remove what ``whole`` began below a folder in processes that are gone."""
    for path in folder.rglob(f".*{_UNFINISHED}"):
        writer = path.name.removesuffix(_UNFINISHED).rpartition(".")[2]
        if writer.isdecimal() and not _lives(int(writer)):
            path.unlink(missing_ok=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def remove(path: Path) -> None:
    """Remove a file if it is there, and its folder once that is empty; it does not come back with a loss of power."""
    changed = path.parent
    if not changed.is_dir():
        return
    path.unlink(missing_ok=True)
    if not any(changed.iterdir()):
        changed.rmdir()
        changed = changed.parent
    sync(changed)


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
