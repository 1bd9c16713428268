"""Rows of a database without the erased: their ids, and the personal texts of their rows, by the columns of the log.

A text leaves a mark, so that two states of a row that differed still do.
"""

from __future__ import annotations

import json
from dataclasses import replace

from pipelines.contract import LOGS, Type
from pipelines.privacy.names import MEMBER_COLUMNS, OWNERS
from pipelines.privacy.needles import Needles
from pipelines.privacy.tables import is_private, kept_value
from pipelines.sources.definition import Named
from pipelines.sources.gone import Gone, is_tombstone, prefixed
from pipelines.sources.kept import Answer


def learn(named: Named, stream: str, answer: Answer, gone: Gone) -> dict[str, str]:
    """Note the contents of the erased: a row that names no author is theirs too."""
    if stream != "content":
        return {}
    return {
        _content(named, row): mark
        for row in json.loads(answer.text)
        if (mark := _erased(named, row.get("author_id", ""), gone)) and row.get("content_id")
    }


def forget(named: Named, stream: str, answer: Answer, gone: Gone) -> Answer:
    """Return an answer, a list of rows of the log that its stream is called after, without the erased."""
    rows = json.loads(answer.text)
    new = [without(named, stream, row, gone) for row in rows]
    return answer if new == rows else replace(answer, text=json.dumps(new, ensure_ascii=False))


def without(named: Named, log: str, row: dict[str, str], gone: Gone) -> dict[str, str]:
    """Return a row without the erased; ids that hold a tombstone have the source's prefix already."""
    marks = {name: mark for name in MEMBER_COLUMNS & row.keys() if (mark := _erased(named, row[name], gone))}
    needles = gone.needles
    if marks:
        needles = needles.merged(Needles({prefixed(named.prefix, row[name]): mark for name, mark in marks.items()}))
    if not needles.ids and log != "content":
        return row
    known = {column.name for column in LOGS[log].own_columns}
    ids = {column.name for column in LOGS[log].own_columns if column.type is Type.ID}
    is_own = any(name in marks for name in OWNERS[log]) or (
        log == "content" and not row.get("author_id") and gone.of(_content(named, row)) is not None
    )
    new: dict[str, str] = {}
    for name, value in row.items():
        if name in marks:
            new[name] = marks[name]
        elif is_own and is_private(LOGS[log], name):
            new[name] = value if kept_value(name, value, needles) else gone.mark(value)
        elif name in ids:
            landed = prefixed(named.prefix, value)
            changed = needles.cell(name, landed)
            new[name] = value if changed == landed else changed or ""
        elif name not in known and not value.strip(" ").isdecimal() and (mark := _erased(named, value, gone)):
            new[name] = mark
        else:
            changed = needles.cell(name, value)
            new[name] = gone.mark(value) if changed is None else changed
    return new


def _erased(named: Named, id_: str, gone: Gone) -> str | None:
    """Return the tombstone of a member's id as the database has it."""
    if not id_ or is_tombstone(id_):
        return id_ or None
    return gone.of(prefixed(named.prefix, id_.strip(" ")))


def _content(named: Named, row: dict[str, str]) -> str:
    return f"{named.prefix}#{row.get('content_id', '')}"
