"""What came so far of the running day: its landing files read and judged in a scratch folder, the lake left alone.

The files are those that the nightly run will read, by the same rules of ingestion and of gate 1, but for the rules that
look at a whole day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from pipelines.contract import LOGS, Log
from pipelines.erasure.returned import replace_returned
from pipelines.gates.deliveries import judge_part_of_day
from pipelines.home import Home
from pipelines.ingest import ingest_days
from pipelines.ingest.landing import LandingFile, is_delivered, landing_files
from pipelines.ingest.refusals import first_reasons
from pipelines.lake import manifest
from pipelines.settings import Settings


@dataclass(frozen=True)
class Came:
    """What came of one log so far.

    Attributes:
        log: the log.
        n_files: files in its folder of the day.
        accepted: rows that could be read.
        quarantined: rows that could not.
        part: where the rows lie; None where the gate withholds them.
        written_at: when the newest file was written, in UTC.
        refused: what could not be read, with file, line and reason.
        withheld: why the gate withholds the log's rows; empty where it does not.
        warned: what the gate warns of.
    """

    log: str
    n_files: int
    accepted: int
    quarantined: int
    part: Path | None
    written_at: datetime | None
    refused: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    warned: tuple[str, ...] = ()


def read_day(home: Home, settings: Settings, scratch: Path, day: date) -> dict[str, Came]:
    """Read and judge what lies in the landing folder for a day that is not over.

    Args:
        home: The home, locked; of it only landing files that bring back erased members are changed.
        settings: Its settings.
        scratch: An empty folder on the home's file system.
        day: The running day.

    Returns:
        What came, by log; logs of which nothing came are left out.
    """
    beside = Home(scratch)
    beside.landing.symlink_to(home.landing.resolve(), target_is_directory=True)
    return {
        log.name: _read(home, beside, settings, log, day) for log in LOGS.values() if is_delivered(home, log.name, day)
    }


def _read(home: Home, beside: Home, settings: Settings, log: Log, day: date) -> Came:
    def replaced(_: Home, settings: Settings, log: Log, files: Mapping[date, list[LandingFile]]) -> dict[date, int]:
        return replace_returned(home, settings, log, files)

    report = ingest_days(beside, settings, log, [day], run_id="today", before_reading=replaced)
    files = landing_files(home, log, day, settings)
    written = max((file.mtime_ns for file in files if not file.problem), default=None)
    counted = report.days[0]
    waiting = manifest.candidates(beside, log.name, [day])
    outcome = judge_part_of_day(home, settings, waiting)
    return Came(
        log=log.name,
        n_files=len(files),
        accepted=counted.accepted,
        quarantined=counted.quarantined,
        part=None if outcome.withheld else beside.candidate_part(log.name, day),
        written_at=None if written is None else datetime.fromtimestamp(written / 1e9, UTC),
        refused=tuple(first_reasons(beside, log.name, [day])),
        withheld=outcome.reasons if outcome.withheld else (),
        warned=outcome.warnings,
    )
