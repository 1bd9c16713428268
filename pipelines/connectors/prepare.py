"""Prepared tables: rows of a source in the columns of a log, each with the reason why it cannot be written.

Connectors say by SQL expressions what goes where; this module adds the checks that every log needs and tells
mapped rows from the others. Landing files are written elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from pipelines.connectors.report import NotMapped
from pipelines.contract import Column, Log, Type
from pipelines.sql import identifier, literal

_LONGEST_VALUE = 60


@dataclass(frozen=True)
class Problem:
    """A reason not to write a row: where ``condition`` holds, the SQL text ``reason`` says why."""

    condition: str
    reason: str


@dataclass(frozen=True)
class Prepared:
    """A DuckDB table with ``columns`` of ``log`` and three more: ``problem``, ``position``, ``example``.

    A row without a ``problem`` is to be written; the other two name a row. TIME columns are TIMESTAMP in
    UTC, DAY columns DATE, all others text or a number.
    """

    table: str
    file: str
    log: Log
    columns: tuple[str, ...]
    output: str
    """What the rows become, to a person."""


def prepare(  # noqa: PLR0913 - one argument per part of the select
    connection: DuckDBPyConnection,
    *,
    table: str,
    file: str,
    log: Log,
    rows: str,
    columns: Mapping[str, str],
    problems: Sequence[Problem],
    position: str,
    example: str,
    output: str = "",
) -> Prepared:
    """Create the prepared ``table`` from ``rows`` (SQL after ``from``).

    Args:
        connection: Where the table is created.
        table: Name of the table.
        file: Name of the source file, for the report.
        log: The log the rows are for.
        rows: What to read, as SQL after ``from``.
        columns: Column of the log -> SQL expression over ``rows``.
        problems: Reasons of this source, checked before those of the log.
        position: SQL for the row's number, which orders examples.
        example: SQL for the text that names the row to a person.
        output: What the rows become, to a person; the log's name where not given.
    """
    contract_columns = [column for column in log.own_columns if column.name in columns]
    mapped = ", ".join(f"{columns[column.name]} as {identifier(column.name)}" for column in contract_columns)
    source_problem = _first_of(problems)
    log_problem = _first_of([problem for column in contract_columns for problem in _contract_problems(column)])
    connection.execute(f"""
        create or replace temp table {identifier(table)} as
        with mapped as (
            select {mapped}, {position} as position, {example} as example, {source_problem} as source_problem
            from {rows}
        )
        select * exclude (source_problem), coalesce(source_problem, {log_problem}) as problem
        from mapped
    """)
    return Prepared(table, file, log, tuple(column.name for column in contract_columns), output or log.name)


def not_mapped(connection: DuckDBPyConnection, prepared: Prepared) -> list[NotMapped]:
    """Count the rows of ``prepared`` that cannot be written, by reason, the most frequent first."""
    found = connection.execute(f"""
        select problem, count(*) as n_rows, arg_min(example, position) as example
        from {identifier(prepared.table)}
        where problem is not null
        group by problem
        order by n_rows desc, problem
    """).fetchall()
    return [NotMapped(prepared.file, reason, count, example, prepared.output) for reason, count, example in found]


def shown(value: str) -> str:
    """SQL that quotes the text ``value`` for a message, cut when long."""
    return f"'''' || left({value}, {_LONGEST_VALUE}) || ''''"


def _contract_problems(column: Column) -> list[Problem]:
    """The log's own rules for one column: required ones are filled, kinds are known ones."""
    name, found = identifier(column.name), []
    if column.required:
        is_time = column.type in (Type.TIME, Type.DAY)
        what = "no readable time, but required" if is_time else "empty, but required"
        found.append(Problem(f"{name} is null", literal(f"{column.name}: {what}")))
    if column.type is Type.KIND:
        kinds = ", ".join(literal(kind) for kind in column.kinds)
        text = literal(f"{column.name}: ") + " || " + shown(name) + " || " + literal(" is not one of the log's kinds")
        found.append(Problem(f"{name} not in ({kinds})", text))
    return found


def _first_of(problems: Sequence[Problem]) -> str:
    ladder = " ".join(f"when {problem.condition} then {problem.reason}" for problem in problems)
    return f"case {ladder} end" if ladder else "cast(null as varchar)"
