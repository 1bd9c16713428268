"""Rewriting tables held as Arrow: columns of member ids, the texts of the person's own rows, all other text."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.contract import Log
from pipelines.privacy.names import ERASED, KEPT_REASONS, MEMBER_COLUMNS, OWNERS, PRIVATE, name_columns
from pipelines.privacy.needles import Needles


def rewrite(table: pa.Table, needles: Needles, log: Log | None = None) -> tuple[pa.Table, int]:
    """Return a table without the person, and how many values changed.

    Args:
        table: Any table of the home.
        needles: Whom to look for.
        log: The log whose rows these are, columns named as the contract names them; ``extra`` holds unknown ones.
    """
    if not table.num_rows:
        return table, 0
    changed = 0
    own = own_rows(table, needles, log) if log else None
    for position, field in enumerate(table.schema):
        column = table.column(position)
        new, n_changed = _column(column, field, needles)
        if own is not None and log is not None and is_private(log, field.name):
            new, n_emptied = _emptied(new, field, own, needles)
            n_changed += n_emptied
        if n_changed:
            table = table.set_column(position, field.with_type(new.type).with_nullable(True), new)
            changed += n_changed
    for change in (_names, _titles, _quarantined, _fingerprints, _pulls):
        table, n_changed = change(table, needles)
        changed += n_changed
    return table, changed


def names_one(table: pa.Table, needles: Needles) -> bool:
    """Whether any column of member ids has one of the ids."""
    named = (table[name] for name in table.column_names if name in MEMBER_COLUMNS)
    return any(pc.any(_is_in(column, needles.ids)).as_py() for column in named)


def own_rows(table: pa.Table, needles: Needles, log: Log) -> pa.Array:
    """Mark the rows that are the person's: by whose they are, or a content of theirs that names nobody."""
    marks = {*needles.ids, *needles.ids.values()}
    own = pa.array([False] * table.num_rows, pa.bool_())
    for name in OWNERS[log.name]:
        if name in table.column_names:
            own = pc.or_(own, _is_in(table[name], marks))
    if log.name == "content" and {"content_id", "author_id"} <= set(table.column_names):
        nameless = pc.or_(pc.is_null(table["author_id"]), pc.equal(_text(table["author_id"]), ""))
        own = pc.or_(own, pc.and_(pc.fill_null(nameless, True), _is_in(table["content_id"], needles.all_pieces)))
    return own


def is_private(log: Log, name: str) -> bool:
    """Whether a column of the person's rows is emptied: personal text, and all that the contract does not know."""
    known = {column.name for column in log.own_columns} | {"event_day", "log_day"}
    return name in PRIVATE.get(log.name, ()) or name not in known


def kept_value(name: str, value: str, needles: Needles) -> bool:
    """Whether a personal text says nothing of one person: a referrer of many, a reason that figures rest on."""
    return (name == "referrer" and value in needles.shared) or (name == "end_reason" and value in KEPT_REASONS)


def _is_in(column: pa.ChunkedArray, values: Any) -> pa.Array:  # noqa: ANN401 - any collection of texts
    texts = pc.utf8_trim(_text(column), " ")
    found = pc.is_in(texts, value_set=pa.array(sorted(values), pa.string()))
    return pc.fill_null(found, False)


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    try:
        return column.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return pa.chunked_array([pa.nulls(len(column), pa.string())])


def _column(column: pa.ChunkedArray, field: pa.Field, needles: Needles) -> tuple[pa.ChunkedArray, int]:
    kind = field.type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _lists(column, field, needles) if _is_text(kind.value_type) else (column, 0)
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return _binary(column, needles)
    if not _is_text(kind):
        # An id may have been delivered as a number: the tombstone is text, and the column with it.
        if field.name not in MEMBER_COLUMNS or not _is_in(column, needles.ids).to_pandas().any():
            return column, 0
        column = _text(column)
    return mapped(column, lambda value: needles.cell(field.name, value))


def _is_text(kind: pa.DataType) -> bool:
    value = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(value) or pa.types.is_large_string(value) or pa.types.is_string_view(value))


