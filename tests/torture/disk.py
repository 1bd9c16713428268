"""What stands between a process and its disk: ``disk.c``, built, set up for one folder, and what it recorded, read."""

from __future__ import annotations

import ctypes
import mmap
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

SOURCE = Path(__file__).with_name("disk.c")
_CONTROL = struct.Struct("7q")
_HEAD = struct.Struct("4IQq")
_COUNTS = struct.Struct("2q")


class What(IntEnum):
    """Kinds of changes; the numbers are those of ``disk.c``."""

    WRITE = 1
    SIZE = 2
    CREATE = 3
    RENAME = 4
    LINK = 5
    SYMLINK = 6
    REMOVE = 7
    MKDIR = 8
    SYNC = 9
    SYNC_FOLDER = 10
    SYNC_ALL = 11
    MARK = 12
    KNOWN = 13
    TIMES = 14


class How(IntEnum):
    """Which changes are refused: those that need room, or those that a failing or a read-only disk does not do."""

    FULL = 1
    FAILING = 2
    READ_ONLY = 3


@dataclass(frozen=True)
class Change:
    """One change of the disk, or a mark; ``at`` is where bytes go, the new size of a file, its rights or its time."""

    what: What
    inode: int
    at: int
    first: bytes
    second: memoryview

    @property
    def counts(self) -> tuple[int, int]:
        """Of a mark: how many changes came before it that need room, and how many in all."""
        growing, every = _COUNTS.unpack(self.second)
        return growing, every


def missing() -> str:
    """Why there is no such thing on this machine; empty where there is."""
    if sys.platform != "linux":
        return "only Linux lets a library between a process and its disk in this way"
    return "" if shutil.which("cc") else "there is no C compiler here (cc)"


@cache
def _library() -> tuple[TemporaryDirectory[str], Path]:
    folder = TemporaryDirectory(prefix="guildbook-disk-")
    built = Path(folder.name) / "disk.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", built, SOURCE, "-ldl"], check=True, capture_output=True)
    return folder, built


def preloaded() -> dict[str, str]:
    """Environment of a process that can be watched."""
    return {"LD_PRELOAD": str(_library()[1])}


@contextmanager
def watched(
    root: Path, control: Path, record: Path | None = None, *, how: How | None = None, at: int = -1, error: int = 0
) -> Iterator[None]:
    """Have this process and its children watched, from here on; it was started as ``preloaded`` says.

    Args:
        root: Only what lies below it counts.
        control: A file for what the processes share.
        record: Where changes are recorded.
        how: What is refused.
        at: The change from which on it is.
        error: Number of the error that whoever asks gets.
    """
    control.write_bytes(_CONTROL.pack(0, 0, 0, at, how or 0, error, 0))
    settings = {"ROOT": root, "CONTROL": control, "RECORD": record or ""}
    os.environ |= {f"TORTURE_DISK_{name}": str(value) for name, value in settings.items()}
    own = ctypes.CDLL(None)
    own.guildbook_disk_begin()
    try:
        yield
    finally:
        os.environ["TORTURE_DISK_ROOT"] = ""
        own.guildbook_disk_begin()


def mark(text: str) -> None:
    """Note in the record that something is so by now."""
    ctypes.CDLL(None).guildbook_disk_mark(text.encode())


def n_refused(control: Path) -> int:
    """How many changes were refused."""
    return int(_CONTROL.unpack(control.read_bytes())[6])


def changes(record: Path) -> Iterator[Change]:
    """Read a record; the bytes stay where they are until they are asked for."""
    if not record.stat().st_size:
        return
    with record.open("rb") as file:
        content = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    at = 0
    while at < len(content):
        what, n_first, n_second, _, inode, where = _HEAD.unpack_from(content, at)
        at += _HEAD.size
        middle, end = at + n_first, at + n_first + n_second
        yield Change(What(what), inode, where, bytes(content[at:middle]), content[middle:end])
        at = end


def room(folder: Path) -> Mapping[str, int]:
    """Bytes of a file system: those it has, and those that are free."""
    usage = shutil.disk_usage(folder)
    return {"total": usage.total, "free": usage.free}
