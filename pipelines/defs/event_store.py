"""Where Dagster's events are kept: its own SQLite files, through connections that stay open.

Dagster makes a new engine and connection for every event and closes both. Then each statement is compiled again, and
when the last connection to a database closes, SQLite moves its write-ahead log into it and flushes both to disk; all
that took several times as long as the event itself. Here each database has one connection. What a killed process wrote
is kept as before; where the power fails, the last events of the run that it ended may be missing.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, Self

import sqlalchemy as sa
from dagster import EventLogEntry
from dagster._core.storage.event_log import SqliteEventLogStorage
from sqlalchemy.pool import StaticPool

MOST_OPEN = 8
"""Databases held open at once: the index, and those of the runs that were read or written last."""

INDEX = "index"
"""The database of all runs together."""

_BUSY_SECONDS = 60


class EventStore(SqliteEventLogStorage):
    """Dagster's storage of events in one SQLite file a run and an index, each opened once."""

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:  # noqa: ANN401 - Dagster's own
        """Open the files below ``base_dir``, and make those that are missing."""
        self._engines: OrderedDict[str, sa.Engine] = OrderedDict()
        self._writing = threading.RLock()
        self._there: set[str] = set()
        self._transactions: dict[str, sa.Connection] | None = None
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Mapping[str, Any]) -> Self:  # noqa: ANN401
        """Make a storage as ``dagster.yaml`` configures it."""
        return cls(inst_data=inst_data, **config_value)

    def dispose(self) -> None:
        """Close every connection."""
        while self._engines:
            self._engines.popitem()[1].dispose()
        super().dispose()

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store events as one transaction of each database that they go to: all or none."""
        with self._writing, ExitStack() as stack:
            self._transactions = {}
            try:
                for shard in {INDEX, *(event.run_id for event in events)}:
                    self._transactions[shard] = stack.enter_context(self._engine(shard).begin())
                for event in events:
                    self.store_event(event)
            finally:
                self._transactions = None

    def has_table(self, table_name: str) -> bool:
        """Whether there is a table: looked up until there is, and not for each event."""
        return self._known(table_name, super().has_table)

    def has_asset_key_col(self, column_name: str) -> bool:
        """Whether assets have a column of newer versions: looked up until they have, and not for each event."""
        return self._known(f"column {column_name}", lambda _: super(EventStore, self).has_asset_key_col(column_name))

    def _has_asset_key_index_cols_on_connection(self, conn: sa.Connection) -> bool:
        return self._known(
            "index columns", lambda _: super(EventStore, self)._has_asset_key_index_cols_on_connection(conn)
        )

    def _known(self, what: str, look: Callable[[str], bool]) -> bool:
        if what not in self._there and look(what):
            self._there.add(what)
        return what in self._there

    @contextmanager
    def _connect(self, shard: str) -> Iterator[sa.Connection]:
        with self._writing:
            if self._transactions is not None and shard in self._transactions:
                yield self._transactions[shard]
                return
            with self._engine(shard).begin() as connection:
                yield connection

    def _engine(self, shard: str) -> sa.Engine:
        """Return the engine of a database; the one that was used least recently gives way to a new one."""
        if shard not in self._engines:
            url = self.conn_string_for_shard(shard)
            if shard not in self._initialized_dbs:
                self._initdb(sa.create_engine(url, poolclass=sa.NullPool, connect_args={"timeout": _BUSY_SECONDS}))
                self._initialized_dbs.add(shard)
            engine = sa.create_engine(
                url, poolclass=StaticPool, connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False}
            )
            with engine.connect() as connection:
                connection.execute(sa.text("pragma synchronous = normal"))
            self._engines[shard] = engine
            if len(self._engines) > MOST_OPEN:
                self._engines.popitem(last=False)[1].dispose()
        self._engines.move_to_end(shard)
        return self._engines[shard]
