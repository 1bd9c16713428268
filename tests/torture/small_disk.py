"""A file system of a few megabytes that a suite makes for itself in memory, where the machine allows that."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

PAGE = 4096
_ROOM = "1g"


@cache
def missing() -> str:
    """Why no file system can be made here; empty where one can."""
    if sys.platform != "linux" or shutil.which("mount") is None:
        return "only Linux makes one in memory by a command"
    with tempfile.TemporaryDirectory(prefix="guildbook-disk-") as folder:
        if _mount("-t", "tmpfs", "-o", f"size={PAGE}", "tmpfs", folder).returncode:
            return "this user may not mount one"
        subprocess.run(["umount", folder], check=True)
    return ""


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """Put a file system with much room on a folder; it goes away with the block."""
    folder.mkdir()
    _mount("-t", "tmpfs", "-o", f"size={_ROOM}", "tmpfs", str(folder)).check_returncode()
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def resize(folder: Path, n_bytes: int = 0) -> None:
    """Give a file system this many bytes; much room again where none are said."""
    _mount("-o", f"remount,size={n_bytes or _ROOM}", str(folder)).check_returncode()


def _mount(*words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["mount", *words], check=False, capture_output=True)


def pages(n_bytes: int) -> int:
    """Bytes that a file of this size takes."""
    return -(-n_bytes // PAGE) * PAGE
