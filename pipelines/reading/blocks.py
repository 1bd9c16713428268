"""Reading a file, compressed or not, block by block within the limits: a bomb is refused before it has gone off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from pipelines.settings.limits import LimitSettings, beyond

_BLOCK = 1 << 20
_SMALL = 64_000_000
"""Unpacked bytes that are no danger, whatever the ratio."""


class Rejected(Exception):  # noqa: N818 - a verdict on a file, not an error of the program
    """A file that cannot be read at all; the message says why and what to do."""


def blocks(path: Path, compression: str | None, limits: LimitSettings) -> Iterator[bytes]:
    """Give the blocks of a file, unpacked.

    Raises:
        Rejected: It cannot be read or decompressed to its end, or unpacks to more than the limits allow.
    """
    unpacked = Unpacked(path, limits)
    try:
        with pa.input_stream(str(path), compression=compression) as stream:
            while block := stream.read(_BLOCK):
                if compression:
                    unpacked.add(len(block))
                yield block
    except (pa.ArrowException, OSError) as error:
        doing = "decompressed" if compression else "read"
        raise Rejected(f"cannot be {doing} to its end ({first_line(error)}); deliver it again") from error


class Unpacked:
    """Counts what a compressed file or archive unpacks to."""

    def __init__(self, path: Path, limits: LimitSettings) -> None:
        """Begin a file."""
        self._packed = max(path.stat().st_size, 1)
        self._limits = limits
        self._size = 0

    def add(self, size: int) -> None:
        """Count bytes that were unpacked.

        Raises:
            Rejected: They are more than the limits allow, in all or for the size of the file.
        """
        self._size += size
        if self._size > self._limits.max_unpacked_gb * 1e9:
            found = f"unpacks to {self._size / 1e9:.3g} GB and more"
            raise Rejected(beyond(self._limits, "max_unpacked_gb", found, "divide it, or raise that setting"))
        if self._size > max(_SMALL, self._limits.max_unpack_ratio * self._packed):
            found = f"unpacks to {self._size / self._packed:,.0f} times its size and more"
            cure = "look what is in it, as bombs are like that; deliver it unpacked, or raise that setting"
            raise Rejected(beyond(self._limits, "max_unpack_ratio", found, cure))


def first_line(error: Exception) -> str:
    """Return the first line of an error's message."""
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
