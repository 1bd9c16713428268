"""Opening DuckDB on the lake and on the warehouse. No query of any log lives here."""

from __future__ import annotations

from contextlib import suppress

import duckdb

from pipelines.home import Home
from pipelines.lake.staging import spill_folder
from pipelines.settings import Settings
from pipelines.sql import literal

_SPACES = " \xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u202f\u205f\u3000"


def connect(home: Home, settings: Settings) -> duckdb.DuckDBPyConnection:
    """Open an in-memory database with the settings' threads, memory and time zone; it spills into the home, quietly."""
    con = duckdb.connect(
        config={
            "threads": settings.threads,
            "memory_limit": settings.memory_limit,
            "temp_directory": str(spill_folder(home)),
            "TimeZone": settings.timezone,
            "autoinstall_known_extensions": False,
        }
    )
    con.execute("set enable_progress_bar = false")
    return con


def open_warehouse(home: Home, *, read_only: bool = True) -> duckdb.DuckDBPyConnection:
    """Open the warehouse with the marts, which lie beside it; each is found by its schema and name."""
    con = duckdb.connect(str(home.warehouse), read_only=read_only)
    try:
        con.execute(f"attach {literal(home.marts)} as built{' (read_only)' if read_only else ''}")
    except duckdb.Error:
        con.close()
        raise
    with suppress(duckdb.CatalogException):  # a build that was killed as it began left no schema
        con.execute("set search_path = 'warehouse.main,built.marts'")
    return con


def trimmed(text: str) -> str:
    """Return a text as DuckDB's ``trim`` leaves it: every kind of space is taken away, no tab and no line end."""
    return text.strip(_SPACES)
