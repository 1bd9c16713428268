"""How deep a line of JSON is nested and how many keys it has, told from its text: parsing is what a deep one breaks."""

from __future__ import annotations

import re

import numpy as np

_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_DEEPER = np.zeros(256, np.int64)
_DEEPER[[ord("["), ord("{")]] = 1
_DEEPER[[ord("]"), ord("}")]] = -1


def most_nested(line: bytes) -> tuple[int, int]:
    """Return the levels of lists and objects of a line of JSON, and the keys of its outermost object."""
    codes = np.frombuffer(_STRING.sub(b"", line), np.uint8)
    depths = np.cumsum(_DEEPER[codes])
    return int(depths.max(initial=0)), int(((codes == ord(":")) & (depths == 1)).sum())
