"""Reading the files of a few log days into one temporary table of cast rows. Nothing is written to the lake.

Files of one shape are read together and strictly, which is fast. A file that fails, that holds a row with a reason, or
that gives another number of records than counted in it, is read again line by line, so that its bad lines are named and
its good rows kept. What then still differs from the count is rejected.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import pyarrow as pa

from pipelines.contract import Log
from pipelines.ingest.landing import LandingFile
from pipelines.ingest.line_reader import record_tables
from pipelines.ingest.plain import steady_days
from pipelines.ingest.rules import STAGED_COLUMNS, cast_sql, columns_sql
from pipelines.ingest.shape import Inspected, Shape, inspect
from pipelines.ingest.texts import csv_texts, jsonl_texts, parquet_texts, record_texts, strict_reader
from pipelines.lake.sources import part_columns
from pipelines.privacy import pseudonyms
from pipelines.reading.blocks import Rejected
from pipelines.reading.counting import parsed_records
from pipelines.settings import Settings

STAGED = "staged"
"""Table of a batch, in memory: ``rules.STAGED_COLUMNS`` and the part's columns."""

_CAST_ROWS = 100_000
"""Records read line by line that are cast at once; a cast costs tens of milliseconds however few they are."""

_CAST_BYTES = 32 << 20
"""Raw bytes of such records: casting takes a multiple of them."""

ENDED = (duckdb.InternalException, duckdb.FatalException)
"""Errors of DuckDB's own, such as over a file whose parts contradict each other: the database takes no more."""

_NOT_THE_FILE = (
    *ENDED,
    duckdb.OutOfMemoryException,
    duckdb.InterruptException,
    duckdb.BinderException,
    duckdb.CatalogException,
)
"""Failures of a strict read that do not say which file cannot be read."""


class IngestError(RuntimeError):
    """The counts of a file do not add up: rows were lost or doubled. Nothing of its batch is kept."""


@dataclass(frozen=True)
class FileCount:
    """What became of one file; the counts are unknown for a rejected one.

    ``delivered`` are the records counted in the file itself, or cut line by line out of as many lines as it has.
    """

    file: LandingFile
    delivered: int | None
    accepted: int | None
    quarantined: int | None
    reason: str | None = None

    @property
    def status(self) -> str:
        """Either accepted or rejected."""
        return "accepted" if self.reason is None else "rejected"


def read_batch(
    con: duckdb.DuckDBPyConnection, log: Log, settings: Settings, files: Sequence[LandingFile]
) -> list[FileCount]:
    """Read files into a new table ``STAGED``, and return what became of each, in the order given.

    Raises:
        IngestError: Accepted and quarantined rows of a file are not the records it holds.
        duckdb.InternalException, duckdb.FatalException: One of ``ENDED``: the connection is of no more use.
    """
    con.execute(f"create or replace table {STAGED} ({columns_sql(STAGED_COLUMNS | part_columns(log))})")
    return _Batch(con, log, settings, files).read()


