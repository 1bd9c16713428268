"""Imports any table in CSV or Parquet by a YAML mapping; the mapping's shape is in ``mapping``.

CSV is read as text and strictly; DuckDB carries the mapping out.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pyarrow as pa
from duckdb import DuckDBPyConnection

from pipelines.connectors.landing import open_workspace, write_landing
from pipelines.connectors.mapping import Output, read_mapping
from pipelines.connectors.mapping_sql import as_text, condition, empty_spellings, expression, text_of, unmapped_reason
from pipelines.connectors.places import locate
from pipelines.connectors.prepare import Prepared, Problem, prepare
from pipelines.connectors.report import ConnectorError, ImportReport
from pipelines.contract import LOGS, Type
from pipelines.reading.blocks import Rejected, blocks
from pipelines.reading.counting import Counter
from pipelines.reading.parquet import footer_of
from pipelines.settings.limits import DEFAULT_LIMITS, LimitSettings, beyond
from pipelines.sql import as_named, identifier, literal

_LEFT_OUT = "left out by where"


@dataclass(frozen=True)
class _Table:
    """An opened source table: its file, its columns and the SQL to read it after ``from``."""

    path: Path
    columns: dict[str, str]
    """Column -> type in DuckDB."""
    scan: str
    position: str
    """SQL for the row's number, from 1."""
    records: int | None
    """Rows counted in the file itself; None where only a parser can tell."""


def import_table(
    mapping: Path,
    landing: Path,
    timezone: str,
    data: Path | None = None,
    limits: LimitSettings = DEFAULT_LIMITS,
    on_wait: Callable[[str], None] | None = None,
    source: str | None = None,
) -> ImportReport:
    """Write the tables named by a mapping as landing files.

    Args:
        mapping: The YAML mapping.
        landing: Landing folder to write below.
        timezone: IANA time zone of the community, which decides the log day of each row; times that carry no
            offset and for which the mapping names no zone are in it too.
        data: Folder in which the mapping's tables lie, or the table itself where the mapping names only one;
            by default the mapping's own folder.
        limits: Memory, and what mapping and tables may hold; the defaults where not given.
        on_wait: Called once with a sentence if a run is at work, for whose end the files wait.
        source: Name of the source, where it is not the mapping's.

    Returns:
        What was read, written and left out.

    Raises:
        ConnectorError: Mapping or table cannot be read, or a value is not mapped where the mapping calls that
            an error; landing is untouched.
    """
    checked = read_mapping(mapping, limits)
    with open_workspace(landing, source or checked.source, timezone, limits, on_wait) as workspace:
        tables: dict[Path, _Table] = {}
        rows_read: dict[str, int] = {}
        prepared = []
        for number, output in enumerate(checked.outputs):
            path = locate(checked, output, mapping, data)
            try:
                table = tables[path] = tables.get(path) or _open(workspace.connection, path, output.delimiter, limits)
                prepared.append(_prepare(workspace.connection, number, output, table, timezone))
                rows_read.setdefault(path.name, _count(workspace.connection, prepared[-1].table))
                _check_count(table, rows_read[path.name])
            except duckdb.Error as error:
                raise ConnectorError(
                    f"{path.name} cannot be read: {_first_line(error)}; repair or export it again"
                ) from error
        report = write_landing(workspace, prepared, rows_read)
    return replace(report, settings=checked.settings.model_dump(exclude_none=True))


def _open(connection: DuckDBPyConnection, path: Path, delimiter: str, limits: LimitSettings) -> _Table:
    if path.suffix == ".parquet":
        try:
            _, n_rows = footer_of(path, limits)
        except Rejected as reason:
            raise ConnectorError(f"{path.name}: {reason}") from reason
        scan = f"read_parquet({literal(as_named(path))}, hive_partitioning = false, file_row_number = true)"
        found = connection.execute(f"describe select * exclude (file_row_number) from {scan}").fetchall()
        return _Table(path, {name: type_ for name, type_, *_ in found}, scan, "file_row_number + 1", n_rows)
    if ending := re.search(r"\.csv(\.gz|\.zst)?$", path.name):
        records = _counted(path, {".gz": "gzip", ".zst": "zstd"}.get(ending[1]), delimiter, limits)
        header = _header(path, delimiter)
        _check_number(path, limits, "max_columns", len(header), "columns")
        columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in header)
        scan = (
            f"read_csv({literal(as_named(path))}, auto_detect = false, header = true, columns = {{{columns}}},"
            f" delim = {literal(delimiter)}, quote = '\"', escape = '\"')"
        )
        return _Table(path, dict.fromkeys(header, "VARCHAR"), scan, "row_number() over ()", records)
    raise ConnectorError(f"{path.name}: a table is .csv, .csv.gz, .csv.zst or .parquet")


