"""What is published, opened for readers who are not trusted: read-only, no files, no network, little memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.reading import sums
from pipelines.sql import literal

MEMORY_LIMIT = "1GB"

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
    "memory_limit": MEMORY_LIMIT,
    "threads": "2",
    # Nothing is spilled: the folder of a publication is nobody's to write to.
    "temp_directory": "",
}


@contextmanager
def opened(home: Home, timezone: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the publication that is up. Whoever opens it anew after the next one sees that.

    Raises:
        UserError: Nothing is published yet.
    """
    if (database := sums.published(home)) is None:
        raise UserError(f"{home.root} has published nothing yet: guildbook run")
    with duckdb.connect(str(database.resolve()), read_only=True, config=_CONFIG) as con:
        con.execute(f"set timezone = {literal(timezone)}")
        con.execute("set enable_progress_bar = false")
        con.execute("set lock_configuration = true")
        yield con