class _Batch:
    """The work on one batch; a file is known by its position in ``files``."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, log: Log, settings: Settings, files: Sequence[LandingFile]
    ) -> None:
        self.con = con
        self.log = log
        self.settings = settings
        self.files = dict(enumerate(files))
        self.steady = steady_days(con, [file.log_day for file in files])
        self.inspected: dict[int, Inspected] = {}
        self.rejected: dict[int, str] = {}
        self.delivered: dict[int, int] = {}

    def read(self) -> list[FileCount]:
        groups: dict[Shape, list[int]] = defaultdict(list)
        for file_id, file in self.files.items():
            try:
                self.inspected[file_id] = inspect(file, self.log, self.settings)
                groups[self.inspected[file_id].shape].append(file_id)
            except Rejected as reason:
                self.rejected[file_id] = str(reason)
        failed = [file_id for shape, file_ids in groups.items() for file_id in self._read_together(shape, file_ids)]
        by_line = {*failed, *self._broken(), *self._miscounted(failed)}
        for shape, file_ids in groups.items():
            if shape.format != "parquet":
                self._read_by_line(shape, [file_id for file_id in file_ids if file_id in by_line])
        return self._counts()

    def _read_together(self, shape: Shape, file_ids: list[int]) -> list[int]:
        """Read files of one shape by one query, without those that cannot be read strictly; return these."""
        if shape.needs_line_reader:
            return file_ids
        failed: list[int] = []
        # Text files with a broken row are read again, with reasons; of Parquet a row's number is known at once.
        explains = shape.format == "parquet"
        try:
            self._insert(self._texts(shape, file_ids), explains=explains)
        except _NOT_THE_FILE:
            raise
        except duckdb.Error:
            failed = [file_id for file_id in file_ids if not self._is_readable(shape, file_id)]
            if good := [file_id for file_id in file_ids if file_id not in failed]:
                self._insert(self._texts(shape, good), explains=explains)
        return [file_id for file_id in failed if file_id not in self.rejected]

    def _is_readable(self, shape: Shape, file_id: int) -> bool:
        """Tell whether one file can be read strictly to its end; a Parquet file that cannot is rejected."""
        try:
            reader = strict_reader(shape, {file_id: self.files[file_id]})
            self.con.execute(f"select bit_xor(hash(columns(*))) from {reader}").fetchall()
        except _NOT_THE_FILE:
            raise
        except duckdb.Error as error:
            if shape.format == "parquet":
                self.rejected[file_id] = f"cannot be read ({str(error).splitlines()[0]}); deliver it again"
            return False
        return True

    def _texts(self, shape: Shape, file_ids: list[int]) -> str:
        files = {file_id: self.files[file_id] for file_id in file_ids}
        if shape.format == "csv":
            return csv_texts(self.log, shape, files)
        if shape.format == "jsonl":
            return jsonl_texts(self.log, shape, files)
        return parquet_texts(self.con, self.log, shape, files)

    def _broken(self) -> list[int]:
        """Return the text files that hold a row with a reason: their lines are not known yet."""
        found = self.con.execute(
            f"select distinct file_id from {STAGED} where reason is not null and line is null"
        ).fetchall()
        return [file_id for (file_id,) in found]

    def _miscounted(self, failed: Collection[int]) -> list[int]:
        """Return the text files that strict reading did not read as counted; reject such Parquet files."""
        found = dict(self.con.execute(f"select file_id, count(*) from {STAGED} group by file_id").fetchall())
        wrong = []
        for file_id, inspected in self.inspected.items():
            if file_id in failed or file_id in self.rejected:
                continue
            shape, counted, n_read = inspected.shape, inspected.records, found.get(file_id, 0)
            if counted is None:
                counted = parsed_records(self.files[file_id].path, shape.compression)
            if counted == n_read:
                self.delivered[file_id] = counted
            elif shape.format == "parquet":
                self._forget(file_id)
                self.rejected[file_id] = f"its footer says {counted:,} rows, but {n_read:,} were read; deliver it again"
            else:
                wrong.append(file_id)
        return wrong

    def _read_by_line(self, shape: Shape, file_ids: list[int]) -> None:
        """Read files of one shape line by line; the records of many small files are cast together."""
        waiting: list[pa.Table] = []
        for file_id in file_ids:
            self._forget(file_id)
            file = self.files[file_id]
            self.delivered[file_id] = 0
            n_before = len(waiting)
            try:
                for records in record_tables(file.path, shape, self.settings, self.inspected[file_id].lines):
                    waiting.append(_with_origin(records, file_id, file.log_day))
                    self.delivered[file_id] += records.num_rows
                    if (
                        sum(table.num_rows for table in waiting) >= _CAST_ROWS
                        or sum(table.nbytes for table in waiting) >= _CAST_BYTES
                    ):
                        self._insert_records(shape, waiting)
                        waiting, n_before = [], 0
            except Rejected as reason:
                del waiting[n_before:]
                self._forget(file_id)
                self.rejected[file_id] = str(reason)
        self._insert_records(shape, waiting)

    def _insert_records(self, shape: Shape, tables: list[pa.Table]) -> None:
        if tables:
            self.con.register("records", pa.concat_tables(tables))
            self._insert(record_texts(self.log, shape, "records"))
            self.con.unregister("records")

    def _insert(self, texts: str, *, explains: bool = True) -> None:
        staged = cast_sql(self.log, self.settings, texts, steady=self.steady, explains=explains)
        self.con.execute(f"insert into {STAGED} {pseudonyms.staged_sql(self.con, self.settings, self.log, staged)}")

    def _forget(self, file_id: int) -> None:
        self.con.execute(f"delete from {STAGED} where file_id = ?", [file_id])

    def _counts(self) -> list[FileCount]:
        query = f"select file_id, count(*) - count(reason), count(reason) from {STAGED} group by file_id"
        found = {
            file_id: (accepted, quarantined) for file_id, accepted, quarantined in self.con.execute(query).fetchall()
        }
        counts = []
        for file_id, file in self.files.items():
            if file_id in self.rejected:
                reason = pseudonyms.without_values(self.settings, self.rejected[file_id])
                counts.append(FileCount(file, None, None, None, reason))
                continue
            delivered, (accepted, quarantined) = self.delivered[file_id], found.get(file_id, (0, 0))
            if delivered != accepted + quarantined:
                raise IngestError(
                    f"{file.path}: {delivered} records delivered, {accepted + quarantined} accepted or quarantined"
                )
            counts.append(FileCount(file, delivered, accepted, quarantined))
        return counts


def _with_origin(records: pa.Table, file_id: int, log_day: date) -> pa.Table:
    n = records.num_rows
    return records.append_column("file_id", pa.repeat(pa.scalar(file_id, pa.int32()), n)).append_column(
        "log_day", pa.repeat(pa.scalar(log_day, pa.date32()), n)
    )
