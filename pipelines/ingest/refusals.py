"""What was refused and why, summed up for people: file, line, reason, and how many lines are like it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from pipelines.contract import LOGS
from pipelines.home import Home
from pipelines.lake import ledger, manifest
from pipelines.lake.delivery import read_delivery
from pipelines.sql import file_list

# What differs from line to line is left out: the value, numbers, and what to do about it.
_KIND = "split_part(regexp_replace(regexp_replace(reason, '''.*''', ''), '[0-9]+', '', 'g'), ';', 1)"


@dataclass(frozen=True)
class Refusal:
    """Lines of one file that were refused alike, by the first of them; a whole file has no line.

    Attributes:
        log: log they were delivered to.
        log_day: day they were delivered for.
        file: name of the file.
        line: the first of them; None for a whole file.
        column: the column whose rule is broken; None where the line or the file could not be read.
        reason: what is wrong with the first of them.
        kind: the reason without what differs from line to line.
        n_rows: how many they are; 1 for a whole file.
    """

    log: str
    log_day: date
    file: str
    line: int | None
    column: str | None
    reason: str
    kind: str
    n_rows: int

    @property
    def place(self) -> str:
        """Where it stands, as editors and people read it."""
        return f"landing/{self.log}/{self.log_day}/{self.file}" + (f":{self.line}" if self.line else "")

    @property
    def what(self) -> str:
        """What is wrong, the column first."""
        return self.reason.replace(f"{self.column}: ", f"{self.column} ", 1) if self.column else self.reason

    def __str__(self) -> str:
        """Place, reason and how many there are, in one line."""
        return f"{self.place} {self.what}" + (f", {self.n_rows:,} lines like this" if self.n_rows > 1 else "")


def refused(home: Home, log: str, days: Iterable[date] | None = None) -> list[Refusal]:
    """Return what was refused of a log on ``days``, or ever: newest day first, whole files before lines, most first."""
    wanted = None if days is None else set(days)
    found = [*_files(home, log, wanted), *_lines(home, log, wanted)]
    return sorted(found, key=lambda one: (-one.log_day.toordinal(), one.line is not None, -one.n_rows, one.file))


def first_reasons(home: Home, log: str, days: Iterable[date] | None = None, *, limit: int = 3) -> list[str]:
    """Sum up what was refused of a log in at most ``limit`` lines and one that says how much more there is."""
    kinds: dict[tuple[str | None, str, bool], list[Refusal]] = defaultdict(list)
    for one in refused(home, log, days):
        kinds[one.column, one.kind, one.line is None].append(one)
    ranked = sorted(kinds.values(), key=lambda alike: (alike[0].line is not None, -sum(one.n_rows for one in alike)))
    lines = [_said(alike) for alike in ranked[:limit]]
    if rest := ranked[limit:]:
        n_rows = sum(one.n_rows for alike in rest for one in alike)
        lines.append(f"… and {n_rows:,} more of {len(rest):,} other kinds: guildbook quarantine {log}")
    return lines


def reasons_of_run(home: Home, run_id: str | None = None) -> list[str]:
    """First reasons of each log's days that a run read and of those withheld; without a run, of the last."""
    delivered = ledger.read(home, "deliveries").to_pylist()
    if run_id is None and delivered:
        run_id = delivered[-1]["run_id"]
    days = {(row["log"], row["log_day"]) for row in delivered if row["run_id"] == run_id}
    for log in LOGS:
        days |= {(log, candidate.log_day) for candidate in manifest.candidates(home, log)}
    of_log = {log: [day for name, day in days if name == log] for log in LOGS}
    return [reason for log in LOGS if of_log[log] for reason in first_reasons(home, log, of_log[log])]


def _said(alike: Sequence[Refusal]) -> str:
    first = min(alike, key=lambda one: (-one.log_day.toordinal(), one.file, one.line or 0))
    n_rows, n_files = sum(one.n_rows for one in alike), len({one.place.partition(":")[0] for one in alike})
    if n_files == 1:
        return str(first)
    like = f"{n_files:,} files" if first.line is None else f"{n_rows:,} lines in {n_files:,} files"
    return f"{first.place} {first.what}, {like} like this"


def _quarantine_days(home: Home, log: str) -> list[date]:
    root = home.lake / "quarantine" / log
    return [date.fromisoformat(path.parent.name.removeprefix("log_day=")) for path in root.glob("log_day=*/*.parquet")]


def _lines(home: Home, log: str, wanted: set[date] | None) -> list[Refusal]:
    days = [day for day in _quarantine_days(home, log) if wanted is None or day in wanted]
    if not days:
        return []
    parts = file_list(home.quarantine_part(log, day) for day in days)
    with duckdb.connect() as con:
        rows = con.execute(
            f"""
            select log_day, file, min(line), column_name, min_by(reason, line), {_KIND} as kind, count(*)
            from read_parquet({parts}, hive_partitioning = true, hive_types = {{'log_day': date}})
            group by log_day, file, column_name, kind
            """
        ).fetchall()
    return [Refusal(log, *row) for row in rows]


def _files(home: Home, log: str, wanted: set[date] | None) -> list[Refusal]:
    """Files that could not be read at all, of each day's newest delivery."""
    found: dict[date, dict[str, Any] | None] = {}
    for stage in ("raw", "candidates"):
        for folder in sorted((home.lake / stage / log).glob("log_day=*")):
            day = date.fromisoformat(folder.name.removeprefix("log_day="))
            if wanted is None or day in wanted:
                found[day] = read_delivery(folder / "part-0.parquet") or found.get(day)
    return [
        Refusal(log, day, file["file"], None, None, file["reason"], str(file["reason"]).partition(";")[0], 1)
        for day, delivery in found.items()
        for file in (delivery or {"files": []})["files"]
        if file["status"] == "rejected"
    ]
