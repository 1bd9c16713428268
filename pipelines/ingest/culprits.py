"""Which files end the database that reads them, by an error of DuckDB's own; they are refused by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import duckdb

from pipelines.contract import Log
from pipelines.home import Home
from pipelines.ingest.batch import ENDED, read_batch
from pipelines.ingest.landing import LandingFile
from pipelines.lake.duck import connect
from pipelines.reading.blocks import first_line
from pipelines.settings import Settings


def without_culprits(
    home: Home, settings: Settings, log: Log, batch: dict[date, list[LandingFile]]
) -> dict[date, list[LandingFile]]:
    """Read each file of a batch alone, in a database of its own, and return the batch with the culprits refused.

    Raises:
        duckdb.InternalException, duckdb.FatalException: No file alone does it.
    """
    tried = {day: [_tried(home, settings, log, file) for file in files] for day, files in batch.items()}
    if tried == batch:
        raise duckdb.InternalException("the database ended over files of which each can be read alone")
    return tried


def _tried(home: Home, settings: Settings, log: Log, file: LandingFile) -> LandingFile:
    try:
        with connect(home, settings) as con:
            read_batch(con, log, settings, [file])
    except ENDED as error:
        return replace(file, problem=f"cannot be read ({first_line(error)}); deliver it again")
    except duckdb.OutOfMemoryException:
        pass  # the batch tells
    return file
