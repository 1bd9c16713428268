"""Opening a delivered file: its format, compression, columns and counts, or why it is rejected. No row is read."""

from __future__ import annotations

import csv
import os
from collections import Counter as Counts
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipelines.contract import Log
from pipelines.ingest.landing import LandingFile
from pipelines.ingest.names import pair_names
from pipelines.reading.blocks import Rejected, blocks
from pipelines.reading.counting import Count, Counter
from pipelines.reading.parquet import footer_of
from pipelines.settings.limits import LimitSettings, beyond

Format = Literal["csv", "jsonl", "parquet"]

LONG_LINE_BYTES = 65_536
"""Line from which a file is read line by line: DuckDB holds 2,048 of them at once."""

_FORMATS: dict[str, Format] = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}
_COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}
_WORKBOOK = (
    "a workbook cannot be read: save its sheet as CSV in UTF-8 (Excel: File, Save as, CSV UTF-8; LibreOffice: File, "
    "Save as, Text CSV, character set UTF-8) and deliver that file instead"
)
_ARCHIVE = "an archive cannot be read: unpack it, and deliver the files in it"
_CURES = {
    **dict.fromkeys((".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".numbers"), _WORKBOOK),
    **dict.fromkeys((".zip", ".tar", ".tgz", ".7z", ".rar"), _ARCHIVE),
    ".json": "deliver JSON as one object a line, in a file that ends in .jsonl: jq -c '.[]' makes that of an array",
    ".tsv": "columns are separated by tabs; separate them by commas, in a file that ends in .csv",
}
"""What to do about files of other types that people have."""

_UNKNOWN = "unknown file type; deliver .csv, .jsonl or .ndjson (also as .gz or .zst), or .parquet"
_LONE_RETURNS = "lines end in a carriage return alone; end them in a line feed"
_UTF16_AND_32 = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")


@dataclass(frozen=True)
class Shape:
    """How a file is to be read. Files of equal shape can be read by one query."""

    format: Format
    compression: str | None = None
    columns: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    needs_line_reader: bool = False
    """Whether the file can only be read line by line: strict reading takes carriage returns that stand elsewhere than
    before a line feed for the end of a record, and loses a last record that does not fit into its buffer."""


@dataclass(frozen=True)
class Inspected:
    """A file that can be read: its shape, and what it holds by a count of its own."""

    shape: Shape
    records: int | None
    """None where only a parser can tell."""
    lines: int | None = None
    """Physical lines of a text file."""


def inspect(file: LandingFile, log: Log, limits: LimitSettings) -> Inspected:
    """Return the shape of a file and what it holds.

    Raises:
        Rejected: The file is empty, of an unknown type, damaged, beyond a limit, not UTF-8, or lacks required columns.
    """
    if file.problem:
        raise Rejected(file.problem)
    try:
        os.fsencode(file.name).decode()
    except UnicodeDecodeError:
        raise Rejected("the file name is not UTF-8; rename the file") from None
    format_, compression = form_of(file.path)
    if not file.path.is_file():
        raise Rejected(_UNKNOWN)
    if not file.size:
        raise Rejected("the file is empty (0 bytes); deliver it again, or remove it")
    if format_ == "parquet":
        return _parquet_shape(file, log, limits)
    first, count = _scan(file, format_, compression, limits)
    needs_line_reader = (
        count.lone_returns > 0
        or count.longest_line > min(LONG_LINE_BYTES, limits.max_line_bytes)
        or count.most_brackets > limits.max_nesting
        or count.most_colons > limits.max_columns
    )
    if format_ == "csv":
        columns = _check_columns(_csv_header(first), log, limits, first)
    elif count.lone_returns and count.lines == 1 and "\r" in first:
        raise Rejected(_LONE_RETURNS)
    else:
        columns = ()
    return Inspected(
        Shape(format_, compression, columns, needs_line_reader=needs_line_reader), count.records, count.lines
    )


def form_of(path: Path) -> tuple[Format, str | None]:
    """Return a file's format and compression by its ending.

    Raises:
        Rejected: No file with that ending is read.
    """
    suffixes = [suffix.lower() for suffix in path.suffixes]
    compression = _COMPRESSIONS.get(suffixes[-1]) if suffixes else None
    format_ = _FORMATS.get("".join(suffixes[-2:-1] if compression else suffixes[-1:]))
    if suffixes and (cure := _CURES.get(suffixes[-1])):
        raise Rejected(cure)
    if format_ is None or (compression and format_ == "parquet"):
        raise Rejected(_UNKNOWN)
    return format_, compression


def _parquet_shape(file: LandingFile, log: Log, limits: LimitSettings) -> Inspected:
    schema, n_rows = footer_of(file.path, limits)
    columns = _check_columns([name.strip() for name in schema.names], log, limits)
    return Inspected(Shape("parquet", None, columns, tuple(str(type_) for type_ in schema.types)), n_rows)


def _scan(file: LandingFile, format_: Format, compression: str | None, limits: LimitSettings) -> tuple[str, Count]:
    """Read a text file to its end; return its first line and what it holds."""
    head, counter = b"", Counter(format_)
    for block in blocks(file.path, compression, limits):
        if b"\n" not in head and len(head) < limits.max_line_bytes:
            head += block
            if head.startswith((b"\x1f\x8b", b"\x28\xb5\x2f\xfd")):
                raise Rejected("what is in it is compressed: unpack it, or let its name end in .gz or .zst")
            if head.startswith(b"\x00" * 16):
                raise Rejected("the file starts with NUL bytes: it was not written to its end; deliver it again")
            if head.startswith(_UTF16_AND_32) or b"\x00" in head[:4]:
                raise Rejected("the file is UTF-16 or UTF-32; save it as UTF-8")
        counter.add(block)
    count = counter.count()
    _check_number("max_file_rows", count.records or 0, "records", limits)
    if format_ == "csv" and b"\n" not in head and len(head) > limits.max_line_bytes:
        found = f"the first line has {len(head):,} bytes and more"
        raise Rejected(beyond(limits, "max_line_bytes", found, "it must name the columns and end in a line feed"))
    return _decode_first_line(head), count


def _check_number(name: str, number: int, what: str, limits: LimitSettings) -> None:
    """Reject more than the limit ``name`` allows."""
    if number > getattr(limits, name):
        raise Rejected(beyond(limits, name, f"{number:,} {what}", "divide the file, or raise that setting"))


def _decode_first_line(head: bytes) -> str:
    line, _, _ = head.partition(b"\n")
    try:
        return str(line.rstrip(b"\r").decode("utf-8-sig"))
    except UnicodeDecodeError:
        return ""


def _csv_header(line: str) -> list[str]:
    if "\r" in line:
        raise Rejected(_LONE_RETURNS)
    try:
        header = next(csv.reader([line], strict=True), [])
    except csv.Error as error:
        raise Rejected(f"the header is no line of CSV ({error}); quote a name only as a whole") from error
    if not line.strip():
        raise Rejected("there is no header: the first line must name the columns, in UTF-8")
    return [name.strip() for name in header]


def _check_columns(columns: list[str], log: Log, limits: LimitSettings, header: str = "") -> tuple[str, ...]:
    """Reject too many, double and missing columns; a file that may withdraw rows needs no more than the key."""
    _check_number("max_columns", len(columns), "columns", limits)
    if doubled := sorted(name for name, n in Counts(columns).items() if n > 1):
        raise Rejected(f"the header has {', '.join(map(repr, doubled))} more than once; keep one")
    required = log.key if "op" in columns else tuple(column.name for column in log.columns if column.required)
    missing = [name for name in required if name not in columns]
    if not missing:
        return tuple(columns)
    reason = f"the header lacks {', '.join(missing)}"
    if len(columns) == 1 and (separator := next((mark for mark in ";\t|" if mark in header), None)):
        raise Rejected(f"{reason}: columns are separated by {separator!r}; separate them by commas")
    own = {column.name for column in log.own_columns}
    pairs = pair_names(missing, [name for name in columns if name not in own])
    asked = " ".join(f"{ours}: your `{yours}`?" for ours, yours in pairs.items())
    lacking = ", ".join(name for name in missing if name not in pairs)
    hints = [*([f"rename {asked}"] if asked else []), *([f"add {lacking}"] if lacking else [])]
    raise Rejected(f"{reason}; {'; '.join(hints)}")
