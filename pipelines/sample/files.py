"""Landing files: one log's delivery as csv, gzipped csv, jsonl or Parquet, the same bytes on every run."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.contract import LOGS, Type
from pipelines.sample.calendar import Calendar, Texts
from pipelines.sample.delivery import Parcel, break_values, broken_lines

FORMATS = {"interactions": "csv.gz", "content": "jsonl", "payments": "parquet"}
"""Format of each log's files; the others are csv."""
BOM_LOGS = ("feedback",)
"""Logs whose csv files open with a byte order mark, as spreadsheets write them."""

Row = dict[str, object]


@dataclass
class Delivered:
    """What was written of one log."""

    lines: int = 0
    """Rows and broken lines; headers excluded."""
    files: int = 0
    broken: Counter[str] = field(default_factory=Counter)
    """Broken lines by reason."""


def write_parcel(rng: np.random.Generator, landing: Path, parcel: Parcel, calendar: Calendar) -> Delivered:
    """Write all files of one log below ``landing``."""
    log, rows = parcel.table.log, parcel.table.rows
    extension = FORMATS.get(log, "csv")
    names = list(rows.columns)
    lines = None if extension == "parquet" else _lines(extension, names, rows.to_numpy())
    values, delivered = rows.to_numpy(), Delivered()
    file_of = parcel.log_day * 2 + parcel.resend
    edges = np.flatnonzero(np.diff(file_of)) + 1
    for chosen in np.split(np.arange(len(file_of)), edges):
        day, resend = calendar.day(parcel.log_day[chosen[0]]).isoformat(), bool(parcel.resend[chosen[0]])
        path = landing / log / day / f"{log}-{day}{'-resend' if resend else ''}.{extension}"
        path.parent.mkdir(parents=True, exist_ok=True)
        index = parcel.row[chosen]
        broken = broken_lines(rng, len(index))
        sources = [dict(zip(names, values[at], strict=True)) for at in rng.choice(index, broken)]
        places = rng.integers(0, len(index) + 1, broken).tolist()
        if lines is None:
            body = list(values[index])
            for place, row in zip(places, sources, strict=True):
                delivered.broken[break_values(rng, log, row, [])] += 1
                body.insert(place, np.array([row[name] for name in names], dtype=object))
            _write_parquet(path, log, names, body)
        else:
            text = [lines[at] for at in index.tolist()]
            for place, row in zip(places, sources, strict=True):
                reason, line = _broken_line(rng, log, extension, names, row)
                delivered.broken[reason] += 1
                text.insert(place, line)
            head = [] if extension == "jsonl" else [_csv_lines([names])[0]]
            data = b"\n".join([*head, *text, b""])
            data = b"\xef\xbb\xbf" + data if log in BOM_LOGS else data
            path.write_bytes(gzip.compress(data, 6, mtime=0) if extension.endswith(".gz") else data)
        delivered.lines += len(index) + broken
        delivered.files += 1
    return delivered


def _lines(extension: str, names: list[str], values: Texts) -> list[bytes]:
    if extension == "jsonl":
        return [_json_line(dict(zip(names, row, strict=True))) for row in values]
    return _csv_lines(values)


def _csv_lines(rows: Iterable[Iterable[object]]) -> list[bytes]:
    """Write rows as csv; the sample's texts hold no line breaks."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue().encode().split(b"\n")[:-1]


def _json_line(row: Row) -> bytes:
    known = {name: value for name, value in row.items() if value is not None}
    return json.dumps(known, ensure_ascii=False, separators=(",", ":")).encode()


def _broken_line(rng: np.random.Generator, log: str, extension: str, names: list[str], row: Row) -> tuple[str, bytes]:
    own = "broken_json" if extension == "jsonl" else "field_count"
    reason = break_values(rng, log, row, [own, "not_utf8"])
    fields = [row[name] for name in names]
    if reason == "field_count":
        fields = fields[:2] if rng.random() < 0.5 else [*fields, "surplus", "surplus"]
    line = _json_line(row) if extension == "jsonl" else _csv_lines([fields])[0]
    if reason == "broken_json":
        line = line[: len(line) // 2]
    elif reason == "not_utf8":
        cut = line.index(str(row[names[0]]).encode()) + 1
        line = line[:cut] + b"\xff\xfe" + line[cut:]
    return reason, line


def _write_parquet(path: Path, log: str, names: list[str], rows: list[Texts]) -> None:
    types = [pa.int64() if LOGS[log].column(name).type is Type.INTEGER else pa.string() for name in names]
    columns = zip(*rows, strict=True)
    arrays = [pa.array(column, type=type_) for column, type_ in zip(columns, types, strict=True)]
    pq.write_table(pa.table(arrays, names=names), path, compression="zstd")