def mapped(column: pa.ChunkedArray, change: Callable[[str], str | None]) -> tuple[pa.ChunkedArray, int]:
    """Change the values of a text column, each different one once; returns the column and how many rows differ."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    different = {value: new for value in pc.unique(column).to_pylist() if value and (new := change(value)) != value}
    if not different:
        return column, 0
    old, new = list(different), pa.array(list(different.values()), column.type)
    places = pc.index_in(column, value_set=pa.array(old, column.type))
    is_other = pc.is_valid(places)
    return pc.if_else(is_other, pc.take(new, places), column), int(pc.sum(is_other).as_py() or 0)


def _lists(column: pa.ChunkedArray, field: pa.Field, needles: Needles) -> tuple[pa.ChunkedArray, int]:
    old = column.to_pylist()
    new = [None if row is None else [_item(field.name, value, needles) for value in row] for row in old]
    n_changed = sum(one != other for one, other in zip(old, new, strict=True))
    return (pa.chunked_array([pa.array(new, field.type)]) if n_changed else column), n_changed


def _item(name: str, value: str | None, needles: Needles) -> str | None:
    return None if value is None else needles.cell(name, value)


def _binary(column: pa.ChunkedArray, needles: Needles) -> tuple[pa.ChunkedArray, int]:
    old = column.to_pylist()
    texts = [None if value is None else value.decode("utf-8", "surrogateescape") for value in old]
    new = [None if one is None else needles.text(one).encode("utf-8", "surrogateescape") for one in texts]
    n_changed = sum(one != other for one, other in zip(old, new, strict=True))
    return (pa.chunked_array([pa.array(new, column.type)]) if n_changed else column), n_changed


def _emptied(column: pa.ChunkedArray, field: pa.Field, own: pa.Array, needles: Needles) -> tuple[pa.ChunkedArray, int]:
    kept = [value for value in _values(column) if isinstance(value, str) and kept_value(field.name, value, needles)]
    goes = pc.and_(own, pc.is_valid(column))
    if kept:
        goes = pc.and_(goes, pc.invert(_is_in(column, kept)))
    n_emptied = int(pc.sum(goes).as_py() or 0)
    if not n_emptied:
        return column, 0
    return pc.if_else(goes, pa.scalar(None, column.type), column), n_emptied


def _values(column: pa.ChunkedArray) -> list[Any]:
    return pc.unique(column).to_pylist() if _is_text(column.type) else []


def _names(table: pa.Table, needles: Needles) -> tuple[pa.Table, int]:
    """Empty what the person is called wherever that stands beside an id."""
    n_changed = 0
    marks = {*needles.ids, *needles.ids.values()}
    for column in MEMBER_COLUMNS.intersection(table.column_names):
        named = [name for name in name_columns(column) if name in table.column_names]
        own = _is_in(table[column], marks) if named else None
        for name in named:
            position = table.column_names.index(name)
            new, n_emptied = _emptied(table[name], table.schema.field(position), own, needles)
            if n_emptied:
                table = table.set_column(position, table.schema.field(position).with_nullable(True), new)
                n_changed += n_emptied
    return table, n_changed


def _titles(table: pa.Table, needles: Needles) -> tuple[pa.Table, int]:
    """Empty the titles of the person's contents, where a table names the content."""
    if not ({"title", "content_id"} <= set(table.column_names) and needles.pieces):
        return table, 0
    position = table.column_names.index("title")
    own = _is_in(table["content_id"], needles.all_pieces)
    new, n_emptied = _emptied(table["title"], table.schema.field(position), own, needles)
    return (table.set_column(position, table.schema.field(position), new) if n_emptied else table), n_emptied


def _quarantined(table: pa.Table, needles: Needles) -> tuple[pa.Table, int]:
    """Empty refused lines that speak of the person: their fields are not known, so all of them go."""
    if not {"raw_text", "raw_sha256"} <= set(table.column_names):
        return table, 0
    raw = table["raw_text"].to_pylist()
    new = [ERASED if text and speaks_of(text, needles) else text for text in raw]
    n_changed = sum(one != other for one, other in zip(raw, new, strict=True))
    if not n_changed:
        return table, 0
    digest = hashlib.sha256(ERASED.encode()).hexdigest()
    kept = table["raw_sha256"].to_pylist()
    sums = [digest if one != other else before for one, other, before in zip(raw, new, kept, strict=True)]
    for name, values in (("raw_text", new), ("raw_sha256", sums)):
        position = table.column_names.index(name)
        table = table.set_column(position, table.schema.field(position), pa.array(values, pa.string()))
    return table, n_changed


def speaks_of(line: str, needles: Needles) -> bool:
    """Whether a refused line holds an id of the person as a word, its tombstone, or a text of theirs."""
    return (
        any(name in line and needles.line_word(name).search(line) is not None for name in needles.ids)
        or needles.text(line) != line
        or any(mark in line for mark in needles.ids.values())
    )


def _fingerprints(table: pa.Table, needles: Needles) -> tuple[pa.Table, int]:
    """Give a log day the fingerprint of its rewritten files, so that it does not look newly delivered."""
    if not ({"log", "log_day", "fingerprint"} <= set(table.column_names) and needles.renamed):
        return table, 0
    rows = table.select(["log", "log_day", "fingerprint"]).to_pylist()
    names = (f"{row['log']}/{row['log_day']}/{row['fingerprint']}" for row in rows)
    new = [needles.renamed.get(name, name).rpartition("/")[2] for name in names]
    n_changed = sum(one != row["fingerprint"] for one, row in zip(new, rows, strict=True) if row["fingerprint"])
    if not n_changed:
        return table, 0
    values = pa.array([one if row["fingerprint"] else None for one, row in zip(new, rows, strict=True)], pa.string())
    position = table.column_names.index("fingerprint")
    return table.set_column(position, table.schema.field(position), values), n_changed


def _pulls(table: pa.Table, needles: Needles) -> tuple[pa.Table, int]:
    """Take user names out of what pulls said, which quotes the platform."""
    names = [re.escape(one.rpartition("@")[2]) for one in needles.learned if "@" in one and not one.startswith("//")]
    if not (names and {"source", "started_at", "reason", "remarks"} <= set(table.column_names)):
        return table, 0
    called = re.compile(rf"(?<!\w)(?:{'|'.join(names)})(?!\w)", re.IGNORECASE)
    n_changed = 0
    for name in ("reason", "remarks"):
        new, n_new = mapped(table[name], lambda text: called.sub(ERASED, text))
        position = table.column_names.index(name)
        table, n_changed = table.set_column(position, table.schema.field(position), new), n_changed + n_new
    return table, n_changed
