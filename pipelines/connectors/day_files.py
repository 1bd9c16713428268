"""The files of an import before they move into landing: the rows of one log as lines of CSV, a file per log day.

Lines have an order that does not depend on that of the source. However many there are, no more than a block of them is
held here: what does not fit into DuckDB's memory is sorted on the disk.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from duckdb import DuckDBPyConnection

from pipelines.connectors.prepare import Prepared
from pipelines.connectors.sql import local_day, utc_text
from pipelines.contract import Column, Type
from pipelines.sql import identifier, literal

_LINES_AT_ONCE = 100_000


def write_days(
    connection: DuckDBPyConnection, parts: Sequence[Prepared], source: str, timezone: str, folder: Path
) -> dict[date, int]:
    """Write the rows of one log that have no problem as ``<folder>/<log day>.csv``; return the rows of each day.

    A row goes to the log day of its ``occurred_at`` in ``timezone``. Writing a file per day by ``copy … partition_by``
    costs over a millisecond each and shuffles rows on more than one thread.
    """
    n_rows: dict[date, int] = {}
    header = header_of(parts)
    for day, lines in _blocks(connection, parts, source, timezone):
        with (folder / f"{day}.csv").open("ab") as file:
            if day not in n_rows:
                file.write(header)
            (block,) = pc.binary_join(pa.ListArray.from_arrays([0, len(lines)], lines), "\n").cast(pa.binary())
            file.write(block.as_buffer())
            file.write(b"\n")
        n_rows[day] = n_rows.get(day, 0) + len(lines)
    return n_rows


def header_of(parts: Sequence[Prepared]) -> bytes:
    """Return the header of one log's files, with its end."""
    return f"{','.join(column.name for column in _columns(parts))}\n".encode()


def sample_lines(connection: DuckDBPyConnection, part: Prepared, source: str, most: int) -> list[str]:
    """Return a header and the first rows of ``part`` that can be written, as a landing file would hold them."""
    columns = _columns([part])
    rows = f"(select *, {literal(source)} as source from {part.table} where problem is null)"
    found = connection.execute(f"select {_line(columns)} from {rows} order by position limit {most}").fetchall()
    return [",".join(column.name for column in columns), *(line for (line,) in found)]


def _blocks(
    connection: DuckDBPyConnection, parts: Sequence[Prepared], source: str, timezone: str
) -> Iterator[tuple[date, pa.Array]]:
    """Yield the lines of each day in turn, a block or more of them."""
    united = " union all by name ".join(
        f"select {', '.join(map(identifier, part.columns))} from {part.table} where problem is null" for part in parts
    )
    found = connection.sql(f"""
        with delivered as (
            select *, {literal(source)} as source
            from ({united})
        )
        select {local_day("occurred_at", timezone)} as log_day, {_line(_columns(parts))} as line
        from delivered
        order by log_day, occurred_at, line
    """)
    for block in found.to_arrow_reader(_LINES_AT_ONCE):
        days = block.column("log_day").value_counts()
        start = 0
        for day, n in zip(days.field("values").to_pylist(), days.field("counts").to_pylist(), strict=True):
            yield day, block.column("line").slice(start, n)
            start += n


def _columns(parts: Sequence[Prepared]) -> list[Column]:
    """Return the columns of one log's landing files, in the order of the contract."""
    filled = {name for part in parts for name in part.columns}
    return [column for column in parts[0].log.own_columns if column.name in filled or column.name == "source"]


def _line(columns: Sequence[Column]) -> str:
    """SQL for a row's line of CSV."""
    return f"concat_ws(',', {', '.join(_field(column.type, identifier(column.name)) for column in columns)})"


def _field(type_: Type, value: str) -> str:
    """SQL for one CSV field, quoted where it must be, empty for null."""
    if type_ is Type.TIME:
        return f"coalesce({utc_text(value)}, '')"
    text = f"cast({value} as varchar)"
    quoted = f"'\"' || replace({text}, '\"', '\"\"') || '\"'"
    return f"coalesce(case when regexp_matches({text}, '[\",\\r\\n]') then {quoted} else {text} end, '')"
