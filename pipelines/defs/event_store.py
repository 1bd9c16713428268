"""Dagster's SQLite files while a run writes its events.

Dagster opens a connection for every event and closes it again. When the last connection to a database closes, SQLite
moves its write-ahead log into it and flushes both to disk; that took four times as long as the event itself. One
connection that stays open puts this off to the end of the run. Nothing is at risk: each event is flushed as it is
committed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from dagster import DagsterInstance


@contextmanager
def held_open(instance: DagsterInstance, run_id: str) -> Iterator[None]:
    """Hold open what Dagster writes during ``run_id``; does nothing where it keeps its history elsewhere.

    The run itself need not exist yet.
    """
    folder = Path(instance.root_directory) / "history"
    instance.event_log_storage.get_logs_for_run(run_id, limit=1)  # makes the run's own database
    paths = [folder / "runs.db", folder / "runs" / "index.db", folder / "runs" / f"{run_id}.db"]
    with ExitStack() as stack:
        for path in paths:
            if path.exists():
                connection = stack.enter_context(closing(sqlite3.connect(path)))
                connection.execute("select count(*) from sqlite_master").fetchone()  # opens the write-ahead log
        yield
