"""Reads the published marts: runs a page's query once, keeps the very SQL and writes all its rows as CSV.

The database is opened read-only. No query text of a page belongs here.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from types import TracebackType
from typing import Any, Self

from pipelines.ingest.findings import SHARED_KEY
from pipelines.reading.publication import open_published
from pipelines.report.parts.few import HIDDEN, is_told
from pipelines.report.parts.few_columns import NAMED, PERSON, UNTOLD
from pipelines.report.parts.few_rows import guard
from pipelines.spreadsheets import plain_cell, plain_cell_sql
from pipelines.sql import literal

Row = dict[str, Any]


@dataclass(frozen=True)
class Result:
    """Rows of one query: at most ``limit`` of them, their number ``n``, the SQL, the CSV that holds all."""

    name: str
    sql: str
    rows: list[Row]
    n: int
    csv: str

    @property
    def first(self) -> Row:
        """The first row; raises ``IndexError`` where there is none."""
        return self.rows[0]


@dataclass(frozen=True)
class Each:
    """A query about many ids: the rows of each of them, and the same query for one alone."""

    sql: str
    found: dict[str, list[Row]]

    def rows(self, id_: str) -> list[Row]:
        """The rows of one."""
        return self.found.get(id_, [])

    def of(self, id_: str) -> Result:
        """What a block about one shows: there is no file of its rows."""
        rows = self.rows(id_)
        return Result("", self.sql.replace("{ids}", literal(id_)), rows, len(rows), "")


class Marts:
    """The schema ``marts`` of one published database.

    Args:
        database: path of ``analytics.duckdb``.
        site: folder that gets ``data/<query name>.csv``; without one no rows are written.
        timezone: IANA zone that times are written in.
        least_shown: least count of members that is shown; 0 shows all.
    """

    def __init__(self, database: Path, site: Path | None = None, *, timezone: str, least_shown: int = 0) -> None:
        """Open the database read-only; raises ``duckdb.IOException`` where it can't be opened."""
        self._connection = open_published(database)
        self._connection.execute(f"set timezone = {literal(timezone)}")
        self._least_shown = least_shown
        self._csv_folder = site / "data" if site else None
        if self._csv_folder:
            self._csv_folder.mkdir(parents=True, exist_ok=True)
        self.results: dict[str, Result] = {}

    def __enter__(self) -> Self:
        """Use as a context manager."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection."""
        self._connection.close()

    def prepare(self, sql: str) -> None:
        """Run statements that make temporary tables or settings for later queries; the database stays as it is."""
        self._connection.execute(sql)

    def value(self, sql: str) -> Any:  # noqa: ANN401 - whatever the query gives
        """Return the one value of a query that no page shows."""
        return self._connection.execute(sql).fetchall()[0][0]

    def rows(self, sql: str) -> list[Row]:
        """Return the rows of a query that no page shows."""
        return self._fetch(sql)

    def has(self, *tables: str) -> bool:
        """Whether every one of these marts exists and holds a row."""
        known = self._fetch("select table_name from information_schema.tables where table_schema = 'marts'")
        return {*tables} <= {row["table_name"] for row in known} and all(
            self._fetch(f"select 1 from marts.{table} limit 1") for table in tables
        )

    def each(self, sql: str, key: str, ids: Sequence[str]) -> Each:
        """Run a query about many ids at once, for a page about each of them. Nothing is written for it.

        Args:
            sql: one select statement over ``marts``; ``{ids}`` in it becomes what holds the ids.
            key: column of the rows that says whose they are.
            ids: whom it is about.
        """
        asked = ", ".join(map(literal, ids))
        found: dict[str, list[Row]] = {}
        if ids:
            self._connection.execute(f"create or replace temp table asked as select unnest([{asked}]) as id")
            for row in self._fetch(dedent(sql).replace("{ids}", "select id from asked")):
                found.setdefault(row[key], []).append(row)
        return Each(_narrow(sql), found)

    def run(self, name: str, sql: str, *, limit: int = 500) -> Result:
        """Run a query under a name of its own; days and numbers are written into it as literals.

        Args:
            name: name of the query, unique in the site; names its CSV.
            sql: one select statement over ``marts``.
            limit: rows that the page gets; the CSV always holds all.

        Returns:
            The rows as dictionaries, with the SQL as run.
        """
        if not name.isidentifier():
            raise ValueError(f"{name!r} can't name a query: use letters, digits and underscores, it also names the CSV")
        if name in self.results:
            raise ValueError(f"two queries are called {name!r}; give each its own name, it also names the CSV")
        sql = dedent(sql).strip()
        self._connection.execute(f"create or replace temp table result as\n{sql}")
        csv = self._csv_folder / f"{name}.csv" if self._csv_folder else None
        if self._least_shown:
            rows, count = self._guarded(csv, limit)
        else:
            if csv:
                self._write_csv(csv)
            count = self._fetch("select count(*) as n from result")[0]["n"]
            rows = self._fetch(f"select * from result limit {limit}")
        self.results[name] = Result(name, sql, rows, count, f"data/{name}.csv")
        return self.results[name]

    def _fetch(self, sql: str) -> list[Row]:
        cursor = self._connection.execute(sql)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]

    def _guarded(self, path: Path | None, limit: int) -> tuple[list[Row], int]:
        """Return rows whose small counts know that they are, and how many there are; write them as CSV.

        Rows about one member each are written nowhere: the block that they are for is left out of its page.
        """
        names = [column["column_name"] for column in self._fetch("select column_name from (describe result)")]
        if PERSON in names:
            count = self._fetch("select count(*) as n from result")[0]["n"]
            return guard(self._fetch(f"select * from result limit {limit}"), self._least_shown), count
        rows = guard(self._fetch("select * from result"), self._least_shown)
        rows = [row | dict.fromkeys(row.keys() & _named(row), HIDDEN) for row in rows]
        if path is None:
            return rows[:limit], len(rows)
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(names)
            for row in rows:
                told = row | dict.fromkeys(row.keys() & {*UNTOLD})
                writer.writerow([str(one) if is_told(one) else plain_cell(one) for one in told.values()])
        return rows[:limit], len(rows)

    def _write_csv(self, path: Path) -> None:
        columns = self._fetch("select column_name, column_type from (describe result)")
        cells = ", ".join(plain_cell_sql(column["column_name"], column["column_type"]) for column in columns)
        self._connection.execute(f"copy (select {cells} from result) to {literal(str(path))} (format csv, header)")
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())  # spreadsheets take it for UTF-8 by this mark


def _narrow(sql: str) -> str:
    """Return a statement whose lines begin with few blanks: it stands on each of many pages."""
    lines = [line for line in dedent(sql).strip().splitlines() if line.strip()]
    return "\n".join(" " * min(len(line) - len(line.lstrip()), 4) + line.lstrip() for line in lines)


def _named(row: Row) -> set[str]:
    """Columns of a row that name a member, or may: keys that were given out twice are words of a finding."""
    return {*NAMED, *(("name", "said") if row.get("finding") == SHARED_KEY else ())}
