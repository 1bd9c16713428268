"""The tables of a mapping while it is carried out: each file opened and counted once, and what is looked up in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipelines.connectors.landing import Workspace
from pipelines.connectors.mapping_sql import as_text
from pipelines.connectors.mapping_table import Table
from pipelines.connectors.mapping_value import Lookup
from pipelines.connectors.report import ConnectorError
from pipelines.connectors.table_file import Opened, check_count, open_table
from pipelines.settings.limits import LimitSettings


class Tables:
    """Opened tables over a workspace."""

    def __init__(
        self, workspace: Workspace, where: Callable[[Table], Path | list[Path]], limits: LimitSettings
    ) -> None:
        """Open nothing yet; ``where`` tells where a table lies, or all the files that are looked up in."""
        self._workspace, self._given, self._limits = workspace, where, limits
        self._opened: dict[tuple[Path, str], Opened] = {}
        self._lookups: dict[str, str] = {}
        self.rows_read: dict[str, int] = {}
        self.looked_up: set[str] = set()

    @contextmanager
    def reading(self, table: Table) -> Iterator[Opened]:
        """Give a table that is one file; say which file cannot be read."""
        (path,) = self._where(table)
        with self._open(path, table) as opened:
            yield opened

    def lookup(self, lookup: Lookup) -> str:
        """Return the name of a table of texts, ``key`` and ``value``, each key once; empty where no file is there."""
        if lookup.name not in self._lookups:
            self._lookups[lookup.name] = made = f"lookup_{len(self._lookups)}"
            connection = self._workspace.connection
            connection.execute(f"create temp table {made}_all (key varchar, value varchar)")
            for path in self._where(lookup.table):
                self.looked_up.add(path.name)
                with self._open(path, lookup.table) as opened:
                    key, value = (_text(lookup.table, name, opened) for name in (lookup.key, lookup.column))
                    connection.execute(f"insert into {made}_all select {key}, {value} from {opened.scan}")
            connection.execute(f"""
                create temp table {made} as
                select key, min(value) as value
                from {made}_all
                where key is not null
                group by key
            """)
        return self._lookups[lookup.name]

    @contextmanager
    def _open(self, path: Path, table: Table) -> Iterator[Opened]:
        key = (path, table.model_dump_json())
        try:
            if key not in self._opened:
                opened = open_table(self._workspace.connection, path, table, self._workspace.folder, self._limits)
                self._opened[key] = opened
                self.rows_read[path.name] = self._count(opened.scan)
                check_count(opened, self.rows_read[path.name])
            yield self._opened[key]
        except duckdb.Error as error:
            raise ConnectorError(
                f"{path.name} cannot be read: {_first_line(error)}; repair or export it again"
            ) from error

    def _where(self, table: Table) -> list[Path]:
        found = self._given(table)
        return [found] if isinstance(found, Path) else found

    def _count(self, scan: str) -> int:
        ((count,),) = self._workspace.connection.execute(f"select count(*) from {scan}").fetchall()
        return int(count)


def _text(table: Table, name: str, opened: Opened) -> str:
    if (actual := table.actual(name, opened.columns)) is None:
        raise ConnectorError(f"{opened.path.name} has no column {name!r}; it has {', '.join(opened.columns)}")
    return as_text(actual, opened.columns[actual], table.strip)


def _first_line(error: duckdb.Error) -> str:
    return " ".join(str(error).split("\n")[:2]).strip()
