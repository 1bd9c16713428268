"""Counting what a text file holds block by block, without the reader that reads it later. No field is cut here.

Whatever reads a file is checked against these counts, so that a reader that skips a record is noticed.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Positions = NDArray[np.intp]

BLANKS = b" \t\r"
"""Bytes that make up a blank line, which is no record."""

_BOM = b"\xef\xbb\xbf"
_IS_BLANK = np.isin(np.arange(256), np.frombuffer(BLANKS + b"\n", np.uint8))
_LINE_FEED, _QUOTE, _COLON, _BRACE = 10, 34, 58, 123


@dataclass(frozen=True)
class Count:
    """What a text file holds.

    Attributes:
        lines: physical lines, the header and blank ones too.
        records: lines of JSON that are not blank, or records of CSV without the header; None where a quote stands
            where strict CSV has none, so that only a parser can tell.
        longest_line: bytes of the longest line, without its end.
        most_brackets: opening brackets and braces of the line of JSON that has most: none is deeper.
        most_colons: colons of the line of JSON that has most: none has more keys.
        lone_returns: carriage returns that stand elsewhere than before a line feed.
    """

    lines: int
    records: int | None
    longest_line: int
    most_brackets: int
    most_colons: int
    lone_returns: int


class Counter:
    """Counts a file whose blocks are added in order; no more than a block is held."""

    def __init__(self, format_: str, delimiter: str = ",") -> None:
        """Begin a file of CSV or JSON lines."""
        self._may_precede, self._may_follow = _codes(delimiter + '\n"'), _codes(delimiter + '\r\n"')
        self._is_csv = format_ == "csv"
        self._is_first = True
        self._last = b"\n"
        self._is_blank = True
        self._is_quoted = False
        self._is_plain = True
        self._lines = self._records = self._returns = 0
        self._length, self._brackets, self._colons = _Most(), _Most(), _Most()

    def add(self, block: bytes) -> None:
        """Count the next block of the file; none is empty."""
        if b"\r" in block or self._last == b"\r":
            self._returns += block.count(b"\r") - (self._last + block).count(b"\r\n")
        if self._is_first:
            self._is_first = False
            block = block.removeprefix(_BOM)
        if not block:
            return
        codes = np.frombuffer(block, np.uint8)
        ends = np.flatnonzero(codes == _LINE_FEED)
        outside = self._outside_quotes(codes, ends) if self._is_csv else np.ones(len(ends), bool)
        self._lines += len(ends)
        self._records += int(outside.sum() - (outside & self._blank_lines(block, codes, ends)).sum())
        self._length.add(np.diff(ends, prepend=-1) - 1, len(block) - 1 - int(ends[-1]) if len(ends) else len(block))
        if not self._is_csv:
            self._brackets.add_each(np.flatnonzero((codes | 32) == _BRACE), ends)
            self._colons.add_each(np.flatnonzero(codes == _COLON), ends)
        self._last = block[-1:]

    def count(self) -> Count:
        """Return what all blocks hold."""
        is_open = self._last != b"\n"
        records = self._records + (is_open and not self._is_blank) - self._is_csv
        return Count(
            lines=self._lines + is_open,
            records=records if self._is_plain and not self._is_quoted else None,
            longest_line=self._length.most,
            most_brackets=self._brackets.most,
            most_colons=self._colons.most,
            lone_returns=self._returns,
        )

    def _outside_quotes(self, codes: NDArray[np.uint8], ends: Positions) -> NDArray[np.bool_]:
        """Tell which line feeds end a record, and whether every quote stands where strict CSV has one."""
        if self._last == b'"' and not self._is_quoted:
            self._is_plain &= bool(self._may_follow[codes[0]])
        quotes = np.flatnonzero(codes == _QUOTE)
        before = int(self._is_quoted)
        if len(quotes):
            opening, closing = quotes[before::2], quotes[1 - before :: 2]
            if len(opening) and opening[0] == 0:
                self._is_plain &= bool(self._may_precede[self._last[0]])
                opening = opening[1:]
            if len(closing) and closing[-1] == len(codes) - 1:
                closing = closing[:-1]
            self._is_plain &= bool(
                self._may_precede[codes[opening - 1]].all() and self._may_follow[codes[closing + 1]].all()
            )
            self._is_quoted = bool((before + len(quotes)) % 2)
        outside: NDArray[np.bool_] = (np.searchsorted(quotes, ends) + before) % 2 == 0
        return outside

    def _blank_lines(self, block: bytes, codes: NDArray[np.uint8], ends: Positions) -> NDArray[np.bool_]:
        """Tell which of the lines that end in the block are blank; most files have none, which is seen at a glance."""
        blank = np.zeros(len(ends), bool)
        if not len(ends):
            self._is_blank = self._is_blank and not block.strip(BLANKS)
            return blank
        if _IS_BLANK[codes[ends[:-1] + 1]].any():
            filled = np.cumsum(~_IS_BLANK[codes])[ends]
            blank[1:] = filled[1:] == filled[:-1]
        blank[0] = self._is_blank and not block[: ends[0]].strip(BLANKS)
        self._is_blank = not block[ends[-1] + 1 :].strip(BLANKS)
        return blank


def _codes(characters: str) -> NDArray[np.bool_]:
    """Tell of each byte whether it is one of the characters."""
    return np.isin(np.arange(256), np.frombuffer(characters.encode(), np.uint8))


class _Most:
    """The most of something that a line has; the last line of a block goes on in the next."""

    def __init__(self) -> None:
        self.most = self._so_far = 0

    def add(self, in_lines: NDArray[Any], in_rest: int) -> None:
        """Add what the lines that end in a block have in it, and what lies after the last end."""
        if len(in_lines):
            self.most = max(self.most, int(in_lines[0]) + self._so_far, int(in_lines.max()))
            self._so_far = 0
        self._so_far += in_rest
        self.most = max(self.most, self._so_far)

    def add_each(self, places: Positions, ends: Positions) -> None:
        """Add what stands at places of a block."""
        until = np.searchsorted(places, ends)
        self.add(np.diff(until, prepend=0), len(places) - (int(until[-1]) if len(until) else 0))


def parsed_records(path: Path, compression: str | None) -> int | None:
    """Count the records of a CSV file by Python's reader, which knows what a stray quote is; None where it cannot.

    Call it only for files whose lines are short: a line is held whole.
    """
    try:
        with pa.input_stream(str(path), compression=compression) as stream:
            text = io.TextIOWrapper(stream, "utf-8-sig", errors="replace", newline="")
            return sum(1 for row in csv.reader(text) if row[1:] or (row and not row[0].isspace())) - 1
    except (csv.Error, pa.ArrowException, OSError):
        return None
