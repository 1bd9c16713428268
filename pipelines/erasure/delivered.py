"""A delivered file without the person: CSV, JSON lines and Parquet, packed or not, record by record."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.contract import Log
from pipelines.erasure.lines import csv_record, csv_records, fields_of, json_record, json_spans, json_text
from pipelines.ingest.shape import form_of
from pipelines.privacy import tables
from pipelines.privacy.names import MEMBER_COLUMNS
from pipelines.privacy.needles import Needles
from pipelines.reading.blocks import Rejected

_BLOCK = 16 << 20
_BOM = b"\xef\xbb\xbf"


def form(path: Path) -> tuple[str, str | None] | None:
    """Return the format and compression of a file that ingestion reads; None for any other."""
    try:
        return form_of(path)
    except Rejected:
        return None


def rewrite(path: Path, target: Path, log: Log, needles: Needles) -> int:
    """Write a delivered file without the person to ``target``; returns how many records differ.

    Writes nothing if none does.
    """
    format_, compression = form(path) or ("csv", None)
    if format_ == "parquet":
        return _rewrite_parquet(path, target, log, needles)
    if not _may_hold(path, compression, format_, log, needles):
        return 0
    n_changed = 0
    with opened(path, compression) as source, writing(target, compression) as sink:
        for record, new in _records(source, format_, log, needles):
            n_changed += record != new
            sink.write(new)
    if not n_changed:
        target.unlink()
    return n_changed


def member_values(path: Path, log: Log) -> set[str]:
    """Return every value of the columns of member ids in a delivered file; malformed records have none."""
    format_, compression = form(path) or ("csv", None)
    found: set[str] = set()
    if format_ == "parquet":
        with pq.ParquetFile(path) as file:
            names = [name for name in file.schema_arrow.names if name.strip() in MEMBER_COLUMNS]
            for batch in file.iter_batches(columns=names):
                for column in batch.columns:
                    found |= {str(value).strip(" ") for value in column.unique().to_pylist() if value is not None}
        return found
    with opened(path, compression) as source:
        lines = _lines(source)
        if format_ == "csv":
            columns = _header(next(lines, b""))
            places = [place for place, name in enumerate(columns) if name in MEMBER_COLUMNS]
            for record in csv_records(lines, len(columns)):
                fields = fields_of(record) or ()
                found.update(fields[place].strip(" ") for place in places if place < len(fields))
        else:
            for record in lines:
                found |= _json_members(record.removeprefix(_BOM))
    return found - {""}


def _json_members(record: bytes) -> set[str]:
    try:
        line = record.decode()
        spans = json_spans(line)
    except ValueError:
        return set()
    values = (json_text(line[start:end]) for name, start, end in spans if name in MEMBER_COLUMNS)
    return {value.strip(" ") for value in values if value}


@contextmanager
def opened(path: Path, compression: str | None) -> Iterator[IO[bytes]]:
    """Open a file for reading, unpacked."""
    with pa.input_stream(str(path), compression=compression) as stream:
        yield stream


@contextmanager
def writing(path: Path, compression: str | None) -> Iterator[Any]:
    """Open a file for writing, packed as it was; the time of packing stays out of it."""
    with path.open("wb") as plain:
        if compression == "gzip":
            with gzip.GzipFile(filename="", mode="wb", fileobj=plain, mtime=0) as packed:
                yield packed
        elif compression:
            with pa.output_stream(plain, compression=compression) as stream:
                yield stream
        else:
            yield plain


def _records(source: IO[bytes], format_: str, log: Log, needles: Needles) -> Iterator[tuple[bytes, bytes]]:
    lines = _lines(source)
    if format_ == "jsonl":
        for record in lines:
            mark = _BOM if record.startswith(_BOM) else b""
            yield record, mark + json_record(record.removeprefix(_BOM), log, needles) if record.strip() else record
        return
    header = next(lines, b"")
    yield header, header
    columns = _header(header)
    for record in csv_records(lines, len(columns)):
        yield record, csv_record(record, columns, log, needles) if record.strip() else record


def _lines(source: IO[bytes]) -> Iterator[bytes]:
    """Lines of a stream; pyarrow's own streams do not give them."""
    rest = b""
    while block := source.read(_BLOCK):
        *lines, rest = (rest + block).split(b"\n")
        yield from (line + b"\n" for line in lines)
    if rest:
        yield rest


def _header(line: bytes) -> list[str]:
    return [name.strip() for name in fields_of(line.removeprefix(_BOM)) or []]


def _may_hold(path: Path, compression: str | None, format_: str, log: Log, needles: Needles) -> bool:
    """Whether a file has to be read record by record: it has an id or a text somewhere, or may hide one in escapes."""
    if log.name == "content":
        return True
    wanted = [core.encode() for core in needles.cores]
    if format_ == "jsonl":
        wanted.append(b"\\u")
    longest, rest = max(map(len, wanted), default=0), b""
    with opened(path, compression) as source:
        while block := source.read(_BLOCK):
            if any(one in rest + block for one in wanted):
                return True
            rest = (rest + block)[-longest:]
    return False


def _rewrite_parquet(path: Path, target: Path, log: Log, needles: Needles) -> int:
    table = pq.read_table(path, partitioning=None)
    new, n_changed = tables.rewrite(_named(table), needles, log)
    if n_changed:
        pq.write_table(new.rename_columns(table.column_names), target, compression="zstd")
    return n_changed


def _named(table: pa.Table) -> pa.Table:
    names = [name.strip() for name in table.column_names]
    return table.rename_columns(names) if len(set(names)) == len(names) else table
