"""Runs one model's compiled SQL on rows that a test makes up, in memory: fast enough for hundreds of examples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.support.built_project import BuiltProject


class CompiledModel:
    """A model whose inputs (``schema.table``) are empty tables with the columns and types that dbt built."""

    def __init__(self, project: BuiltProject, model: str, inputs: Iterable[str]) -> None:
        self._sql = project.compiled(model)
        self._inputs = tuple(inputs)
        self._connection = duckdb.connect()
        for database, path in (("warehouse", project.home.warehouse), ("built", project.home.marts)):
            self._connection.execute(f"attach '{path}' as dbt_{database} (read_only)")
            self._connection.execute(f"attach ':memory:' as {database}")
        for name in map(_in_database, self._inputs):
            self._connection.execute(f"create schema if not exists {name.rpartition('.')[0]}")
            self._connection.execute(f"create table {name} as from dbt_{name} limit 0")

    def rows(self, *columns: str, **given: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
        """Rows of the model in the order of their columns; ``given`` holds the rows of each input by table name."""
        for table in self._inputs:
            self._connection.execute(f"delete from {_in_database(table)}")
            if given[table.split(".")[1]]:
                self._connection.register("given", pa.Table.from_pylist(given[table.split(".")[1]]))
                self._connection.execute(f"insert into {_in_database(table)} by name select * from given")
        query = f"select {', '.join(columns)} from ({self._sql}) order by all"
        return self._connection.execute(query).fetchall()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def _in_database(table: str) -> str:
    """A table's full name: the marts have a database of their own."""
    return f"{'built' if table.startswith('marts.') else 'warehouse'}.{table}"
