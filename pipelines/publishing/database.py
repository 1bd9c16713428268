"""The published database: a copy of the marts that older DuckDB clients can open and nobody can write."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pipelines.files import sync
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


def copy_marts(warehouse: Path, target: Path, settings: Settings, *, version: int, through_day: date) -> None:
    """Write schema ``marts`` of the warehouse, comments included, to a new read-only database at ``target``."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with connect(Home(settings.home), settings) as con:
        con.execute("set preserve_insertion_order = false")
        con.execute(f"attach {literal(warehouse)} as warehouse (read_only)")
        con.execute(f"attach {literal(target)} as published (storage_version {literal(STORAGE_VERSION)})")
        con.execute("create schema published.marts")
        tables = con.execute(
            "select table_name, comment from duckdb_tables() "
            "where database_name = 'warehouse' and schema_name = 'marts' order by 1"
        ).fetchall()
        for table, comment in tables:
            name = f"published.marts.{identifier(table)}"
            con.execute(
                f"create table {name} as select {_shown(table, settings)} from warehouse.marts.{identifier(table)}"
            )
            if comment:
                con.execute(f"comment on table {name} is {literal(comment)}")
        for table, column, comment in con.execute(
            "select table_name, column_name, comment from duckdb_columns() "
            "where database_name = 'warehouse' and schema_name = 'marts' and comment is not null"
        ).fetchall():
            con.execute(
                f"comment on column published.marts.{identifier(table)}.{identifier(column)} is {literal(comment)}"
            )
        con.execute("create table published.marts.publication (version bigint, through_day date)")
        con.execute("insert into published.marts.publication values (?, ?)", [version, through_day])
        for thing, comment in PUBLICATION_COMMENTS.items():
            con.execute(f"comment on {thing} is {literal(comment)}")
        con.execute("checkpoint published")
        con.execute("detach published")
    target.chmod(0o400)
    sync(target)


def _shown(table: str, settings: Settings) -> str:
    """Return the columns of a mart; where names are not shown, those of members are empty for whoever reads it."""
    if settings.show_names or table != NAMED:
        return "*"
    return "* replace (null::varchar as display_name, null::varchar as profile_url)"
