"""Published tables written to a folder, each file whole: Parquet files, or one workbook with a sheet for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.exporting import folder, metrics
from pipelines.faults import UserError
from pipelines.files import whole
from pipelines.home import Home
from pipelines.metrics.published import opened
from pipelines.report.context import site_context
from pipelines.settings import Settings
from pipelines.sql import identifier

WORKBOOK = "guildbook.xlsx"
METRICS = "metrics"
_BATCH = 50_000


@dataclass
class Exported:
    """What an export wrote.

    Attributes:
        folder: Where.
        files: File -> rows in all, or of a workbook sheet -> rows.
        gone: Files of an earlier export that were removed.
        left_out: Tables that did not fit into a sheet, with a reason.
        cut: Sheet -> texts that were cut at what a cell holds.
    """

    folder: Path
    files: dict[str, Any] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    cut: dict[str, int] = field(default_factory=dict)


def export(
    home: Home, settings: Settings, out: Path, form: Literal["parquet", "xlsx"], marts: Sequence[str] = ()
) -> Exported:
    """Write published tables, and the newest value of every metric, to the folder ``out``.

    Args:
        home: The home.
        settings: Its settings.
        out: The folder; files of an earlier export that are not of this one are removed, other files stay.
        form: A Parquet file for each table, or one workbook with a sheet for each.
        marts: Tables by name; all of them where none is given.

    Raises:
        UserError: Nothing is published, a table does not exist, or the folder lies in the home.
    """
    folder.prepare(out, home)
    with opened(home, settings.timezone) as con:
        ((version, day),) = con.execute("select version, through_day from marts.publication").fetchall()
        chosen = _chosen(con, marts)
        values = metrics.newest(con, site_context(settings, day, version).activity_logs)
        done = Exported(out)
        write = _parquet if form == "parquet" else _workbook
        write(con, chosen, values, done, {"version": str(version), "through_day": day.isoformat()})
    done.gone = folder.finish(out, done.files, version=version, through_day=day.isoformat())
    return done


def _chosen(con: duckdb.DuckDBPyConnection, marts: Sequence[str]) -> list[str]:
    rows = con.execute(
        "select table_name from information_schema.tables where table_schema = 'marts' order by 1"
    ).fetchall()
    known = [name for (name,) in rows]
    for name in marts:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            raise UserError(f"no table {name} is published" + (f"; did you mean {near[0]}?" if near else ""))
    return list(dict.fromkeys(marts)) or known


def _parquet(
    con: duckdb.DuckDBPyConnection, marts: Sequence[str], values: pa.Table, done: Exported, said: dict[str, str]
) -> None:
    def batches(mart: str) -> pa.RecordBatchReader:
        return con.sql(f"select * from marts.{identifier(mart)}").to_arrow_reader(_BATCH)

    readers: dict[str, Callable[[], pa.RecordBatchReader]] = {
        mart: lambda mart=mart: batches(mart)  # type: ignore[misc]
        for mart in marts
    }
    readers[METRICS] = values.to_reader
    for name, read in readers.items():
        with whole(done.folder / f"{name}.parquet") as beside:
            done.files[f"{name}.parquet"] = _write_parquet(read(), beside, said | {"table": name})


def _write_parquet(reader: pa.RecordBatchReader, path: Path, said: dict[str, str]) -> int:
    schema = reader.schema.with_metadata({f"guildbook.{key}": value for key, value in said.items()})
    n_rows = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch.replace_schema_metadata(schema.metadata))
            n_rows += batch.num_rows
    return n_rows


def _workbook(
    con: duckdb.DuckDBPyConnection, marts: Sequence[str], values: pa.Table, done: Exported, said: dict[str, str]
) -> None:
    from pipelines.exporting.workbook import SHEET_ROWS, Workbook  # noqa: PLC0415 - needs a package of its own

    counts: dict[str, int] = {}
    with whole(done.folder / WORKBOOK) as beside, Workbook(said) as book:
        counts[METRICS] = book.sheet(METRICS, values.column_names, [tuple(row.values()) for row in values.to_pylist()])
        for mart in marts:
            ((n_rows,),) = con.execute(f"select count(*) from marts.{identifier(mart)}").fetchall()
            if n_rows >= SHEET_ROWS:
                done.left_out[mart] = (
                    f"{n_rows:,} rows and a head are more than a sheet holds ({SHEET_ROWS:,}): export it as Parquet"
                )
                continue
            cursor = con.execute(f"select * from marts.{identifier(mart)}")
            names = [column[0] for column in cursor.description or ()]
            counts[mart] = book.sheet(mart, names, _rows(cursor))
        book.save(beside)
        done.cut = book.cut
    done.files[WORKBOOK] = counts


def _rows(cursor: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while rows := cursor.fetchmany(_BATCH):
        yield from rows
