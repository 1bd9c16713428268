"""Reading a text file line by line, for files that fail strict reading or hold a row to quarantine.

A record knows its line, its raw text and, where it is malformed, the reason; so it costs only itself.
A record is one line, or several while quotes are open. If those lines do not make a record of the header's
width, only the first is malformed and reading goes on at the second: a quote left open never eats the lines
after it. Memory stays bounded whatever a line's length.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from pipelines.ingest.quotes import Malformed, quoted_fields
from pipelines.ingest.shape import Shape
from pipelines.reading.counting import BLANKS
from pipelines.reading.lines import RAW_BYTES, Line, as_many, read_lines
from pipelines.reading.nesting import most_nested
from pipelines.settings.limits import LimitSettings, beyond

_RECORDS_PER_TABLE = 100_000
_BYTES_PER_TABLE = 32 << 20


class Record(NamedTuple):
    """A record: its place and bytes, then its fields (for JSONL one document) or why it has none."""

    line: Line
    fields: list[str] | None
    malformed: str | None


def record_tables(path: Path, shape: Shape, limits: LimitSettings, n_lines: int | None = None) -> Iterator[pa.Table]:
    """Read a CSV or JSONL file as tables of its records, header and blank lines left out.

    Args:
        path: The file.
        shape: How it is to be read.
        limits: What a line may be.
        n_lines: Lines that were counted in it, if they were.

    Yields:
        Tables of line, malformed, raw_text, raw_sha256, raw_bytes and the fields as text: ``c0``, ``c1``, …
        of a CSV file, ``document`` of a JSONL file.

    Raises:
        Rejected: The file cannot be read to its end within the limits, or has other than ``n_lines`` lines.
    """
    is_csv = shape.format == "csv"
    fields = [f"c{position}" for position in range(len(shape.columns))] if is_csv else ["document"]
    lines = read_lines(path, shape.compression, limits)
    if n_lines is not None:
        lines = as_many(lines, n_lines)
    records = csv_records(lines, len(fields), limits) if is_csv else json_records(lines, limits)
    held: list[Record] = []
    size = 0
    for record in records:
        held.append(record)
        size += len(record.line.data)
        if len(held) == _RECORDS_PER_TABLE or size > _BYTES_PER_TABLE:
            yield _table(held, fields)
            held, size = [], 0
    if held:
        yield _table(held, fields)


def json_records(lines: Iterable[Line], limits: LimitSettings) -> Iterator[Record]:
    """Cut lines into JSONL records; whether a line is JSON is left to the query that reads them."""
    for line in lines:
        if line.data.strip(BLANKS):
            try:
                text = _text(line, limits)
                _check_json(line.data, limits)
                yield Record(line, [text], None)
            except Malformed as reason:
                yield Record(line, None, str(reason))


def csv_records(lines: Iterable[Line], width: int, limits: LimitSettings) -> Iterator[Record]:
    """Cut lines into CSV records of ``width`` fields, the header line left out."""
    source = _Lookahead(lines)
    next(source, None)
    for line in source:
        if not line.data.strip(BLANKS):
            continue
        try:
            text = _text(line, limits)
            if '"' in text:
                taken, fields = _quoted_record(line, source, width, limits)
                yield Record(taken, fields, None)
                continue
            if "\r" in text:
                raise Malformed("a carriage return stands inside the line")
            yield Record(line, _of_width(text.split(","), width), None)
        except Malformed as reason:
            yield Record(line, None, str(reason))


class _Lookahead:
    """Lines that can be given back, so that they are read again."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._lines = iter(lines)
        self._returned: deque[Line] = deque()

    def __iter__(self) -> _Lookahead:
        return self

    def __next__(self) -> Line:
        return self._returned.popleft() if self._returned else next(self._lines)

    def give_back(self, lines: list[Line]) -> None:
        self._returned.extendleft(reversed(lines))


def _quoted_record(line: Line, source: _Lookahead, width: int, limits: LimitSettings) -> tuple[Line, list[str]]:
    """Parse the record that starts at ``line``, taking further lines while quotes are open.

    Raises:
        Malformed: The lines make no record of ``width`` fields; those after the first are given back.
    """
    taken = [line]

    def texts() -> Iterator[str]:
        size = line.size
        yield line.data.decode().lstrip("\r") + "\n"
        for further in source:
            taken.append(further)
            size += 1 + further.size
            if size > limits.max_line_bytes:
                return
            try:
                yield further.data.decode() + "\n"
            except UnicodeDecodeError:
                return

    try:
        fields = _of_width(quoted_fields(texts()), width)
    except Malformed:
        source.give_back(taken[1:])
        raise
    data = b"\n".join(part.data for part in taken)
    return Line(line.number, data, len(data)), fields


def _of_width(fields: list[str], width: int) -> list[str]:
    """Check the number of fields; commas after the last one are let pass, as strict reading does."""
    if len(fields) < width or any(fields[width:]):
        raise Malformed(f"{len(fields)} fields where the header has {width}")
    return fields[:width]


def _check_json(line: bytes, limits: LimitSettings) -> None:
    """Refuse a line that is nested too deep or has too many keys, before it is parsed: both cost without end."""
    if line.count(b"[") + line.count(b"{") <= limits.max_nesting and line.count(b":") <= limits.max_columns:
        return
    depth, n_keys = most_nested(line)
    if depth > limits.max_nesting:
        found = f"lists and objects are nested {depth:,} levels deep"
        raise Malformed(beyond(limits, "max_nesting", found, "flatten them, or raise that setting"))
    if n_keys > limits.max_columns:
        raise Malformed(beyond(limits, "max_columns", f"the line has {n_keys:,} keys", "leave out what is not needed"))


def _text(line: Line, limits: LimitSettings) -> str:
    """Return a line's text without carriage returns at its ends."""
    if line.size > limits.max_line_bytes:
        found = f"the line has {line.size:,} bytes"
        raise Malformed(beyond(limits, "max_line_bytes", found, "shorten it, or raise that setting"))
    try:
        return line.data.decode().strip("\r")
    except UnicodeDecodeError as error:
        raise Malformed(f"not UTF-8 at byte {error.start + 1} of the line") from error


def _table(records: list[Record], fields: list[str]) -> pa.Table:
    columns: dict[str, pa.Array] = {
        "line": pa.array([record.line.number for record in records], pa.int64()),
        "malformed": pa.array([record.malformed for record in records], pa.string()),
        "raw_text": pa.array([_raw_text(record.line) for record in records], pa.string()),
        "raw_sha256": pa.array([_raw_sha256(record.line) for record in records], pa.string()),
        "raw_bytes": pa.array([record.line.size for record in records], pa.int64()),
    }
    for position, name in enumerate(fields):
        values = [record.fields[position] if record.fields else None for record in records]
        columns[name] = pa.array(values, pa.string())
    return pa.table(columns)


def _raw_text(line: Line) -> str:
    return line.data[:RAW_BYTES].decode(errors="backslashreplace")[:RAW_BYTES]


def _raw_sha256(line: Line) -> str | None:
    return hashlib.sha256(line.data).hexdigest() if line.size > RAW_BYTES and line.sha256 is None else line.sha256
