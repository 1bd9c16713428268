"""Writes prepared tables as landing files, ``<landing>/<log>/<log day>/<source>.csv``.

Everything is built and flushed in a hidden folder of the same file system first, then moved file by file, so
no file is ever half written. Moving waits for a run, and a run waits for it. What the rows mean is decided elsewhere.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection
from filelock import Timeout
from pydantic import ByteSize, TypeAdapter, ValidationError

from pipelines import lock
from pipelines.connectors.day_files import header_of, write_days
from pipelines.connectors.leftovers import SOURCE, alone, sweep_imports
from pipelines.connectors.prepare import Prepared, not_mapped
from pipelines.connectors.report import ConnectorError, ImportReport, NotMapped, OnStep, unheard
from pipelines.connectors.same import holds_same
from pipelines.contract import LOGS
from pipelines.files import sync
from pipelines.home import Home
from pipelines.ingest.reach import unreadable
from pipelines.settings.limits import LimitSettings

_MEMORY = "500MB"
"""What DuckDB gets for an import, or less where the setting says so: what does not fit is kept on the disk."""

_FLUSHERS = 8  # flushes that wait together share the disk's work


@dataclass(frozen=True)
class Workspace:
    """One running import: its own database and a hidden folder inside landing that goes away with it."""

    connection: DuckDBPyConnection
    folder: Path
    landing: Path
    source: str
    timezone: str
    on_wait: Callable[[str], None] | None = None
    on_step: OnStep = unheard


@contextmanager
def open_workspace(
    landing: Path,
    source: str,
    timezone: str,
    limits: LimitSettings,
    on_wait: Callable[[str], None] | None = None,
    on_step: OnStep = unheard,
) -> Iterator[Workspace]:
    """Open a workspace below ``landing``; one import of a source at a time.

    Raises:
        ConnectorError: The source's name cannot name a file, an import of it is running, or landing files would be
            written through a link out of ``landing``.
    """
    if not SOURCE.fullmatch(source):
        raise ConnectorError(f"source {source!r}: use lower-case letters, digits and _, such as my_forum")
    home = Home(landing.parent)
    for folder in (landing, *(landing / log for log in LOGS)):
        if problem := unreadable(home, folder):
            raise ConnectorError(f"{folder} {problem}")
    landing.mkdir(parents=True, exist_ok=True)
    try:
        with alone(landing, source):
            sweep_imports(landing, own=source)
            folder = Path(tempfile.mkdtemp(prefix=f".import-{source}-", dir=landing))
            try:
                config: dict[str, str | bool | int | float | list[str]] = {
                    "temp_directory": str(folder / "spill"),
                    "memory_limit": _memory(limits.memory_limit),
                    "threads": limits.threads,
                }
                with duckdb.connect(config=config) as connection:
                    connection.execute("set TimeZone = 'UTC'")
                    connection.execute("set enable_progress_bar = false")
                    yield Workspace(connection, folder, landing, source, timezone, on_wait, on_step)
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    except Timeout as error:
        raise ConnectorError(f"an import of {source} into {landing} is running; wait until it is done") from error


def _memory(allowed: str) -> str:
    if allowed.endswith("%"):  # of the machine's
        return _MEMORY
    try:
        return min(allowed, _MEMORY, key=TypeAdapter(ByteSize).validate_python)
    except ValidationError:
        return allowed  # DuckDB says what is wrong with it


def write_landing(
    workspace: Workspace,
    prepared: Sequence[Prepared],
    rows_read: dict[str, int],
    remarks: Sequence[NotMapped] = (),
    complete: tuple[date, date] | None = None,
) -> ImportReport:
    """Write the rows of ``prepared`` that have no problem and return the account of the import.

    Each row goes to the log day of its ``occurred_at`` in the community's time zone. The source's own files
    that get no rows any more are removed; identical ones are not touched; all else in landing is left alone.
    Of the days from the first to the last of ``complete`` the source tells everything: one without rows gets a file
    with a header alone, so that it counts as quiet and not as missing.
    """
    by_log: dict[str, list[Prepared]] = {}
    for part in prepared:
        by_log.setdefault(part.log.name, []).append(part)
    rows_written: dict[str, int] = {}
    days: set[date] = set()
    places: set[Path] = set()
    moves: dict[Path, Path] = {}
    for number, (name, parts) in enumerate(by_log.items()):
        workspace.on_step("write", number, len(by_log))
        built = workspace.folder / name
        built.mkdir()
        n_rows = write_days(workspace.connection, parts, workspace.source, workspace.timezone, built)
        rows_written[name] = sum(n_rows.values())
        days.update(n_rows)
        for day in _between(complete):
            if day not in n_rows:
                (built / f"{day}.csv").write_bytes(header_of(parts))
        for path in sorted(built.iterdir()):
            place = workspace.landing / name / path.stem / f"{workspace.source}.csv"
            places.add(place)
            if not holds_same(place, path):
                moves[place] = path
    return ImportReport(
        source=workspace.source,
        rows_read=rows_read,
        rows_written=rows_written,
        not_mapped=(*(row for part in prepared for row in not_mapped(workspace.connection, part)), *remarks),
        first_day=min(days, default=None),
        last_day=max(days, default=None),
        files_changed=len(moves),
        files_unchanged=len(places) - len(moves),
        files_removed=_install(workspace, moves, places),
    )


def _between(complete: tuple[date, date] | None) -> Iterator[date]:
    if complete is not None:
        first, last = complete
        yield from (first + timedelta(days=n) for n in range((last - first).days + 1))


def _install(workspace: Workspace, moves: dict[Path, Path], places: set[Path]) -> int:
    """Move new files into place, remove those of an earlier import; return how many were removed."""
    stale = [
        place
        for place in workspace.landing.glob(f"*/*/{workspace.source}.csv")
        if place not in places and place.parts[-3] in LOGS and _is_day(place.parts[-2])
    ]
    workspace.on_step("place", 0, 1)
    home = Home(workspace.landing.parent)
    is_held = lock.hold(home, on_wait=workspace.on_wait, what="guildbook import")  # no run reads half of it
    with is_held, ThreadPoolExecutor(_FLUSHERS) as pool:
        list(pool.map(sync, moves.values()))
        for place, built in moves.items():
            place.parent.mkdir(parents=True, exist_ok=True)
            built.replace(place)
        for place in stale:
            place.unlink()
        folders = {place.parent for place in (*moves, *stale)}
        of_logs = {folder.parent for folder in folders}
        list(pool.map(sync, [*folders, *of_logs, *{folder.parent for folder in of_logs}]))
    for folder in folders:
        if not any(folder.iterdir()):
            folder.rmdir()
    return len(stale)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
