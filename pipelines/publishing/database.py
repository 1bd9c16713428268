"""The published database: the file of the marts, copied, that older DuckDB clients can open and nobody can write."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from pipelines.files import copy_file, sync
from pipelines.home import Home
from pipelines.lake.duck import connect
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

    Args:
        marts: What dbt built, in the format that is published.
        target: The new file; it must not be there.
        settings: Threads and memory, and whether names are shown.
        version: Number of the publication.
        through_day: Last day of the data.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with connect(Home(settings.home), settings) as con:
        if settings.show_names:
            con.execute(f"attach {literal(marts)} as built")  # what a killed run wrote last is moved into the file
            con.execute("detach built")
            copy_file(marts, target)
            con.execute(f"attach {literal(target)} as published")
        else:
            con.execute(f"attach {literal(marts)} as built (read_only)")
            con.execute(f"attach {literal(target)} as published (storage_version {literal(STORAGE_VERSION)})")
            _write_nameless(con)
        con.execute("create table published.marts.publication (version bigint, through_day date)")
        con.execute("insert into published.marts.publication values (?, ?)", [version, through_day])
        for thing, comment in PUBLICATION_COMMENTS.items():
            con.execute(f"comment on {thing} is {literal(comment)}")
        con.execute("checkpoint published")
        con.execute("detach published")
    target.chmod(0o400)
    sync(target)


def _write_nameless(con: duckdb.DuckDBPyConnection) -> None:
    """Write the marts row by row without what members are called: a copied file may keep it in a block that is free."""
    con.execute("set preserve_insertion_order = false")
    con.execute("copy from database built to published (schema)")
    for (table,) in con.execute("select table_name from duckdb_tables() where database_name = 'built'").fetchall():
        columns = "* replace (null as display_name, null as profile_url)" if table == NAMED else "*"
        name = f"marts.{identifier(table)}"
        con.execute(f"insert into published.{name} select {columns} from built.{name}")
