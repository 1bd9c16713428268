"""How a file rots: its blocks of 4 KiB, and what becomes of one. Name and time of the file stay, as on a disk."""

from __future__ import annotations

import os
from random import Random
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

BLOCK = 4096
WAYS = ("a bit flipped", "zeros", "noise", "cut off there", "exchanged for another")


def is_seen_by_duckdb(good: bytes, bad: bytes, block_size: int) -> bool:
    """Whether DuckDB's checksum of any block changed: it is the same for words of eight bytes in any other order."""
    first = 3 * BLOCK  # after the headers, which have checksums of their own
    if len(good) != len(bad) or good[:first] != bad[:first]:
        return True
    starts = range(first, len(good), block_size)
    return any(_checksum(good, start, block_size) != _checksum(bad, start, block_size) for start in starts)


def _checksum(data: bytes, start: int, size: int) -> tuple[bytes, int]:
    size = min(size, len(data) - start)
    words = np.frombuffer(data[start + 8 : start + size], dtype=np.uint64)
    return data[start : start + 8], int(np.bitwise_xor.reduce(words * np.uint64(0xBF58476D1CE4E5B9)))


def n_blocks(path: Path) -> int:
    """Blocks of a file, the last one maybe shorter."""
    return -(-path.stat().st_size // BLOCK)


def rot(path: Path, block: int, way: str, rng: Random) -> bool:
    """Damage a block of a file; False where nothing changed. A linked file becomes one of its own."""
    now, data = path.stat(), path.read_bytes()
    start, end = block * BLOCK, min((block + 1) * BLOCK, len(data))
    bad = bytearray(data)
    if way == "a bit flipped":
        bit = rng.randrange(start * 8, end * 8)
        bad[bit // 8] ^= 1 << bit % 8
    elif way == "zeros":
        bad[start:end] = bytes(end - start)
    elif way == "noise":
        bad[start:end] = rng.randbytes(end - start)
    elif way == "cut off there":
        del bad[start:]
    else:
        other = rng.randrange(max(1, len(data) // BLOCK)) * BLOCK
        length = min(end - start, len(data) - other)
        bad[start : start + length], bad[other : other + length] = (
            data[other : other + length],
            data[start : start + length],
        )
    path.unlink()
    path.write_bytes(bad)
    path.chmod(now.st_mode & 0o777)
    os.utime(path, ns=(now.st_atime_ns, now.st_mtime_ns))
    return bytes(bad) != data
