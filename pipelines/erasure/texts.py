"""Files of text without the person: pages, scripts, JSON, tables of the site and exports, logs of runs."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from pipelines.erasure import delivered
from pipelines.ingest.profile import forget
from pipelines.lake.delivery import DELIVERY, FORMER, delivery_text
from pipelines.privacy import tables
from pipelines.privacy.names import MEMBER_COLUMNS, name_columns
from pipelines.privacy.needles import Needles

PACKED = {".gz": "gzip", ".zst": "zstd"}
_JSON = {".json", ".js", ".jsonl", ".ndjson"}
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def rewrite(path: Path, target: Path, needles: Needles) -> int:
    """Write a file of text without the person to ``target``, byte for byte the same elsewhere; nothing for no change.

    Returns:
        1 if it differs, 0 if not.
    """
    packed = PACKED.get(path.suffix.lower())
    name = path.with_suffix("") if packed else path
    with delivered.opened(path, packed) as stream:
        old = stream.read()
    encoding = "utf-16" if old.startswith(_UTF16) else "utf-8"
    try:
        text = old.decode(encoding, "surrogateescape")
    except UnicodeDecodeError:
        encoding = "latin-1"
        text = old.decode(encoding)
    new = _table(text, needles) if name.suffix == ".csv" else None
    if name.suffix == ".json":
        new = _records(text, needles)
    if new is None:
        new = needles.text(text, is_json=name.suffix in _JSON)
    if path.name in (DELIVERY, FORMER):
        new = _without_samples(path, _fingerprint(new, needles), needles)
    if new == text:
        return 0
    if path.name in (DELIVERY, FORMER):
        new = delivery_text(json.loads(new))
    with delivered.writing(target, packed) as stream:
        stream.write(new.encode(encoding, "surrogateescape"))
    return 1


def _fingerprint(text: str, needles: Needles) -> str:
    """Give what a part was made from the fingerprint of the rewritten files."""
    delivery = json.loads(text)
    day = f"{delivery['log']}/{delivery['log_day']}/"
    old = delivery["fingerprint"]
    return text.replace(old, needles.renamed.get(day + old, old).rpartition("/")[2])


def _without_samples(path: Path, text: str, needles: Needles) -> str:
    """Take the person's hashes out of the samples that the shape of a day keeps."""
    delivery = json.loads(text)
    shape = delivery.get("shape", {})
    less = forget(shape, needles.ids, has_rows=_names_one(path, needles))
    return text if less == shape else json.dumps(delivery | {"shape": less}, ensure_ascii=False, indent=1)


def _names_one(path: Path, needles: Needles) -> bool:
    """Whether the rows beside it name the person: their file is later by name, so it is rewritten after this one."""
    for part in path.parent.glob("*.parquet"):
        columns = [name for name in pq.read_schema(part).names if name in MEMBER_COLUMNS]
        if tables.names_one(pq.read_table(part, columns=columns, partitioning=None), needles):
            return True
    return False


def _records(text: str, needles: Needles) -> str | None:
    """Change a list of records by the names of their keys; None where it is none, or none of them holds an id."""
    try:
        rows = json.loads(text) if text.lstrip().startswith("[") else None
    except ValueError:
        return None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return None
    if not MEMBER_COLUMNS & {name for row in rows for name in row}:
        return None
    new = [{name: _value(name, value, needles) for name, value in row.items()} for row in rows]
    return text if new == rows else json.dumps(new, ensure_ascii=False, indent=1) + "\n"


def _value(name: str, value: Any, needles: Needles) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, list):
        return [_value(name, one, needles) for one in value]
    return needles.cell(name, value) if isinstance(value, str) else value


def _table(text: str, needles: Needles) -> str | None:
    """Change a table by the names of its columns; None where it has none that hold ids."""
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    rows = list(csv.reader(io.StringIO(text.removeprefix(mark), newline="")))
    if not rows or not (MEMBER_COLUMNS | {"title"}) & set(rows[0]):
        return None
    header, *body = rows
    places = [
        (header.index(column), [header.index(name) for name in name_columns(column) if name in header])
        for column in MEMBER_COLUMNS.intersection(header)
    ]
    marks = {*needles.ids, *needles.ids.values()}
    title, piece = (header.index(name) if name in header else None for name in ("title", "content_id"))
    new = []
    for row in body:
        cells = [needles.cell(name, value) or "" for name, value in zip(header, row, strict=False)]
        if title is not None and piece is not None and len(row) == len(header) and row[piece] in needles.all_pieces:
            cells[title] = ""
        for place, names in places if len(row) == len(header) else ():
            if cells[place].strip(" ") in marks:
                for name in names:
                    cells[name] = ""
        new.append([*cells, *row[len(header) :]])
    if new == body:
        return text
    written = io.StringIO(newline="")
    ending = "\r\n" if "\r\n" in text else "\n"
    csv.writer(written, lineterminator=ending).writerows([header, *new])
    return mark + written.getvalue()