def _counted(path: Path, compression: str | None, delimiter: str, limits: LimitSettings) -> int | None:
    """Read a CSV file to its end, within the limits, and count its records."""
    counter = Counter("csv", delimiter)
    try:
        for block in blocks(path, compression, limits):
            counter.add(block)
            _check_number(path, limits, "max_line_bytes", counter.count().longest_line, "bytes in a line")
    except Rejected as reason:
        raise ConnectorError(f"{path.name} {reason}") from reason
    count = counter.count()
    _check_number(path, limits, "max_file_rows", count.lines, "lines")
    return None if count.lone_returns else count.records


def _check_number(path: Path, limits: LimitSettings, name: str, number: int, what: str) -> None:
    if number > getattr(limits, name):
        cure = "divide the table, leave out what is not needed, or raise that setting"
        raise ConnectorError(beyond(limits, name, f"{path.name} has {number:,} {what}", cure))


def _check_count(table: _Table, n_read: int) -> None:
    """Refuse a table if its reader lost or doubled rows."""
    if table.records is not None and table.records != n_read:
        raise ConnectorError(
            f"{table.path.name}: {table.records:,} records were counted and {n_read:,} read; it was written to "
            "meanwhile, or a record is too long: export it again"
        )


def _header(path: Path, delimiter: str) -> list[str]:
    """Return the column names of a CSV file, all different."""
    try:
        with pa.input_stream(str(path), compression="detect") as stream:
            header = next(csv.reader(io.TextIOWrapper(stream, "utf-8-sig", newline=""), delimiter=delimiter), [])
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConnectorError(f"{path.name}, line 1: cannot be read as UTF-8 CSV ({error}); export it again") from error
    if not any(header):
        raise ConnectorError(f"{path.name}, line 1: no header; the first line must name the columns")
    if twice := next((name for number, name in enumerate(header) if name in header[:number]), None):
        raise ConnectorError(f"{path.name}, line 1: column {twice!r} occurs twice; rename one")
    return header


def _prepare(connection: DuckDBPyConnection, number: int, output: Output, table: _Table, timezone: str) -> Prepared:
    """Create the prepared table of one output."""
    source_columns = output.source_columns()
    if missing := [name for name in source_columns if name not in table.columns]:
        raise ConnectorError(
            f"outputs[{number}]: {table.path.name} has no column {missing[0]!r}; it has {', '.join(table.columns)}"
        )
    names = {name: identifier(f"source_{position}") for position, name in enumerate(source_columns)}
    texts = "".join(f", {as_text(name, table.columns[name])} as {names[name]}" for name in source_columns)
    log = LOGS[output.log]
    problems = [Problem(f"not ({condition(rule, names)})", literal(_LEFT_OUT)) for rule in output.where]
    problems += [
        Problem(
            f"{text_of(value, names)} not in ({', '.join(map(literal, value.values))})",
            unmapped_reason(name, value, names),
        )
        for name, value in output.columns.items()
        if value.values
    ]
    ids = [(name, value) for name, value in output.columns.items() if log.column(name).type is Type.ID]
    problems += [problem for name, value in ids for problem in empty_spellings(name, value, names)]
    prepared = prepare(
        connection,
        table=f"prepared_{number}",
        file=table.path.name,
        log=log,
        rows=f"(select {table.position} as position{texts} from {table.scan})",
        columns={name: expression(log.column(name), value, names, timezone) for name, value in output.columns.items()},
        problems=problems,
        position="position",
        example="'row ' || position",
    )
    _refuse_unmapped(connection, number, output, prepared)
    if output.once_per is not None:
        _keep_first(connection, prepared, output.once_per)
    return prepared


def _refuse_unmapped(connection: DuckDBPyConnection, number: int, output: Output, prepared: Prepared) -> None:
    """Raise for rows whose value is not mapped where the mapping calls that an error."""
    for name, value in output.columns.items():
        if value.unmapped == "error":
            found = connection.execute(
                f"""
                select problem, count(*), arg_min(example, position)
                from {prepared.table}
                where starts_with(problem, ?) and ends_with(problem, ' is not among values')
                group by problem
                order by problem
                """,
                [f"{name}: "],
            ).fetchall()
            if found:
                said = "; ".join(f"{problem} ({count} rows, first {example})" for problem, count, example in found)
                raise ConnectorError(f"outputs[{number}].columns.{said}; add them or set unmapped: skip")


def _keep_first(connection: DuckDBPyConnection, prepared: Prepared, key: str) -> None:
    """Mark every row but the earliest of each ``key`` as left out."""
    reason = literal(f"an earlier row of the same {key} was taken (once_per)")
    connection.execute(f"""
        create or replace temp table {prepared.table} as
        select * replace (
            case
                when problem is null and row_number() over (
                    partition by {identifier(key)}, problem is null order by occurred_at, position
                ) > 1 then {reason}
                else problem
            end as problem
        )
        from {prepared.table}
    """)


def _count(connection: DuckDBPyConnection, table: str) -> int:
    ((count,),) = connection.execute(f"select count(*) from {table}").fetchall()
    return int(count)


def _first_line(error: duckdb.Error) -> str:
    return " ".join(str(error).split("\n")[:2]).strip()
