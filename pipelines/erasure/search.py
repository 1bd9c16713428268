"""A search of every byte under a folder, packed files unpacked: proves that a person is nowhere. Knows no rewriting."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.erasure import sqlite
from pipelines.erasure.places import places
from pipelines.privacy.names import is_distinctive
from pipelines.privacy.needles import Needles
from pipelines.sql import identifier, literal

_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")
_UNPACKED = {".gz": "gzip", ".zst": "zstd"}
_DATABASES = {".db", ".duckdb"}


@dataclass(frozen=True)
class Searched:
    """Files and bytes that were looked through, unpacked ones counted as unpacked, and where something was found."""

    n_files: int
    n_bytes: int
    found: dict[Path, int]


def search(root: Path, needles: Needles, con: duckdb.DuckDBPyConnection) -> Searched:
    """Look for persons in all files: as UTF-8 and UTF-16, raw and unpacked, values of Parquet, DuckDB and SQLite.

    Looked for are distinctive ids, as words, and long texts of theirs, in every form that a file may write them in. In
    the bytes of a database an id counts between letters too, unless one of its values has it there.

    Args:
        root: Folder with the files.
        needles: Whom to look for.
        con: In-memory database to which each DuckDB file is attached for a while.
    """
    wanted = [core.encode(encoding) for core in needles.cores for encoding in _ENCODINGS]
    ids = [one.encode("utf-8", "surrogatepass") for one in needles.ids if is_distinctive(one)]
    n_files, n_bytes, found = 0, 0, {}
    for place in places(root):
        n_files += 1
        n_found = 0
        packed: set[bytes] = set()
        for number, block in enumerate(_blocks(place.path, con)):
            n_bytes += len(block)
            if any(one in block for one in wanted):
                n_found += sum(map(needles.count, _readings(block)))
            if number == 0 and place.path.suffix.lower() in _DATABASES:
                packed = {one for one in ids if one in block}
            else:
                packed -= {one for one in packed if one in block}
        n_found = n_found + needles.count(place.path.name) or len(packed)
        if n_found:
            found[place.path] = n_found
    return Searched(n_files, n_bytes, found)


def _readings(block: bytes) -> Iterator[str]:
    yield block.decode("utf-8", "replace")
    if b"\x00" in block:
        for start in (0, 1):
            yield block[start:].decode("utf-16-le", "replace")
            yield block[start:].decode("utf-16-be", "replace")


def _blocks(path: Path, con: duckdb.DuckDBPyConnection) -> Iterator[bytes]:
    yield path.read_bytes()
    try:
        yield from _inside(path, con)
    except (pa.ArrowException, OSError, EOFError, zipfile.BadZipFile, duckdb.Error, sqlite.DatabaseError):
        return  # it cannot be unpacked; its bytes were looked at


def _inside(path: Path, con: duckdb.DuckDBPyConnection) -> Iterator[bytes]:
    suffix = path.suffix.lower()
    if suffix == ".gz":
        with gzip.open(path) as packed:
            yield packed.read()
    elif suffix == ".zst":
        with pa.input_stream(str(path), compression=_UNPACKED[suffix]) as stream:
            yield stream.read()
    elif suffix == ".parquet":
        with pq.ParquetFile(path) as file:
            for number in range(file.num_row_groups):
                yield from _texts(file.read_row_group(number))
            yield str(file.schema_arrow.metadata).encode()
    elif suffix == ".duckdb":
        con.execute(f"attach {literal(path)} as looked_at (read_only)")
        try:
            for schema, table in con.execute(
                "select schema_name, table_name from duckdb_tables() where database_name = 'looked_at'"
            ).fetchall():
                yield from _values(con, f"looked_at.{identifier(schema)}.{identifier(table)}")
        finally:
            con.execute("detach looked_at")
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                yield archive.read(name)
    elif suffix == ".db":
        for value in sqlite.values(path):
            yield value.encode() if isinstance(value, str) else value


def _texts(table: pa.Table) -> Iterator[bytes]:
    """Different values of all columns of text, a line each."""
    for name in table.column_names:
        column = table[name]
        if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
            column = pc.list_flatten(column)
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            yield "\n".join(filter(None, pc.unique(column).to_pylist())).encode("utf-8", "surrogatepass")
        elif not pa.types.is_primitive(column.type):
            yield repr(column.to_pylist()).encode("utf-8", "surrogatepass")


def _values(con: duckdb.DuckDBPyConnection, table: str) -> Iterator[bytes]:
    """Different values of all columns of text, a line each."""
    for name, kind, *_ in con.execute(f"describe select * from {table}").fetchall():
        if "VARCHAR" in kind or kind == "BLOB":
            rows = con.execute(f"select distinct {identifier(name)}::varchar from {table}").fetchall()
            yield "\n".join(value for (value,) in rows if value is not None).encode("utf-8", "surrogatepass")
