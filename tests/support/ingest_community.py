"""A community's home in a temporary folder, short ways to deliver files and to read what became of them."""

from __future__ import annotations

import csv
import gzip
import io
import json
from datetime import date
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from pipelines.contract import LOGS
from pipelines.home import Home
from pipelines.ingest import IngestReport, ingest_days
from pipelines.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pipelines.contract import Log

DAY = date(2024, 3, 5)
HEADER = "interaction_id,occurred_at,kind,member_id\n"


class Community:
    """One home; ``log`` is the log that its methods deliver and read."""

    def __init__(self, root: Path, log: str = "interactions", **settings: Any) -> None:
        self.home = Home(root)
        self.settings = Settings(home=root, threads=1, **settings)
        self.log = LOGS[log]

    def deliver(self, name: str, data: str | bytes, day: date = DAY) -> Path:
        data = data.encode() if isinstance(data, str) else data
        if name.endswith(".gz"):
            data = gzip.compress(data, mtime=0)
        elif name.endswith(".zst"):
            data = bytes(pa.Codec("zstd").compress(data))
        return self.deliver_as_is(name, data, day)

    def deliver_as_is(self, name: str, data: bytes, day: date = DAY) -> Path:
        path = self.home.landing_day(self.log.name, day) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def ingest(self, *days: date, **options: Any) -> IngestReport:
        return ingest_days(self.home, self.settings, self.log, days or [DAY], run_id="run-1", **options)

    def rows(self, columns: str = "*", day: date = DAY) -> list[tuple[Any, ...]]:
        return _read(self.home.candidate_part(self.log.name, day), columns)

    def quarantine(self, columns: str = "file, line, reason", day: date = DAY) -> list[tuple[Any, ...]]:
        part = self.home.quarantine_part(self.log.name, day)
        return _read(part, columns) if part.exists() else []

    def delivery(self, day: date = DAY) -> dict[str, Any]:
        return json.loads((self.home.candidate_part(self.log.name, day).parent / "_delivery.json").read_text())

    def outcome(self, day: date = DAY) -> dict[str, tuple[Any, ...]]:
        """Return (delivered, accepted, quarantined, reason) of each file."""
        keys = ("delivered", "accepted", "quarantined", "reason")
        return {file["file"]: tuple(file[key] for key in keys) for file in self.delivery(day)["files"]}


def csv_of(log: Log, rows: Iterable[dict[str, str]]) -> str:
    """Return rows as the text of a CSV file that has every column of a log."""
    out = io.StringIO()
    writer = csv.DictWriter(out, [column.name for column in log.own_columns], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _read(part: Path, columns: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        return con.execute(f"select {columns} from read_parquet('{part}', hive_partitioning = false)").fetchall()
