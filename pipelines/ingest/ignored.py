"""What nothing reads in the landing folder, and why: each entry with the cure. Names only; no file is opened.

Names that start with a dot or an underscore are left out on purpose, as the contract says.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from pipelines import clock
from pipelines.contract import LOGS
from pipelines.home import Home
from pipelines.ingest.findings import standing
from pipelines.ingest.landing import day_of, entries, is_folder
from pipelines.ingest.reach import unreadable
from pipelines.ingest.shape import form_of
from pipelines.lake import ledger
from pipelines.reading.blocks import Rejected

NOT_READ = "not_read"

_DAY = re.compile(r"(\d{4})[-_./ ]?(\d{1,2})[-_./ ]?(\d{1,2})")


@dataclass(frozen=True)
class Ignored:
    """An entry of the landing folder that nothing reads, by its path below it."""

    path: str
    why: str
    cure: str

    def __str__(self) -> str:
        """The entry in a line."""
        return f"landing/{self.path}: {self.why}; {self.cure}"

    @property
    def log(self) -> str | None:
        """The log whose folder it lies in."""
        name = self.path.split("/")[0]
        return name if name in LOGS else None


def note_ignored(home: Home, ignored: Sequence[Ignored], run_id: str) -> None:
    """Keep what is ignored in the ledger of findings: what is new, and what is gone since the last look."""
    before = {row["name"]: row for row in standing(home) if row["log_day"] is None}
    now = {one.path: one for one in ignored}
    common = {"finding": NOT_READ, "run_id": run_id, "found_at": clock.now()}
    rows = [
        common | {"log": one.log, "name": one.path, "said": f"landing/{one.path}: {one.why}", "cure": one.cure}
        for one in now.values()
        if one.path not in before or before[one.path]["cure"] != one.cure
    ]
    gone = [
        {key: row[key] for key in ("log", "name", "said", "cure")} for path, row in before.items() if path not in now
    ]
    ledger.append(home, "delivery_findings", rows + [common | row | {"is_gone": True} for row in gone])


def ignored_entries(home: Home, first_log_day: date) -> list[Ignored]:
    """Return what nothing reads in the landing folder, by path."""
    return sorted(_ignored(home, first_log_day), key=lambda one: one.path)


def _unread(path: str, problem: str) -> Ignored:
    why, _, cure = problem.partition("; ")
    return Ignored(path, why, cure)


def _ignored(home: Home, first_log_day: date) -> Iterator[Ignored]:
    if problem := unreadable(home, home.landing):
        yield _unread("", problem)
    for entry in entries(home.landing):
        if problem := unreadable(home, Path(entry.path)):
            yield _unread(_shown(entry), problem)
        elif not is_folder(entry):
            yield Ignored(_shown(entry), "a file outside the folder of a log", _move("<log>"))
        elif entry.name not in LOGS:
            yield Ignored(_shown(entry), "no log is called that", _log_cure(entry.name))
        else:
            yield from _ignored_of_log(home, entry.name, first_log_day)


def _ignored_of_log(home: Home, log: str, first_log_day: date) -> Iterator[Ignored]:
    folder = home.landing / log
    early: list[str] = []
    for entry in entries(folder):
        path = f"{log}/{_shown(entry)}"
        if problem := unreadable(home, Path(entry.path)):
            yield _unread(path, problem)
        elif not is_folder(entry):
            yield Ignored(path, "a file outside the folder of a log day", _move(log))
        elif (day := day_of(entry)) is None:
            day_meant = _day_meant(entry.name) or "its log day, as 2024-02-15"
            yield Ignored(path, "its name is no day written as YYYY-MM-DD", f"rename it to {day_meant}")
        elif day < first_log_day:
            early.append(entry.name)
        else:
            for file in entries(folder / entry.name):
                if is_folder(file):
                    yield Ignored(f"{path}/{_shown(file)}", "a folder inside a log day", "move its files up")
                elif cure := _ending_cure(file.name):
                    yield Ignored(f"{path}/{_shown(file)}", "nothing reads files with its ending", cure)
    if early:
        more = f", as {len(early) - 1} more" if len(early) > 1 else ""
        first = min(early)
        yield Ignored(
            f"{log}/{first}",
            f"it lies before the first log day {first_log_day}{more}",
            f"set GUILDBOOK_FIRST_LOG_DAY={first}",
        )


def _ending_cure(name: str) -> str | None:
    try:
        form_of(Path(name))
    except Rejected as reason:
        return str(reason)
    return None


def _shown(entry: os.DirEntry[str]) -> str:
    return entry.name.encode(errors="surrogateescape").decode(errors="backslashreplace")


def _move(log: str) -> str:
    return f"move it to landing/{log}/<YYYY-MM-DD>/, the folder of its log day"


def _log_cure(name: str) -> str:
    plain = re.sub(r"[^a-z]+", "_", name.lower())
    near = get_close_matches(plain, LOGS, n=1)
    return f"rename it to {near[0]}" if near else f"the logs are {', '.join(LOGS)}"


def _day_meant(name: str) -> str | None:
    """Return the day that a name means but does not write as YYYY-MM-DD."""
    if not (match := _DAY.fullmatch(name)):
        return None
    try:
        return date(*map(int, match.groups())).isoformat()
    except ValueError:
        return None
