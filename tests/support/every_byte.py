"""Looking for a text in every byte below a folder: in names too, and in what compresses or encodes what it holds."""

from __future__ import annotations

import gzip
import sqlite3
import zipfile
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import duckdb
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

SQLITE, ZIP, GZIP, PARQUET = b"SQLite format 3\0", b"PK\x03\x04", b"\x1f\x8b", b"PAR1"


def holders(folder: Path, texts: Collection[str]) -> set[tuple[str, str]]:
    """Return each file below a folder, by its path, that holds any of the texts, with that text."""
    wanted = [(text, text.encode()) for text in texts]
    found = set()
    for path in sorted(folder.rglob("*")):
        shown = str(path.relative_to(folder))
        found |= {(shown, text) for text, _ in wanted if text in path.name}
        if path.is_symlink():
            found |= {(shown, text) for text, _ in wanted if text in str(path.readlink())}
        elif path.is_file():
            for content in _contents(path):
                found |= {(shown, text) for text, needle in wanted if needle in content}
    return found


def _contents(path: Path) -> Iterator[bytes]:
    """Yield the bytes of a file, then those of what it holds compressed."""
    raw = path.read_bytes()
    yield raw
    if raw.startswith(PARQUET):
        yield repr(pq.read_table(path, partitioning=None).to_pydict()).encode()
        yield repr(pq.read_schema(path).metadata).encode()
    elif raw.startswith(GZIP):
        yield gzip.decompress(raw)
    elif raw.startswith(ZIP):
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(name) for name in archive.namelist())
    elif raw.startswith(SQLITE):
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as con:
            for (table,) in con.execute("select name from sqlite_master where type = 'table'").fetchall():
                yield repr(con.execute(f'select * from "{table}"').fetchall()).encode()
    elif raw[8:12] == b"DUCK":
        with suppress(duckdb.IOException), duckdb.connect(str(path), read_only=True) as con:
            for schema, table in con.execute("select schema_name, table_name from duckdb_tables()").fetchall():
                yield repr(con.execute(f'select * from "{schema}"."{table}"').fetchall()).encode()
            yield repr(con.execute("select sql from duckdb_views()").fetchall()).encode()
