"""Whether two ways made the same tables: row counts and sums of row hashes, whatever the order of rows."""

from __future__ import annotations

from pathlib import Path

import duckdb

Digest = dict[str, tuple[int, str]]

TYPES = {"boolean": "boolean", "varchar": "varchar", "double": "double", "date": "date", "timestamp": "date"}
"""Types that are compared as they are; every other type is a whole number."""


def digests(folder: Path, tables: tuple[str, ...]) -> Digest:
    """Row count and checksum of each table under a way's folder: in a database, or as Parquet.

    Columns are compared by name, numbers as 64 bits.
    """
    database = next((path for path in folder.glob("*.duckdb") if path.stem != "warehouse"), None)
    with duckdb.connect() as con:
        if database:
            con.execute(f"attach '{database}' as made (read_only)")
        found = {}
        for table in tables:
            schema = "marts" if database and database.stem == "analytics" else "main"
            source = f"made.{schema}.{table}" if database else f"read_parquet('{folder / 'marts' / table}.parquet')"
            columns = sorted(con.execute(f"describe from {source}").fetchall())
            values = ", ".join(
                f"{name}::{TYPES.get(str(type_).lower().split('_')[0], 'bigint')}" for name, type_, *_ in columns
            )
            query = f"select count(*), sum(hash({values})::hugeint)::varchar from {source}"
            found[table] = con.execute(query).fetchall()[0]
    return found
