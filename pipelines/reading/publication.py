"""A published database, and the marts beside it that are too large for it: where these lie, and opening both.

A view of the database reads each of them. Its path is absolute, because a relative one is looked for where the client
works; the variable says otherwise wherever the publication is a copy, or not yet at its place.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipelines.sql import as_named, literal

BESIDE = "marts"
"""Folder beside a published database: a Parquet file for each mart that is not in it."""

FOLDER = "guildbook_folder"
"""Variable of a connection: the folder of the publication, where it is not the one that the views name."""

_AS_WRITTEN = "hive_partitioning = false"
"""A folder on the way whose name has ``=`` is no column."""

Config = dict[str, str | bool | int | float | list[str]]


def beside(database: Path) -> list[Path]:
    """Return the files of the marts beside a published database, by name."""
    return sorted(database.with_name(BESIDE).glob("*.parquet"))


def file_of(database: Path, mart: str) -> Path:
    """Return the file of a mart beside a published database."""
    return database.with_name(BESIDE) / f"{mart}.parquet"


def view_of(mart: str, folder: Path) -> str:
    """Return the query of the view that reads a mart beside the database of a publication in this folder."""
    place = f"coalesce(getvariable({literal(FOLDER)}), {literal(as_named(folder))})"
    return f"select * from read_parquet({place} || {literal(f'/{BESIDE}/{as_named(mart)}.parquet')}, {_AS_WRITTEN})"


def tell_folder(con: duckdb.DuckDBPyConnection, database: Path) -> None:
    """Tell a connection where what lies beside a published database is, to which it is attached now or soon."""
    con.execute(f"set variable {FOLDER} = {literal(as_named(database.resolve().parent))}")


def open_published(database: Path, config: Config | None = None) -> duckdb.DuckDBPyConnection:
    """Open a published database read-only: the one that is up now, should the path go through the link."""
    place = database.resolve()
    con = duckdb.connect(str(place), read_only=True, config=config or {})
    tell_folder(con, place)
    return con
