"""What lies in the landing folder: log days, files and their fingerprint. File contents are not read here."""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.contract import DUCKDB_TYPES, Log
from pipelines.home import Home
from pipelines.ingest.reach import folder_problem, unreadable
from pipelines.privacy import pseudonyms
from pipelines.settings import Settings
from pipelines.settings.limits import LimitSettings, beyond, changed_limits

_RULES_VERSION = "2"
"""Raise it when the rules of ingestion change in a way that delivered days must be ingested again for."""


@dataclass(frozen=True, order=True)
class LandingFile:
    """One delivered file."""

    log_day: date
    name: str
    path: Path
    size: int
    mtime_ns: int
    problem: str = ""
    """Why it cannot be read at all, and what to do; empty where it can."""

    @property
    def shown_name(self) -> str:
        """The name as text that can be stored; bytes that are not UTF-8 are escaped."""
        return os.fsencode(self.name).decode(errors="backslashreplace")


def delivered_days(home: Home, log: Log, changed_since: float = 0) -> list[date]:
    """Return the log days that have a landing folder, in order; where a moment is given, of those that changed since.

    A folder changes when a file in it comes, goes or is replaced, and when it is itself moved in; not when a file is
    written to.
    """
    return sorted(
        day
        for folder in entries(home.landing / log.name)
        if (day := day_of(folder)) is not None and (not changed_since or _changed_at(folder) >= changed_since)
    )


def _changed_at(folder: os.DirEntry[str]) -> float:
    try:
        stat = folder.stat()
    except OSError:  # what hinders is said by whoever looks into it
        return math.inf
    return max(stat.st_mtime, stat.st_ctime)


def landing_files(home: Home, log: Log, log_day: date, limits: LimitSettings | None = None) -> list[LandingFile]:
    """Return the files of one log day by name; names that start with a dot or an underscore are ignored.

    A folder that is there and cannot be read is one file without a name, with its problem. So is a folder with more
    files than the limits allow.
    """
    folder = home.landing_day(log.name, log_day)
    if problem := folder_problem(home, folder):
        return [LandingFile(log_day, "", folder, 0, 0, problem)]
    files = []
    for entry in entries(folder):
        path = Path(entry.path)
        problem = unreadable(home, path)
        stat = entry.stat(follow_symlinks=not problem)
        files.append(LandingFile(log_day, entry.name, path, stat.st_size, stat.st_mtime_ns, problem))
    if limits and len(files) > limits.max_files_per_log_day:
        found = f"the log day has {len(files):,} files"
        why = beyond(limits, "max_files_per_log_day", found, "none is read: join them, or raise that setting")
        newest, size = max(file.mtime_ns for file in files), sum(file.size for file in files)
        return [LandingFile(log_day, f"all {len(files)} files", folder, size, newest, why)]
    return sorted(files)


def is_delivered(home: Home, log: str, log_day: date) -> bool:
    """Whether a log day has a folder, readable or not."""
    folder = home.landing_day(log, log_day)
    return bool(folder_problem(home, folder)) or folder.is_dir()


def fingerprint(files: Sequence[LandingFile], log: Log, settings: Settings) -> str:
    """Digest what decides a part: the files by name, size and time of change, then the rules applied to them.

    The digests are joined by a dash, so that a reader can tell which of them changed. Under pseudonyms a third part
    tells their key.
    """
    delivered = [
        (os.fsencode(file.name), file.size, file.mtime_ns, *([file.problem] if file.problem else [])) for file in files
    ]
    rules = (_RULES_VERSION, log, DUCKDB_TYPES, settings.timezone, settings.community, *changed_limits(settings))
    digests = [hashlib.sha256(repr(part).encode()).hexdigest()[:16] for part in (delivered, rules)]
    return "-".join(filter(None, [*digests, pseudonyms.mark(settings)]))


def entries(folder: Path) -> list[os.DirEntry[str]]:
    """Return what lies in a folder, but for names that start with a dot or an underscore."""
    try:
        with os.scandir(folder) as entries:
            return [entry for entry in entries if not entry.name.startswith((".", "_"))]
    except OSError:  # not there, no folder, or closed to us, which ``unreadable`` says
        return []


def is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a folder; False where it cannot be looked at."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def day_of(entry: os.DirEntry[str]) -> date | None:
    """Return the log day that a folder is named as; None where it is no folder or its name is no day."""
    try:
        day = date.fromisoformat(entry.name)
    except ValueError:
        return None
    return day if day.isoformat() == entry.name and is_folder(entry) else None
