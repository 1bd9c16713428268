"""Every table of a home on one engine beside the same table on another: all rows both ways, all columns, types."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from pipelines.sql import identifier, literal
from pipelines.warehouse.spark import session as sessions
from pipelines.warehouse.spark import tables

if TYPE_CHECKING:
    from tests.support.house import House

WITHIN_AN_ENGINE = {"checksum"}
"""Columns that an engine compares with its own of an earlier run: each hashes in its own way."""


OF_A_RUN = re.compile(r"(base|rebuild|gates)\..*|intermediate\.int_relations__.*")
"""Tables that say what the last run found changed, or judged as new."""


@dataclass(frozen=True)
class Difference:
    """A table that is not the same on both: rows that only one has, or what is wrong with its columns."""

    table: str
    only_duckdb: int = 0
    only_spark: int = 0
    columns: str = ""


@dataclass(frozen=True)
class Compared:
    """Tables and rows that were compared, and the differences."""

    n_tables: int
    n_rows: int
    differences: list[Difference]


def compare(duck: House, spark: House, *, left_out: re.Pattern[str] | None = None) -> Compared:
    """Compare all that dbt has built in two homes: of the one in its files, of the other on the server.

    ``left_out`` are tables, as ``schema.name``, in which two homes with the same history may differ.
    """
    server = sessions.connect(spark.settings)
    tables.register(server, spark.home, spark.settings)
    n_rows, found = 0, []
    with duckdb.connect(str(duck.home.warehouse), read_only=True) as con:
        con.execute(f"attach {literal(duck.home.marts)} as built (read_only)").fetchall()
        con.execute("set timezone = 'UTC'").fetchall()
        built = con.execute(
            "select database_name, schema_name, table_name from duckdb_tables() "
            "where not internal and schema_name not in ('control', 'main') order by all"
        ).fetchall()
        built = [one for one in built if not (left_out and left_out.fullmatch(f"{one[1]}.{one[2]}"))]
        for database, schema, name in built:
            con.register("fetched", server.sql(f"select * from {schema}.{name}").toArrow())
            here = f"{database}.{identifier(schema)}.{identifier(name)}"
            wanted, got = (
                {row[0]: row[1] for row in con.execute(f"describe select * from {one}").fetchall()}
                for one in (here, "fetched")
            )
            n_rows += con.execute(f"select count(*) from {here}").fetchall()[0][0]
            if list(wanted.items()) != list(got.items()):
                found.append(Difference(f"{schema}.{name}", columns=f"{sorted(wanted.items() ^ got.items())}"))
                continue
            columns = ", ".join(identifier(column) for column in wanted if column not in WITHIN_AN_ENGINE)
            only = [
                con.execute(
                    f"select count(*) from (select {columns} from {one} except all select {columns} from {other})"
                ).fetchall()[0][0]
                for one, other in ((here, "fetched"), ("fetched", here))
            ]
            if any(only):
                found.append(Difference(f"{schema}.{name}", *only))
            con.unregister("fetched")
    return Compared(len(built), n_rows, found)
