"""What Python reads of the tables that Spark has built: copied into the warehouse's own files, under the same names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import duckdb

from pipelines.home import Home
from pipelines.sql import identifier, literal

if TYPE_CHECKING:
    from pyspark.sql.connect.session import SparkSession

_READ = {"marts", "gates", "churn", "retention", "rebuild", "base"}
"""Schemas of models that are read outside of dbt."""
_STATE = ("completed_day_states", "completed_builds")
_ROWS_AT_ONCE = 1_000_000


def copy(session: SparkSession, home: Home, models: Sequence[Any]) -> None:
    """Copy the tables of models that were built, and what the run keeps for the next one.

    ``models`` are nodes of dbt's manifest. The marts go into the file of their own, with their descriptions.
    """
    with duckdb.connect(str(home.warehouse)) as con:
        con.execute(f"attach {literal(home.marts)} as built (storage_version 'v1.2.0')")
        for node in models:
            if node.schema in _READ:
                is_mart = node.schema == "marts"
                _copy_table(session, con, "built" if is_mart else "warehouse", node.schema, node.alias)
                if is_mart:
                    con.execute(_comments(node))
        for name in _STATE:
            _copy_table(session, con, "warehouse", "control", name)
        con.execute(
            "create or replace table control.completed_marts as "
            "select table_name as name from duckdb_tables() where database_name = 'built'"
        )


def _copy_table(session: SparkSession, con: duckdb.DuckDBPyConnection, database: str, schema: str, name: str) -> None:
    """Copy one table in a transaction: a kill leaves the one of before."""
    target = f"{database}.{identifier(schema)}.{identifier(name)}"
    con.execute(f"create schema if not exists {database}.{identifier(schema)}")
    con.execute("begin")
    try:
        for number, condition in enumerate(_slices(session, schema, name)):
            rows = session.sql(f"select * from {schema}.{name} where {condition}").toArrow()
            con.register("fetched", rows)
            con.execute(
                f"insert into {target} select * from fetched"
                if number
                else f"create or replace table {target} as select * from fetched"
            ).fetchall()
            con.unregister("fetched")
    except BaseException:
        con.execute("rollback")
        raise
    con.execute("commit")


def _slices(session: SparkSession, schema: str, name: str) -> list[str]:
    """Return conditions that cut a large table into stretches of days, so that one of them fits in memory."""
    (n_rows,) = session.sql(f"select count(*) from {schema}.{name}").collect()[0]
    if n_rows <= _ROWS_AT_ONCE or "day" not in session.table(f"{schema}.{name}").columns:
        return ["true"]
    days = session.sql(f"select day, count(*) as n from {schema}.{name} group by day order by day").collect()
    slices, first, held = [], None, 0
    for day, n in days:
        if day is None:
            continue
        if held and held + n > _ROWS_AT_ONCE:
            slices.append(f"day >= date '{first}' and day < date '{day}'")
            held = 0
        first, held = (first if held else day), held + n
    return [*slices, f"day >= date '{first}' or day is null"]


def _comments(node: Any) -> str:  # noqa: ANN401 - dbt's nodes are untyped
    table = f"built.marts.{identifier(node.alias)}"
    said = [f"comment on table {table} is {literal(node.description.strip())}"]
    said += [
        f"comment on column {table}.{identifier(name)} is {literal(column.description)}"
        for name, column in node.columns.items()
    ]
    return "; ".join(said)
