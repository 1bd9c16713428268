"""Ingesting log days: their candidate parts batch by batch, and the record of deliveries.

The landing folder is the truth: a day's part is what its folder holds now; nothing, where the folder is gone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import duckdb

from pipelines import clock
from pipelines.contract import Log
from pipelines.faults import is_disk_full
from pipelines.home import Home
from pipelines.ingest.batch import ENDED, read_batch
from pipelines.ingest.changes import last_deliveries, look_for_changes
from pipelines.ingest.culprits import without_culprits
from pipelines.ingest.findings import summary
from pipelines.ingest.landing import LandingFile, fingerprint, landing_files
from pipelines.ingest.parts import describe, write_days
from pipelines.lake import ledger
from pipelines.lake.duck import connect
from pipelines.lake.staging import staging_folder
from pipelines.settings import Settings
from pipelines.settings.limits import beyond

BeforeReading = Callable[[Home, Settings, Log, Mapping[date, list[LandingFile]]], dict[date, int]]
"""Changes files of these log days, and returns the days whose files it changed, with how many rows."""

_MAX_BATCH_DAYS = 64
_MAX_BATCH_BYTES = 512 << 20


@dataclass(frozen=True)
class DayReport:
    """What became of one log day: counts of its readable files; a skipped day has those of its last time."""

    log_day: date
    files: int
    delivered: int
    accepted: int
    quarantined: int
    rejected_files: int
    skipped: bool = False
    removed: bool = False
    findings: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class IngestReport:
    """What became of a log's days, in order; days that were never delivered are left out."""

    log: str
    days: tuple[DayReport, ...]

    @property
    def ingested_days(self) -> tuple[date, ...]:
        """Days whose candidate part was written again."""
        return tuple(day.log_day for day in self.days if not day.skipped)

    @property
    def findings(self) -> list[str]:
        """What was found in the days ingested, summed up in lines."""
        return summary((day.log_day, finding) for day in self.days for finding in day.findings)


def ingest_days(
    home: Home,
    settings: Settings,
    log: Log,
    days: Sequence[date],
    *,
    run_id: str,
    force: bool = False,
    progress: Callable[[str], None] | None = None,
    before_reading: BeforeReading | None = None,
) -> IngestReport:
    """Turn the landing files of a log's days into candidate parts, quarantine and delivery records.

    Days whose files and rules did not change since their last ingestion are skipped. Each batch is recorded
    in the ledger ``deliveries`` after its parts are in place, so the next run does what a killed one left undone.

    Args:
        home: Home folder of the community.
        settings: Time zone, default source, threads and memory.
        log: The log to ingest.
        days: Log days to look at, in any order.
        run_id: Run that the delivery records name.
        force: Ingest unchanged days too.
        progress: Called with one line of text per batch.
        before_reading: May change the files that are about to be read, as it has to where members were erased.

    Returns:
        Report of every day that is or was delivered.

    Raises:
        IngestError: Rows were lost or doubled, which is an error of the program.
    """
    recorded = last_deliveries(home, log)
    reports = []
    stale: dict[date, list[LandingFile]] = {}
    for log_day, files, change in look_for_changes(home, settings, log, days, recorded):
        if change or force:
            stale[log_day] = files
        else:
            reports.append(_report(log_day, recorded[log_day], skipped=True))
    replaced = before_reading(home, settings, log, stale) if before_reading else {}
    for log_day, n_rows in replaced.items():
        stale[log_day] = landing_files(home, log, log_day)
        if progress:
            progress(f"{log.name} {log_day}: {n_rows:,} rows name erased members again; they are theirs no more")
    if stale:
        for batch, made in _ingested(home, settings, log, stale):
            reports += _record(home, log, made, recorded, run_id)
            if progress:
                n_files = sum(map(len, batch.values()))
                progress(f"{log.name} {min(batch)} to {max(batch)}: {n_files} files ingested")
    return IngestReport(log.name, tuple(sorted(reports, key=lambda report: report.log_day)))


def _ingested(
    home: Home, settings: Settings, log: Log, stale: dict[date, list[LandingFile]]
) -> Iterator[tuple[dict[date, list[LandingFile]], dict[date, dict[str, Any]]]]:
    """Give each batch with what the deliveries of its days say of themselves."""
    left = deque(_batches(stale))
    while left:
        with connect(home, settings) as con:
            while left:
                try:
                    made = _ingest_batch(con, home, settings, log, left[0], left[0])
                except ENDED:
                    break
                yield left.popleft(), made
        if left:
            fit = without_culprits(home, settings, log, left[0])
            with connect(home, settings) as con:
                made = _ingest_batch(con, home, settings, log, fit, left[0])
            yield left.popleft(), made


