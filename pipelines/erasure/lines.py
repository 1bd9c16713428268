"""One delivered record without the person: fields of a CSV line, values of a JSON line; nothing else changes."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from json.decoder import scanstring  # type: ignore[attr-defined]

from pipelines.contract import Log
from pipelines.privacy.names import ERASED, MEMBER_COLUMNS, OWNERS
from pipelines.privacy.needles import Needles
from pipelines.privacy.tables import is_private, kept_value, speaks_of

_MOST_LINES = 1000
_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\r\n]*")


class Record:
    """What is known of the fields of a record by their names, and what becomes of each."""

    def __init__(self, log: Log, needles: Needles, fields: dict[str, str | None]) -> None:
        """Take the fields as text, and decide once whose record it is."""
        self.log, self.needles = log, needles
        self._known = {column.name for column in log.own_columns}
        self.is_own = self._is_own(fields)

    def _is_own(self, fields: dict[str, str | None]) -> bool:
        needles = self.needles
        marks = {*needles.ids, *needles.ids.values()}

        def names_one(name: str) -> bool:
            return (fields.get(name) or "").strip(" ") in marks

        if any(map(names_one, OWNERS[self.log.name])):
            return True
        if self.log.name == "content" and not (fields.get("author_id") or "").strip(" "):
            return (fields.get("content_id") or "").strip(" ") in needles.all_pieces
        # A file that names its columns otherwise says nowhere else whose a row is.
        lacks = OWNERS[self.log.name] and not any(name in fields for name in OWNERS[self.log.name])
        return bool(lacks) and any(names_one(name) for name in fields if name not in self._known)

    def value(self, name: str, value: str) -> str | None:
        """Return what the field ``name`` holds from now on; None where nothing."""
        needles = self.needles
        if name in MEMBER_COLUMNS:
            return needles.member(value)
        if self.is_own and is_private(self.log, name):
            return value if kept_value(name, value, needles) else None
        if name not in self._known and not value.strip(" ").isdecimal():
            value = needles.member(value)
        return needles.cell(name, value)


def csv_records(lines: Iterable[bytes], width: int) -> Iterator[bytes]:
    """Join the lines of a record that has line breaks between quotes; a quote left open joins nothing."""
    waiting, source = deque[bytes](), iter(lines)

    def take() -> bytes | None:
        return waiting.popleft() if waiting else next(source, None)

    while (line := take()) is not None:
        if line.count(b'"') % 2 == 0:
            yield line
            continue
        joined = [line]
        n_quotes = line.count(b'"')
        while n_quotes % 2 and len(joined) < _MOST_LINES and (more := take()) is not None:
            joined.append(more)
            n_quotes += more.count(b'"')
        whole = b"".join(joined)
        if len(joined) > 1 and (n_quotes % 2 or len(fields_of(whole) or ()) != width):
            waiting.extendleft(reversed(joined[1:]))
            yield line
        else:
            yield whole


def fields_of(record: bytes) -> list[str] | None:
    """Return the fields of a CSV record; None where it has no readable fields."""
    try:
        rows = list(csv.reader(io.StringIO(record.decode(), newline=""), strict=True))
    except (csv.Error, UnicodeDecodeError):
        return None
    return rows[0] if len(rows) == 1 else None


def csv_record(record: bytes, columns: Sequence[str], log: Log, needles: Needles) -> bytes:
    """Return a CSV record without the person; one whose fields cannot be told goes as a whole, and stays malformed."""
    fields = fields_of(record)
    if fields is None or len(fields) != len(columns):
        return _malformed(record, needles)
    known = Record(log, needles, dict(zip(columns, fields, strict=True)))
    new = [known.value(name, value) or "" for name, value in zip(columns, fields, strict=True)]
    if new == fields:
        return record
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="").writerow(new)
    return written.getvalue().encode() + _ending(record)


def json_record(record: bytes, log: Log, needles: Needles) -> bytes:
    """Return a JSON line without the person; what does not change keeps its spelling."""
    try:
        line = record.decode()
        spans = json_spans(line)
    except ValueError:
        return _malformed(record, needles)
    known = Record(log, needles, {name: json_text(line[start:end]) for name, start, end in spans})
    pieces, last = [], 0
    for name, start, end in spans:
        raw = line[start:end]
        new = _json_value(raw, name, known, needles)
        if new != raw:
            pieces += [line[last:start], new]
            last = end
    return ("".join(pieces) + line[last:]).encode() if pieces else record


def _json_value(raw: str, name: str, known: Record, needles: Needles) -> str:
    if raw == "null":
        return raw
    if raw[0] in "[{":
        if known.is_own and is_private(known.log, name):
            return "null"
        return needles.text(raw, is_json=True)
    value = json_text(raw) or ""
    new = known.value(name, value)
    if new is None:
        return "null"
    return raw if new == value else json.dumps(new, ensure_ascii=False)


def json_text(raw: str) -> str | None:
    """Return the text of a JSON value as ingestion reads it; a number keeps its spelling."""
    if raw == "null":
        return None
    return str(json.loads(raw)) if raw[0] == '"' else raw


def json_spans(line: str) -> list[tuple[str, int, int]]:
    """Return each key of a JSON object with the place of its value.

    Raises:
        ValueError: The line is no JSON object.
    """
    found: list[tuple[str, int, int]] = []
    position = _skip(line, 0)
    if line[position : position + 1] != "{":
        raise ValueError("no JSON object")
    position = _skip(line, position + 1)
    while line[position : position + 1] == '"':
        name, position = scanstring(line, position + 1, True)
        position = _skip(line, position)
        if line[position : position + 1] != ":":
            raise ValueError("no JSON object")
        start = _skip(line, position + 1)
        _, end = _DECODER.raw_decode(line, start)
        found.append((name, start, end))
        position = _skip(line, end)
        if line[position : position + 1] == ",":
            position = _skip(line, position + 1)
    if line[position : position + 1] != "}" or _skip(line, position + 1) != len(line):
        raise ValueError("no JSON object")
    return found


def _skip(line: str, position: int) -> int:
    found = _SPACE.match(line, position)
    return found.end() if found else position


def _malformed(record: bytes, needles: Needles) -> bytes:
    line = record.decode("utf-8", "surrogateescape")
    return ERASED.encode() + _ending(record) if speaks_of(line, needles) else record


def _ending(record: bytes) -> bytes:
    if record.endswith(b"\r\n"):
        return b"\r\n"
    return b"\n" if record.endswith(b"\n") else b""
