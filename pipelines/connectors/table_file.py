"""Opens a source table, CSV or Parquet, within the limits. What its columns mean is said by a mapping, elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from pipelines.connectors.mapping_table import Table
from pipelines.connectors.report import ConnectorError
from pipelines.connectors.table_text import Text, names_of, plain_text
from pipelines.reading.blocks import Rejected, blocks
from pipelines.reading.counting import Counter
from pipelines.reading.parquet import footer_of
from pipelines.settings.limits import LimitSettings, beyond
from pipelines.sql import as_named, literal


@dataclass(frozen=True)
class Opened:
    """An opened source table: its file, its columns and the SQL to read it after ``from``."""

    path: Path
    columns: dict[str, str]
    """Column -> type in DuckDB."""
    scan: str
    position: str
    """SQL for the row's number, from 1."""
    records: int | None
    """Rows counted in the file itself; None where only a parser can tell."""


def open_table(connection: DuckDBPyConnection, path: Path, table: Table, folder: Path, limits: LimitSettings) -> Opened:
    """Open the file ``path`` as ``table`` says; what has to be made of it first goes into ``folder``.

    Raises:
        ConnectorError: It is no such table, or beyond a limit.
    """
    if path.suffix.lower() == ".parquet":
        return _open_parquet(connection, path, limits)
    text = plain_text(path, table, folder, limits)
    records = _counted(text, path.name, table.delimiter, limits)
    header = names_of(text, table, path.name)
    check_number(path.name, limits, "max_columns", len(header), "columns")
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in header)
    scan = (
        f"read_csv({literal(as_named(text.path))}, auto_detect = false, header = true, columns = {{{columns}}},"
        f" skip = {text.before}, delim = {literal(table.delimiter)}, quote = '\"', escape = '\"')"
    )
    return Opened(path, dict.fromkeys(header, "VARCHAR"), scan, "row_number() over ()", records)


def check_number(file: str, limits: LimitSettings, name: str, number: int, what: str) -> None:
    """Refuse a table that has more of something than the limit ``name`` allows."""
    if number > getattr(limits, name):
        cure = "divide the table, leave out what is not needed, or raise that setting"
        raise ConnectorError(beyond(limits, name, f"{file} has {number:,} {what}", cure))


def check_count(table: Opened, n_read: int) -> None:
    """Refuse a table if its reader lost or doubled rows."""
    if table.records is not None and table.records != n_read:
        raise ConnectorError(
            f"{table.path.name}: {table.records:,} records were counted and {n_read:,} read; it was written to "
            "meanwhile, or a record is too long: export it again"
        )


def _open_parquet(connection: DuckDBPyConnection, path: Path, limits: LimitSettings) -> Opened:
    try:
        _, n_rows = footer_of(path, limits)
    except Rejected as reason:
        raise ConnectorError(f"{path.name}: {reason}") from reason
    scan = f"read_parquet({literal(as_named(path))}, hive_partitioning = false, file_row_number = true)"
    found = connection.execute(f"describe select * exclude (file_row_number) from {scan}").fetchall()
    return Opened(path, {name: type_ for name, type_, *_ in found}, scan, "file_row_number + 1", n_rows)


def _counted(text: Text, file: str, delimiter: str, limits: LimitSettings) -> int | None:
    """Read a CSV file to its end, within the limits, and count its records."""
    counter = Counter("csv", delimiter)
    try:
        for block in blocks(text.path, text.compression, limits):
            counter.add(block)
            check_number(file, limits, "max_line_bytes", counter.count().longest_line, "bytes in a line")
    except Rejected as reason:
        raise ConnectorError(f"{file} {reason}") from reason
    count = counter.count()
    check_number(file, limits, "max_file_rows", count.lines, "lines")
    return None if count.lone_returns else count.records
