"""A checksum inside each Parquet file of the lake: its reader can tell that the bytes are those that were written.

Parquet itself has none that DuckDB writes, and half of all single flipped bits change a value without an error. The
checksum lies between the last page and the footer, where the format leaves room: pages and footer are found by their
places, so every reader opens a sealed file as any other. A file of before there were seals has none and is taken as is.
"""

from __future__ import annotations

import os
import zlib
from functools import lru_cache
from pathlib import Path

from pipelines.faults import UserError

_HEAD, _TAIL = b"\xffguildbook:crc32", b"\xfesealed!"
"""Bytes that no text in UTF-8 has."""
_SIZE = len(_HEAD) + 8 + len(_TAIL)
_MAGIC = b"PAR1"
_BLOCK = 4096
_BEGINNING = 64
"""Bytes of the footer that lie in one block with the seal: no block can be lost with the seal and leave a footer."""
_LEAST = 12
_LAST = 1 << 24
"""Bytes that are read at once; no footer is longer."""


class DamagedError(UserError):
    """A file of the home is not what was written; the message names it and says what to do."""


def seal(path: Path) -> None:
    """Put the checksum into a finished Parquet file that nobody reads yet."""
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        start = max(0, size - _LAST)
        value = 0
        for place in range(0, start, _LAST):
            value = zlib.crc32(_read(file.fileno(), place, min(place + _LAST, start)), value)
        last = _read(file.fileno(), start, size)
        end = _footer_in(last)
        left = -(start + end) % _BLOCK
        rest = bytes(left if left < _SIZE + _BEGINNING else 0), last[end:]
        value = zlib.crc32(rest[1], zlib.crc32(last[:end] + rest[0], value))
        file.seek(start + end)
        file.write(rest[0] + _HEAD + _digits(value) + _TAIL + rest[1])


def check(path: Path, cure: str = "") -> None:
    """Raise where a Parquet file is not what was written.

    Raises:
        DamagedError: It is not; the message ends with ``cure``, or what helps a file at such a place.
        FileNotFoundError: It is not there.
    """
    if found := damage(path):
        raise DamagedError(f"{path} is damaged ({found}): {cure or cure_of(path)}")


def damage(path: Path) -> str:
    """Say what is wrong with the bytes of a Parquet file; nothing where they are those that were written.

    A process reads a file once as long as it stays the same file of the same time.
    """
    now = path.stat()
    return _damage(str(path), now.st_ino, now.st_size, now.st_mtime_ns)


def is_sealed(path: Path) -> bool:
    """Whether a file has a checksum: one of before there were seals has none."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        last = _read(file.fileno(), max(0, size - _LAST), size)
    return _HEAD in last or _TAIL in last


def cure_of(path: Path) -> str:
    """Say how a file of the lake is made again, or what is lost with it."""
    if path.parent.name.startswith("log_day="):
        log, day = path.parent.parent.name, path.parent.name.removeprefix("log_day=")
        return f"guildbook run --from {day} --to {day} makes it again from landing/{log}/{day}/"
    kept = "put it back from a backup; without one, move it away"
    if path.parent.name == "manifest":
        return (
            f"{kept} and run all log days again (guildbook run --full --from FIRST --to LAST): until then its days lack"
        )
    if path.parent.parent.name == "ledger":
        return f"{kept}: what this one file records is then lost, and nothing else"
    return f"{kept}: the predictions of its day by that model are then lost, and nothing else"


@lru_cache(maxsize=1 << 16)
def _damage(path: str, _inode: int, size: int, _time: int) -> str:
    handle = os.open(path, os.O_RDONLY)
    try:
        start = max(0, size - _LAST)
        last = _read(handle, start, size)  # all of most files
        if size < _LEAST or last[-4:] != _MAGIC or os.pread(handle, 4, 0) != _MAGIC:
            return "it does not begin or end as a Parquet file"
        end = _footer_in(last)
        found = last[max(0, end - _SIZE) : end]
        if not (found.startswith(_HEAD) or found.endswith(_TAIL)):
            return "its footer is not where it was" if _HEAD in last or _TAIL in last else ""
        value = 0
        for place in range(0, start, _LAST):
            value = zlib.crc32(_read(handle, place, min(place + _LAST, start)), value)
        value = zlib.crc32(last[end:], zlib.crc32(last[: end - _SIZE], value))
        return "" if found[len(_HEAD) : -len(_TAIL)] == _digits(value) else "its checksum differs"
    finally:
        os.close(handle)


def _read(handle: int, start: int, end: int) -> bytes:
    parts = []
    while start < end and (part := os.pread(handle, end - start, start)):
        parts.append(part)
        start += len(part)
    return b"".join(parts)


def _footer_in(last: bytes) -> int:
    """Where the footer begins in the last bytes of a file, as its end says; 0 where that cannot be."""
    return max(0, len(last) - 8 - int.from_bytes(last[-8:-4], "little"))


def _digits(checksum: int) -> bytes:
    return f"{checksum:08x}".encode()
