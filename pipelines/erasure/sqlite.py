"""Dagster's SQLite files without the person: rows changed, then the file packed, so that no freed page has them."""

from __future__ import annotations

import sqlite3
import zlib
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from pipelines.privacy.needles import Needles
from pipelines.sql import identifier

DatabaseError = sqlite3.DatabaseError
MAGIC = b"SQLite format 3\x00"

_WAIT_SECONDS = 30


def rewrite(path: Path, needles: Needles, *, applies: bool) -> int:
    """Change every value of a database in place; returns how many.

    Raises:
        sqlite3.OperationalError: Another process went on writing to it, or reading what it was; the next try goes on.
    """
    # Closing a connection that may write moves the write-ahead log into the file.
    address = f"file:{quote(str(path))}?mode={'rw' if applies else 'ro'}"
    with closing(sqlite3.connect(address, uri=True, timeout=_WAIT_SECONDS, isolation_level=None)) as con:
        if applies:
            con.execute("pragma secure_delete = on")
        tables = [name for (name,) in con.execute("select name from sqlite_master where type = 'table'")]
        found = [change for table in tables for change in _changes(con, table, needles)]
        if found and applies:
            con.execute("begin immediate")
            for table, column, row, value in found:
                con.execute(f"update {identifier(table)} set {identifier(column)} = ? where rowid = ?", [value, row])
            con.execute("commit")
        if applies and (found or _has_log(path)):
            # Pages that an earlier, killed erasure freed go with these.
            con.execute("vacuum")
            (is_busy, *_), *_ = con.execute("pragma wal_checkpoint(truncate)").fetchall()
            if is_busy:  # the old pages stay in the file until its reader has ended
                raise sqlite3.OperationalError(f"another process went on reading it for {_WAIT_SECONDS} seconds")
    return len(found)


def values(path: Path) -> list[str | bytes]:
    """Every text and blob of a database."""
    with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=_WAIT_SECONDS)) as con:
        tables = [name for (name,) in con.execute("select name from sqlite_master where type = 'table'")]
        rows = (row for table in tables for row in con.execute(f"select * from {identifier(table)}"))
        return [_unpacked(value) for row in rows for value in row if isinstance(value, str | bytes)]


def _changes(con: sqlite3.Connection, table: str, needles: Needles) -> list[tuple[str, str, int, str | bytes]]:
    try:
        cursor = con.execute(f"select rowid, * from {identifier(table)}")
    except sqlite3.OperationalError:
        return []  # a table without row ids, or a virtual one
    columns = [column[0] for column in cursor.description[1:]]
    found: list[tuple[str, str, int, str | bytes]] = []
    for row, *cells in cursor:
        for column, value in zip(columns, cells, strict=True):
            if isinstance(value, str | bytes) and (new := _changed(value, needles)) != value:
                found.append((table, column, row, new))
    return found


def _changed(value: str | bytes, needles: Needles) -> str | bytes:
    if isinstance(value, str):
        return needles.text(value, is_json=True)
    plain = _unpacked(value)
    if isinstance(plain, str):
        return value
    new = needles.text(plain.decode("utf-8", "surrogateescape"), is_json=True).encode("utf-8", "surrogateescape")
    if new == plain:
        return value
    return zlib.compress(new) if plain != value else new


def _unpacked(value: str | bytes) -> str | bytes:
    if isinstance(value, bytes) and value[:1] == b"\x78":
        try:
            return zlib.decompress(value)
        except zlib.error:
            return value
    return value


def _has_log(path: Path) -> bool:
    log = path.with_name(f"{path.name}-wal")
    return log.exists() and log.stat().st_size > 0  # an empty one is left by whoever only read
