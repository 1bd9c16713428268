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
        self._connection.execute(f"attach '{project.home.warehouse}' as built (read_only)")
        self._connection.execute("attach ':memory:' as warehouse")
        for table in self._inputs:
            self._connection.execute(f"create schema if not exists warehouse.{table.split('.')[0]}")
            self._connection.execute(f"create table warehouse.{table} as from built.{table} limit 0")
        self._connection.execute("detach built")

    def rows(self, *columns: str, **given: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
        """Rows of the model in the order of their columns; ``given`` holds the rows of each input by table name."""
        for table in self._inputs:
            self._connection.execute(f"delete from warehouse.{table}")
            if given[table.split(".")[1]]:
                self._connection.register("given", pa.Table.from_pylist(given[table.split(".")[1]]))
                self._connection.execute(f"insert into warehouse.{table} by name select * from given")
        query = f"select {', '.join(columns)} from ({self._sql}) order by all"
        return self._connection.execute(query).fetchall()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
