"""Writing the rows of a batch as parts, one folder per log day, and moving them in whole. Nothing is cast.

A candidate counts once its ``_delivery.json`` is there: that is removed before the part is replaced, and moved
in last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from pipelines.contract import Log
from pipelines.files import move_all_in, remove, sync_all
from pipelines.home import Home
from pipelines.ingest.batch import STAGED, FileCount, IngestError
from pipelines.ingest.findings import DayFindings, find
from pipelines.ingest.profile import measure
from pipelines.ingest.rules import identity
from pipelines.lake.delivery import DELIVERY, delivery_text, remove_delivery, whole_delivery
from pipelines.lake.seal import damage, seal
from pipelines.lake.sources import part_columns
from pipelines.sql import array, literal

_OPTIONS = "format parquet, compression zstd, row_group_size 30720"
"""Row groups small enough that all threads work on the part of an ordinary day."""
_MANY_ROWS = 10_000
"""Rows from which a log day has a statement of its own, beside others; for fewer that takes longer than together."""


def describe(
    con: duckdb.DuckDBPyConnection, log: Log, fingerprints: dict[date, str], counts: Sequence[FileCount]
) -> dict[date, dict[str, Any]]:
    """Return the content of ``_delivery.json`` for each log day of a batch.

    It holds the fingerprint, the rows, what became of each file, row count and checksum per event day (a sum over row
    hashes, so order does not matter), a profile, findings, and the day's shape; duplicates are rows after the first of
    a key, and of rows that name nobody each key counts once.
    """
    event_days: dict[date, list[dict[str, Any]]] = {log_day: [] for log_day in fingerprints}
    for log_day, event_day, rows, checksum in con.execute(
        f"""
        select log_day, event_day, count(*), sum(row_hash::hugeint)::varchar
        from {STAGED} where reason is null group by all order by all
        """
    ).fetchall():
        event_days[log_day].append({"event_day": event_day.isoformat(), "rows": rows, "checksum": checksum})
    key = f"distinct hash({', '.join(identity(log))})"
    profiles = {
        log_day: measured
        for log_day, *measured in con.execute(
            f"""
            select
                log_day,
                count(*) - count({key}),
                {f"count({key}) filter (where op = 'upsert' and {log.person} is null)" if log.person else "null"},
                count(*) filter (where event_day < log_day),
                greatest(max(log_day - event_day), 0)
            from {STAGED} where reason is null group by log_day
            """
        ).fetchall()
    }
    of_day: dict[date, list[FileCount]] = {log_day: [] for log_day in fingerprints}
    for count in counts:
        of_day[count.file.log_day].append(count)
    found = find(con, log, fingerprints, [log_day for log_day, (repeated, *_) in profiles.items() if repeated])
    shapes = measure(con, log, fingerprints)
    return {
        log_day: _delivery(
            log, log_day, fingerprint, event_days[log_day], profiles.get(log_day), of_day[log_day], found[log_day]
        )
        | {"shape": shapes[log_day]}
        for log_day, fingerprint in fingerprints.items()
    }


def write_days(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    log: Log,
    deliveries: dict[date, dict[str, Any]],
    file_names: Sequence[str],
    folder: Path,
) -> None:
    """Write the quarantine and candidate parts of a batch under ``folder``, force them to disk, then move them in.

    A candidate of the same files and rows stays as it is. ``file_names`` are those of the whole batch.
    """
    columns = ", ".join(part_columns(log))
    names = array(map(literal, file_names))
    seen = f"{names}[file_id + 1] as file, line, reason, column_name, raw_text, raw_sha256, raw_bytes"
    rows = {day: delivery["rows"] for day, delivery in deliveries.items()}
    parts = _copy_days(con, columns, "reason is null", "event_day, occurred_at, row_hash", rows, folder / "parts")
    bad = {day: delivery["profile"]["quarantined"] for day, delivery in deliveries.items()}
    bad_parts = _copy_days(con, seen, "reason is not null", "file, line", bad, folder / "quarantine")
    for day, delivery in deliveries.items():
        if day not in parts:
            parts[day] = folder / f"{day}.parquet"
            con.execute(f"copy (select {columns} from {STAGED} where false) to {literal(parts[day])} ({_OPTIONS})")
        (folder / f"{day}.json").write_text(delivery_text(delivery), encoding="utf-8")
    for part in (*parts.values(), *bad_parts.values()):
        seal(part)
    sync_all([path for path in folder.rglob("*") if path.is_file()])
    move_all_in([(part, home.quarantine_part(log.name, day)) for day, part in bad_parts.items()])
    for day, delivery in deliveries.items():
        if day not in bad_parts:
            remove(home.quarantine_part(log.name, day))
        candidate = home.candidate_part(log.name, day)
        if not (candidate.is_file() and not damage(candidate) and whole_delivery(candidate) == delivery):
            remove_delivery(candidate)
            _move(parts[day], candidate)
            _move(folder / f"{day}.json", candidate.parent / DELIVERY)


def _delivery(
    log: Log,
    log_day: date,
    fingerprint: str,
    event_days: list[dict[str, Any]],
    measured: list[int] | None,
    counts: list[FileCount],
    found: DayFindings,
) -> dict[str, Any]:
    duplicates, null_members, late_rows, lateness = measured or (0, None, 0, 0)
    return {
        "log": log.name,
        "log_day": log_day.isoformat(),
        "fingerprint": fingerprint,
        "rows": sum(day["rows"] for day in event_days),
        "files": [
            {
                "file": count.file.shown_name,
                "bytes": count.file.size,
                "delivered": count.delivered,
                "accepted": count.accepted,
                "quarantined": count.quarantined,
                "status": count.status,
                "reason": count.reason,
            }
            for count in counts
        ],
        "event_days": event_days,
        "profile": {
            "delivered": sum(count.delivered or 0 for count in counts),
            "accepted": sum(count.accepted or 0 for count in counts),
            "quarantined": sum(count.quarantined or 0 for count in counts),
            "rejected_files": sum(count.status == "rejected" for count in counts),
            "duplicates": duplicates,
            "null_members": null_members,
            "shared_key_rows": found.shared_key_rows,
            "late_rows": late_rows,
            "max_lateness_days": lateness,
        },
        "findings": found.rows,
    }


def _copy_days(
    con: duckdb.DuckDBPyConnection, columns: str, kept: str, order: str, rows: Mapping[date, int], folder: Path
) -> dict[date, Path]:
    """Copy the staged rows that are kept to one file per log day and return those files; days without rows have none.

    ``rows`` are how many there are of each day.
    """
    folder.mkdir()
    large = {day: folder / f"{day}.parquet" for day, n_rows in rows.items() if n_rows >= _MANY_ROWS}
    small = [day for day, n_rows in rows.items() if 0 < n_rows < _MANY_ROWS]

    def copy(days: Sequence[date]) -> None:
        with con.cursor() as own:
            for day in days:
                one = f"select {columns} from {STAGED} where {kept} and log_day = '{day}' order by {order}"
                own.execute(f"copy ({one}) to {literal(large[day])} ({_OPTIONS})")

    n_threads = int(con.execute("select current_setting('threads')").fetchall()[0][0])
    with ThreadPoolExecutor(n_threads) as pool:
        list(pool.map(copy, [list(large)[n::n_threads] for n in range(n_threads)]))
    if not small:
        return large
    of_small = f"log_day in ({', '.join(literal(str(day)) for day in small)})"
    together = f"select {columns}, log_day from {STAGED} where {kept} and {of_small} order by log_day, {order}"
    con.execute(f"copy ({together}) to {literal(folder / 'small')} ({_OPTIONS}, partition_by (log_day))")
    found = dict(large)
    for path in folder.glob("small/log_day=*/*.parquet"):
        day = date.fromisoformat(path.parent.name.removeprefix("log_day="))
        if day in found:
            raise IngestError(f"{day} was written as more than one part; nothing of its batch is kept")
        found[day] = path
    return found


def _move(staged: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    staged.replace(target)
