"""Opening DuckDB on the lake, and quoting what goes into its SQL. No query of any log lives here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from pipelines.lake.files import spill_folder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipelines.home import Home
    from pipelines.settings import Settings


_SPACES = " \xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u202f\u205f\u3000"


def connect(home: Home, settings: Settings) -> duckdb.DuckDBPyConnection:
    """Open an in-memory database with the settings' threads, memory and time zone; it spills into the home."""
    return duckdb.connect(
        config={
            "threads": settings.threads,
            "memory_limit": settings.memory_limit,
            "temp_directory": str(spill_folder(home)),
            "TimeZone": settings.timezone,
            "autoinstall_known_extensions": False,
        }
    )


def trimmed(text: str) -> str:
    """Return a text as DuckDB's ``trim`` leaves it: every kind of space is taken away, no tab and no line end."""
    return text.strip(_SPACES)


def literal(value: object) -> str:
    """Quote a value as an SQL string."""
    return "'" + str(value).replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Quote a name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def array(expressions: Iterable[str]) -> str:
    """List SQL expressions as one SQL list."""
    return "[" + ", ".join(expressions) + "]"


def file_list(paths: Iterable[object]) -> str:
    """List files for ``read_csv`` and ``read_parquet``; pattern characters in a name stand for themselves."""
    return array(literal(as_named(path)) for path in paths)


def files_below(folder: object, pattern: str) -> str:
    """Quote a pattern of files below a folder whose own name is meant as it stands."""
    return literal(f"{as_named(folder)}/{pattern}")


def as_named(path: object) -> str:
    """Write a path so that DuckDB takes the characters of a pattern in it for themselves."""
    return str(path).replace("[", "[[]").replace("*", "[*]").replace("?", "[?]")
