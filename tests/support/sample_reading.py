"""Reads landing files without the pipeline, so that the tests share no code with it."""

from __future__ import annotations

import csv
import gzip
import io
import json
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pyarrow.parquet as pq

from pipelines.contract import LOGS, Column, Type
from pipelines.sample import SampleReport

Values = dict[str, object]


@dataclass(frozen=True)
class Sample:
    """A written sample."""

    landing: Path
    ground_truth: Path
    report: SampleReport


@dataclass(frozen=True)
class Line:
    """One delivered line; ``values`` is None where it cannot be parsed at all."""

    log_day: date
    file: str
    values: Values | None


def read_log(landing: Path, log: str) -> list[Line]:
    lines = []
    for path in sorted((landing / log).glob("*/*")):
        for values in _rows(path):
            lines.append(Line(date.fromisoformat(path.parent.name), path.name, values))
    return lines


def _rows(path: Path) -> list[Values | None]:
    if path.suffix == ".parquet":
        return list(pq.read_table(path).to_pylist())
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    raw = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")[:-1]
    if path.suffix == ".jsonl":
        return [_json(line) for line in raw]
    names = next(csv.reader([raw[0].decode()]))
    return [_csv(names, line) for line in raw[1:]]


def _json(line: bytes) -> Values | None:
    try:
        return dict(json.loads(line.decode()))
    except (UnicodeDecodeError, json.JSONDecodeError):
        return None


def _csv(names: list[str], line: bytes) -> Values | None:
    try:
        fields = next(csv.reader(io.StringIO(line.decode())))
    except UnicodeDecodeError:
        return None
    return {name: text or None for name, text in zip(names, fields, strict=True)} if len(fields) == len(names) else None


def problem(log: str, values: Values | None) -> str | None:
    """Why a line breaks the contract, None where it fits."""
    if values is None:
        return "unreadable"
    for column in LOGS[log].own_columns:
        value = values.get(column.name)
        if value is None:
            if column.required:
                return f"{column.name} missing"
        elif not _fits(column, value):
            return f"{column.name}: {value!r}"
    return None


def _fits(column: Column, value: object) -> bool:
    try:
        match column.type:
            case Type.KIND:
                return value in column.kinds
            case Type.TIME | Type.DAY:
                datetime.fromisoformat(str(value))
            case Type.INTEGER:
                int(str(value))
            case Type.NUMBER:
                float(str(value))
            case Type.CURRENCY:
                return str(value) == "CNY"
    except ValueError:
        return False
    return isinstance(value, str) or column.type in (Type.INTEGER, Type.NUMBER)


def accepted(landing: Path, log: str) -> list[Line]:
    return [line for line in read_log(landing, log) if problem(log, line.values) is None]


def moment(value: object) -> datetime:
    """A time as the local wall clock of a community at +08:00."""
    at = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    return at if at.tzinfo is None else (at + (SHANGHAI - at.utcoffset())).replace(tzinfo=None)


SHANGHAI = datetime.fromisoformat("2025-01-01T00:00:00+08:00").utcoffset()
