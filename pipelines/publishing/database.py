"""The published database: the file of the marts, copied, that older DuckDB clients can open and nobody can write."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from pipelines.files import copy_file, sync
from pipelines.home import Home
from pipelines.lake.duck import connect
from pipelines.reading.publication import beside, file_of, tell_folder, view_of
from pipelines.settings import Settings
from pipelines.sql import identifier, literal

STORAGE_VERSION = "v1.2.0"
"""Oldest DuckDB storage format that holds the marts; clients from 1.2 on open it, not the writer's default."""

NAMED = "dim_members"
"""The mart that says what members are called; pages, lists and messages read it."""

PUBLICATION_COMMENTS = {
    "table published.marts.publication": "One row: number and last day of this publication.",
    "column published.marts.publication.version": "Number of the publication; a later one has a higher number.",
    "column published.marts.publication.through_day": "Last day of the data, in the community's time zone.",
}
"""Description of the one table that dbt does not make."""


def copy_marts(marts: Path, target: Path, settings: Settings, *, version: int, through_day: date) -> None:
    """Copy the file of the marts, say in the copy which publication it is, and let nobody write it.

    A mart of more rows than one file is to hold is written beside it, and the file has a view of it.

    Args:
        marts: What dbt built, in the format that is published.
        target: The new file; it must not be there.
        settings: Threads and memory, whether names are shown, and from how many rows on a mart lies beside the file.
        version: Number of the publication.
        through_day: Last day of the data.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with connect(Home(settings.home), settings) as con:
        con.execute(f"attach {literal(marts)} as built")  # what a killed run wrote last is moved into the file
        large = _large(con, settings.published_file_rows)
        con.execute("detach built")
        if settings.show_names and not large:
            copy_file(marts, target)
            con.execute(f"attach {literal(target)} as published")
        else:
            con.execute(f"attach {literal(marts)} as built (read_only)")
            con.execute(f"attach {literal(target)} as published (storage_version {literal(STORAGE_VERSION)})")
            tell_folder(con, target)
            _write_rows(con, target, large, settings, version)
        con.execute("create table published.marts.publication (version bigint, through_day date)")
        con.execute("insert into published.marts.publication values (?, ?)", [version, through_day])
        for thing, comment in PUBLICATION_COMMENTS.items():
            con.execute(f"comment on {thing} is {literal(comment)}")
        con.execute("checkpoint published")
        con.execute("detach published")
    for path in (target, *beside(target)):
        path.chmod(0o400)
        sync(path)


def _large(con: duckdb.DuckDBPyConnection, most_rows: int) -> set[str]:
    """Return the marts of more rows than that; only those are counted that may be, by the size that DuckDB guesses."""
    tables = con.execute("select table_name, estimated_size from duckdb_tables() where database_name = 'built'")
    return {
        name
        for name, size in tables.fetchall()
        if size > most_rows and _value(con, f"select count(*) from built.marts.{identifier(name)}") > most_rows
    }


def _write_rows(
    con: duckdb.DuckDBPyConnection, target: Path, large: Collection[str], settings: Settings, version: int
) -> None:
    """Write the marts row by row, large ones beside the file, and none with names that are not to be shown.

    A copied file may keep either in a block that is free.
    """
    con.execute("set preserve_insertion_order = false")
    con.execute("copy from database built to published (schema)")
    for (table,) in con.execute("select table_name from duckdb_tables() where database_name = 'built'").fetchall():
        is_named = table == NAMED and not settings.show_names
        columns = "* replace (null::varchar as display_name, null::varchar as profile_url)" if is_named else "*"
        name = f"marts.{identifier(table)}"
        rows = f"select {columns} from built.{name}"
        if table in large:
            _write_beside(con, target, table, rows)
            _put_view(con, table, Home(settings.home).versions / str(version))
        else:
            con.execute(f"insert into published.{name} {rows}")


def _write_beside(con: duckdb.DuckDBPyConnection, target: Path, table: str, rows: str) -> None:
    """Write a mart as a file of Parquet, by day where it has days, then by its key: these columns come first."""
    path = file_of(target, table)
    path.parent.mkdir(exist_ok=True)
    described = con.execute(f"describe built.marts.{identifier(table)}").fetchall()
    order = sorted((name for name, *_ in described), key=lambda name: name != "day")
    con.execute(
        f"copy ({rows} order by {', '.join(map(identifier, order))}) to {literal(path)} "
        "(format parquet, compression zstd, parquet_version v1)"
    )


def _put_view(con: duckdb.DuckDBPyConnection, table: str, folder: Path) -> None:
    """Replace a table without rows by a view of what lies beside the file, with the same descriptions."""
    place = f"published.marts.{identifier(table)}"
    said = con.execute(
        "select column_name, comment from duckdb_columns() where database_name = 'built' and table_name = ? "
        "and comment is not null",
        [table],
    ).fetchall()
    about = _value(
        con, f"select comment from duckdb_tables() where database_name = 'built' and table_name = {literal(table)}"
    )
    con.execute(f"drop table {place}")
    con.execute(f"create view {place} as {view_of(table, folder)}")
    if about is not None:
        con.execute(f"comment on view {place} is {literal(about)}")
    for column, comment in said:
        con.execute(f"comment on column {place}.{identifier(column)} is {literal(comment)}")


def _value(con: duckdb.DuckDBPyConnection, sql: str) -> Any:  # noqa: ANN401 - whatever the query gives
    return con.execute(sql).fetchall()[0][0]