def _batches(stale: dict[date, list[LandingFile]]) -> Iterator[dict[date, list[LandingFile]]]:
    """Group days so that a batch is bounded; a day is never divided."""
    batch: dict[date, list[LandingFile]] = {}
    size = 0
    for log_day, files in stale.items():
        day_size = sum(file.size for file in files)
        if batch and (len(batch) == _MAX_BATCH_DAYS or size + day_size > _MAX_BATCH_BYTES):
            yield batch
            batch, size = {}, 0
        batch[log_day] = files
        size += day_size
    if batch:
        yield batch


def _ingest_batch(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    settings: Settings,
    log: Log,
    batch: dict[date, list[LandingFile]],
    delivered: dict[date, list[LandingFile]],
) -> dict[date, dict[str, Any]]:
    """Ingest a batch and return what the delivery of each day says of itself.

    What does not fit into memory is read day by day; a day that still does not is refused, file by file.
    """
    try:
        return _read_and_write(con, home, settings, log, batch, delivered)
    except duckdb.OutOfMemoryException as error:
        if is_disk_full(error):
            raise
        if len(batch) > 1:
            days = [
                _ingest_batch(con, home, settings, log, {day: files}, {day: delivered[day]})
                for day, files in batch.items()
            ]
            return {log_day: made for day in days for log_day, made in day.items()}
        found = "the records of its log day do not fit into memory"
        why = beyond(settings, "memory_limit", found, "shorten them, divide the day, or raise that setting")
        refused = {day: [replace(file, problem=why) for file in files] for day, files in batch.items()}
        return _read_and_write(con, home, settings, log, refused, delivered)


def _read_and_write(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    settings: Settings,
    log: Log,
    batch: dict[date, list[LandingFile]],
    delivered: dict[date, list[LandingFile]],
) -> dict[date, dict[str, Any]]:
    """Read the files of a batch and write its parts; their fingerprints are those of the files as ``delivered``."""
    files = [file for day_files in batch.values() for file in day_files]
    counts = read_batch(con, log, settings, files)
    fingerprints = {log_day: fingerprint(day_files, log, settings) for log_day, day_files in delivered.items()}
    deliveries = describe(con, log, fingerprints, counts)
    with staging_folder(home) as folder:
        write_days(con, home, log, deliveries, [file.shown_name for file in files], folder)
    return deliveries


def _record(
    home: Home,
    log: Log,
    made: dict[date, dict[str, Any]],
    before: dict[date, list[dict[str, Any]]],
    run_id: str,
) -> list[DayReport]:
    """Record deliveries and what was found in them, and report their days.

    A delivery has one row per file, or one that says that no file is left. The findings come first: those of a killed
    run have no delivery, so nobody reads them. A delivery is dated after the one ``before`` it, whatever the clock
    says: the latest is the last.
    """
    after = [before[log_day][0]["ingested_at"] + timedelta(microseconds=1) for log_day in made if log_day in before]
    now = max([clock.now(), *after])
    gone = {"accepted": 0, "delivered": 0, "quarantined": 0, "status": "removed"}
    files: dict[date, list[dict[str, Any]]] = {}
    found: list[dict[str, Any]] = []
    for log_day, delivery in made.items():
        delivery_id = f"{log.name}/{log_day}/{delivery['fingerprint']}"
        common = {"delivery_id": delivery_id, "log": log.name, "log_day": log_day, "run_id": run_id}
        found += [common | finding | {"found_at": now} for finding in delivery["findings"]]
        common |= {"fingerprint": delivery["fingerprint"], "ingested_at": now}
        files[log_day] = [common | file for file in delivery["files"] or [gone]]
    ledger.append(home, "delivery_findings", found)
    ledger.append(home, "deliveries", [row for rows in files.values() for row in rows])
    return [replace(_report(day, rows), findings=tuple(made[day]["findings"])) for day, rows in files.items()]


def _report(log_day: date, rows: list[dict[str, Any]], *, skipped: bool = False) -> DayReport:
    return DayReport(
        log_day=log_day,
        files=sum(row.get("file") is not None for row in rows),
        delivered=sum(row["delivered"] or 0 for row in rows),
        accepted=sum(row["accepted"] or 0 for row in rows),
        quarantined=sum(row["quarantined"] or 0 for row in rows),
        rejected_files=sum(row["status"] == "rejected" for row in rows),
        skipped=skipped,
        removed=rows[0]["status"] == "removed",
    )
