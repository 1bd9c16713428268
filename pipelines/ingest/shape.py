"""Opening a delivered file: its format, compression, columns and counts, or why it is rejected. No row is read."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.ingest.counting import Count, Counter
from pipelines.ingest.names import pair_names

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.contract import Log
    from pipelines.ingest.landing import LandingFile

Format = Literal["csv", "jsonl", "parquet"]

MAX_LINE_BYTES = 2_000_000
"""Longest line that is read; DuckDB's own limit for a CSV line."""

LONG_LINE_BYTES = 65_536
"""Line from which a file is read line by line: DuckDB holds 2,048 of them at once."""

_BLOCK = 1 << 20
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


class Rejected(Exception):  # noqa: N818 - a verdict on a file, not an error of the program
    """A file that cannot be read at all; the message says why and what to do."""


@dataclass(frozen=True)
class Shape:
    """How a file is to be read. Files of equal shape can be read by one query."""

    format: Format
    compression: str | None = None
    columns: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    needs_care: bool = False
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


def inspect(file: LandingFile, log: Log) -> Inspected:
    """Return the shape of a file and what it holds.

    Raises:
        Rejected: The file is empty, of an unknown type, damaged, not UTF-8, or lacks required columns.
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
        return _parquet_shape(file, log)
    first, count = _scan(file, format_, compression)
    needs_care = count.lone_returns > 0 or count.longest_line > LONG_LINE_BYTES
    if format_ == "csv":
        columns = _check_columns(_csv_header(first), log, first)
    elif count.lone_returns and count.lines == 1 and "\r" in first:
        raise Rejected(_LONE_RETURNS)
    else:
        columns = ()
    return Inspected(Shape(format_, compression, columns, needs_care=needs_care), count.records, count.lines)


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


def _parquet_shape(file: LandingFile, log: Log) -> Inspected:
    try:
        footer = pq.read_metadata(file.path)
        schema = footer.schema.to_arrow_schema()
        names = [name.strip() for name in schema.names]
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise Rejected(f"no readable Parquet file ({_brief(error)}); deliver it again") from error
    columns = _check_columns(names, log)
    return Inspected(Shape("parquet", None, columns, tuple(str(type_) for type_ in schema.types)), footer.num_rows)


def _scan(file: LandingFile, format_: Format, compression: str | None) -> tuple[str, Count]:
    """Read a text file to its end; return its first line and what it holds."""
    head, counter = b"", Counter(format_)
    try:
        with pa.input_stream(str(file.path), compression=compression) as stream:
            while block := stream.read(_BLOCK):
                if b"\n" not in head and len(head) < MAX_LINE_BYTES:
                    head += block
                counter.add(block)
    except (pa.ArrowException, OSError) as error:
        doing = "decompressed" if compression else "opened"
        raise Rejected(f"cannot be {doing} ({_brief(error)}); deliver it again") from error
    return _decode_first_line(head), counter.count()


def _decode_first_line(head: bytes) -> str:
    if head.startswith(_UTF16_AND_32) or b"\x00" in head[:4]:
        raise Rejected("the file is UTF-16 or UTF-32; save it as UTF-8")
    line, newline, _ = head.partition(b"\n")
    if not newline and len(head) >= MAX_LINE_BYTES:
        line = b""
    try:
        return str(line.removesuffix(b"\r").decode("utf-8-sig"))
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


def _check_columns(columns: list[str], log: Log, header: str = "") -> tuple[str, ...]:
    """Reject duplicates and missing columns; a file that may withdraw rows needs no more than the key."""
    if doubled := sorted({name for name in columns if columns.count(name) > 1}):
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


def _brief(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
