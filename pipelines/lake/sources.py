"""Sources that dbt reads exist even when nothing was delivered: a part without rows for every log."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb

from pipelines.contract import DUCKDB_TYPES, LOGS, Log
from pipelines.files import move_in
from pipelines.home import Home
from pipelines.lake.seal import seal
from pipelines.lake.staging import staging_folder
from pipelines.sql import identifier, literal

EMPTY_DAY = date.max
"""Log day of the part without rows. It sorts last: DuckDB guesses the rows of many files from the first one, and plans
joins of a log that it takes for empty so that the whole log is held in memory."""

LINK_DAY = EMPTY_DAY - timedelta(days=1)
"""Log day of the part that holds the link of a preview, in a scratch home: no delivery has it."""


def part_columns(log: Log) -> dict[str, str]:
    """Return the columns of a log's part in order, each with its DuckDB type; the log day is in the path."""
    own = {column.name: DUCKDB_TYPES[column.type] for column in log.own_columns}
    return own | {"extra": "VARCHAR", "event_day": "DATE"}


def ensure_empty_parts(home: Home) -> None:
    """Write a raw part without rows for each log, so that a log never delivered reads as empty."""
    with staging_folder(home) as folder, duckdb.connect() as con:
        for log in LOGS.values():
            nulls = ", ".join(f"null::{type_} as {identifier(name)}" for name, type_ in part_columns(log).items())
            staged = folder / f"{log.name}.parquet"
            con.execute(f"copy (select {nulls} where false) to {literal(staged)} (format parquet, compression zstd)")
            seal(staged)
            move_in(staged, home.raw_part(log.name, EMPTY_DAY))
