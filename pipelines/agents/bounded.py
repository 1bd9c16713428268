"""One select statement of somebody who is not trusted, within bounds of time, rows and size. Tools are elsewhere."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, time
from threading import Timer
from typing import Any

import duckdb

from pipelines.faults import UserError

MOST_ROWS = 1000
SECONDS = 20.0
LONGEST_SQL = 20_000
LONGEST_CELL = 2_000
MOST_CHARACTERS = 200_000
"""Of all cells of an answer together."""


class RefusedError(UserError):
    """The statement is not run, or did not end; the message says what is allowed."""


@dataclass(frozen=True)
class Table:
    """Rows as plain values; ``is_whole`` is false where more rows were found or a cell was cut."""

    columns: list[str]
    rows: list[list[Any]]
    is_whole: bool


def select(con: duckdb.DuckDBPyConnection, sql: str, most_rows: int, seconds: float = SECONDS) -> Table:
    """Run one select statement.

    Raises:
        RefusedError: It is no single select statement, breaks a rule of the database, or takes too long or too much.
    """
    statement = _one_select(con, sql)
    try:
        with limited(con, seconds):
            cursor = con.execute(statement)
            columns = [column[0] for column in cursor.description or ()]
            found = cursor.fetchmany(most_rows + 1)
    except duckdb.InterruptException as error:
        raise RefusedError(f"stopped after {seconds:g} seconds: ask for less, or add up first") from error
    except (duckdb.OutOfMemoryException, MemoryError) as error:
        raise RefusedError("it needs more memory than there is: ask for less, or add up first") from error
    except duckdb.Error as error:
        raise RefusedError(str(error)) from error
    rows, is_whole = _fitting(found[:most_rows])
    return Table(columns, rows, is_whole and len(found) <= most_rows)


@contextmanager
def limited(con: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    """Interrupt what the connection runs once the time is over."""
    timer = Timer(seconds, con.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _one_select(con: duckdb.DuckDBPyConnection, sql: str) -> duckdb.Statement:
    if len(sql) > LONGEST_SQL:
        raise RefusedError(f"the statement has {len(sql):,} characters, at most {LONGEST_SQL:,} are read")
    try:
        statements = con.extract_statements(sql)
    except duckdb.Error as error:
        raise RefusedError(str(error)) from error
    kinds = [one.type for one in statements]
    if kinds != [duckdb.StatementType.SELECT]:
        found = ", ".join(kind.name for kind in kinds) or "nothing"
        raise RefusedError(f"one select statement is run and nothing else; this is {found}")
    return statements[0]


def _fitting(found: list[tuple[Any, ...]]) -> tuple[list[list[Any]], bool]:
    """Rows as plain values, as many as fit into an answer."""
    rows: list[list[Any]] = []
    n_left, is_whole = MOST_CHARACTERS, True
    for values in found:
        row = [plain(value) for value in values]
        for place, value in enumerate(row):
            if isinstance(value, str) and len(value) > LONGEST_CELL:
                row[place], is_whole = value[:LONGEST_CELL] + "…", False
        n_left -= sum(len(str(value)) for value in row)
        if n_left < 0:
            return rows, False
        rows.append(row)
    return rows, is_whole


def plain(value: object) -> Any:  # noqa: ANN401 - any value that JSON has
    """Return a value as JSON has it; days and times as text, what has no number as nothing."""
    match value:
        case None | bool() | int() | float():
            return value if not isinstance(value, float) or math.isfinite(value) else None
        case date() | time():
            return value.isoformat()
        case dict():
            return str({str(key): plain(one) for key, one in value.items()})
        case list() | tuple():
            return str([plain(one) for one in value])
    return str(value)
