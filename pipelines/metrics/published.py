"""What is published, opened for readers who are not trusted: read-only, no files, no network, little memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.reading import sums
from pipelines.reading.publication import Config, beside, open_published
from pipelines.sql import array, as_named, literal

MEMORY_LIMIT = "1GB"

_CONFIG: Config = {
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
    if (published := sums.published(home)) is None:
        raise UserError(f"{home.root} has published nothing yet: guildbook run")
    database = published.resolve()
    with open_published(database, _CONFIG) as con:
        con.execute(f"set allowed_paths = {_readable(database)}")
        con.execute("set enable_external_access = false")
        con.execute(f"set timezone = {literal(timezone)}")
        con.execute("set enable_progress_bar = false")
        con.execute("set lock_configuration = true")
        yield con


def _readable(database: Path) -> str:
    """List the only files that a statement may read: each as it is named, and as the pattern that a view gives."""
    return array(literal(name) for path in beside(database) for name in {str(path), as_named(path)})
