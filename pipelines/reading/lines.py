"""Reading the physical lines of a text file in bounded memory, whatever a line's length."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pipelines.reading.blocks import Rejected, blocks
from pipelines.settings.limits import LimitSettings

RAW_BYTES = 65_536
"""Raw text kept of a malformed record; beyond it the hash of the whole stands in."""


class Line(NamedTuple):
    """A physical line without its line feed; ``data`` is only its start where it is too long."""

    number: int
    data: bytes
    size: int
    sha256: str | None = None


def read_lines(path: Path, compression: str | None, limits: LimitSettings) -> Iterator[Line]:
    """Read physical lines in bounded memory, a byte order mark left out.

    Raises:
        Rejected: The file cannot be read to its end within the limits.
    """
    longest = limits.max_line_bytes
    number, rest = 1, _Growing(longest)
    for block in blocks(path, compression, limits):
        first, *others = block.split(b"\n")
        rest.add(first)
        if others:
            yield rest.line(number)
            for n, whole in enumerate(others[:-1], 1):
                yield Line(number + n, whole, len(whole))
            number += len(others)
            rest = _Growing(longest, others[-1])
    if rest.size:
        yield rest.line(number)


def as_many(lines: Iterator[Line], n_lines: int) -> Iterator[Line]:
    """Give lines on, and reject the file whose lines are not as many as were counted."""
    number = 0
    for line in lines:
        number = line.number
        yield line
    if number != n_lines:
        raise Rejected(
            f"{n_lines:,} lines were counted and {number:,} read: it was written to meanwhile; write it under a name "
            "that starts with a dot, then rename it"
        )


class _Growing:
    """A line while its end is not read yet; holds no more than the longest line that is allowed."""

    def __init__(self, longest: int, start: bytes = b"") -> None:
        self.longest = longest
        self.data = start
        self.size = len(start)
        self.digest: hashlib._Hash | None = None

    def add(self, more: bytes) -> None:
        self.size += len(more)
        if self.digest is None:
            self.data += more
            if self.size > self.longest:
                self.digest = hashlib.sha256(self.data)
                self.data = self.data[:RAW_BYTES]
        else:
            self.digest.update(more)

    def line(self, number: int) -> Line:
        data = self.data.removeprefix(b"\xef\xbb\xbf") if number == 1 else self.data
        return Line(number, data, self.size, self.digest.hexdigest() if self.digest else None)
