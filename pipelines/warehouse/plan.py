"""What a run has to build: decided from the ledgers of the lake and the last completed run."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipelines.contract import LOGS
from pipelines.home import Home
from pipelines.ingest.refusals import first_reasons
from pipelines.lake import manifest
from pipelines.lake.duck import connect, open_warehouse
from pipelines.lake.sources import EMPTY_DAY
from pipelines.lake.whole import check_parts
from pipelines.settings import Settings
from pipelines.sql import files_below
from pipelines.warehouse.project import transformation_digest

Schedule = Callable[[Home, Settings, date, date], tuple[date, ...]]
"""From the first and the last day of the calendar to the cut-offs that features are built for."""


CODE_CHANGED = "a transformation or a setting changed"
"""Why everything is rebuilt where marts are computed differently than in the last completed run."""


ON_PARQUET = "days cannot be taken out of the server's tables of Parquet"
"""Why everything is rebuilt, each time, where a Spark server keeps its tables as Parquet."""


class NothingAcceptedError(RuntimeError):
    """No accepted row of any log exists, so there is nothing to build."""


@dataclass(frozen=True)
class BuildPlan:
    """What dbt is told. ``full_because`` is empty unless everything is rebuilt; the days are calendar bounds."""

    fingerprint: str
    first_day: date
    through_day: date
    full_because: str
    training_days: tuple[date, ...]

    @property
    def is_full(self) -> bool:
        """Whether everything is rebuilt."""
        return bool(self.full_because)


@dataclass(frozen=True)
class CompletedBuild:
    """The last run that was completed, as the warehouse remembers it."""

    fingerprint: str
    first_day: date
    through_day: date


def make_plan(home: Home, settings: Settings, *, full: bool = False, schedule: Schedule | None = None) -> BuildPlan:
    """Decide what the run builds; the caller holds the home's lock.

    Args:
        home: Home folder of the community.
        settings: Settings of the community.
        full: Whether everything is rebuilt whatever changed.
        schedule: Says for which cut-offs a model is trained; without it none is.

    Raises:
        NothingAcceptedError: Nothing was ever accepted.
        DamagedError: A part of the lake is not what was written.
    """
    check_parts(home, settings.threads)
    rows = [row for row in manifest.current(home).to_pylist() if row["n_rows"]]
    if not rows:
        raise NothingAcceptedError(_nothing_accepted(home))
    through_day = max(row["log_day"] for row in rows)
    first_log_day = min(row["log_day"] for row in rows)
    first_day = min(_first_active_day(home, settings, rows) or first_log_day, through_day)
    fingerprint = code_fingerprint(settings)
    return BuildPlan(
        fingerprint=fingerprint,
        first_day=first_day,
        through_day=through_day,
        full_because=_full_because(completed_build(home), fingerprint, first_day, through_day, asked=full)
        or _full_on_engine(home, settings),
        training_days=schedule(home, settings, first_day, through_day) if schedule else (),
    )


def completed_build(home: Home) -> CompletedBuild | None:
    """Read the last completed run from the warehouse; None where there was none, or marts that it made are gone."""
    if not (home.warehouse.exists() and home.marts.exists()):
        return None
    with open_warehouse(home) as con:
        tables = con.execute("select database_name, table_name from duckdb_tables()").fetchall()
        if ("warehouse", "completed_marts") not in tables:
            return None
        marts = {name for (name,) in con.execute("from control.completed_marts").fetchall()}
        rows = con.execute("select fingerprint, first_day, through_day from control.completed_builds").fetchall()
    is_whole = marts <= {name for database, name in tables if database == "built"}
    return CompletedBuild(*rows[0]) if rows and is_whole else None


def code_fingerprint(settings: Settings) -> str:
    """Digest of every transformation and of the settings they use; another one makes every day stale."""
    used = (
        settings.timezone,
        settings.engagement_windows,
        settings.engagement_high,
        settings.engagement_medium,
        settings.churn_horizon_days,
        settings.renewal_grace_days,
        settings.active_by_events,
        *((settings.engine, settings.spark_tables) if settings.engine != "duckdb" else ()),
    )
    return hashlib.sha256(f"{transformation_digest()}{used}".encode()).hexdigest()[:16]


def _nothing_accepted(home: Home) -> str:
    """Say why there is nothing to build: gate 1 withheld what was delivered, or nothing was."""
    held = [candidate for log in LOGS for candidate in manifest.candidates(home, log)]
    if not held:
        return "nothing was delivered yet: put logs under landing/<log>/<day>/ and run those days"
    days = ", ".join(f"{one.log} {one.log_day}" for one in held[:3])
    more = f" and {len(held) - 3:,} more" if len(held) > 3 else ""
    reasons = [reason for log in LOGS for reason in first_reasons(home, log, [o.log_day for o in held if o.log == log])]
    return "; ".join([f"gate 1 withheld all that was delivered, so there is nothing to build: {days}{more}", *reasons])


def _first_active_day(home: Home, settings: Settings, rows: list[dict[str, Any]]) -> date | None:
    """First day on which anything counts: it opens the calendar. A joining day may lie decades before any activity.

    An interaction counts on its event day, a piece on the day it was published, however much later its row says it
    changed. A state for an event counts as one where the setting says so.
    """
    logs = {"interactions", "event_participation"} if settings.active_by_events else {"interactions"}
    days = [row["event_day"] for row in rows if row["log"] in logs]
    if any(row["log"] == "content" for row in rows):
        parts = files_below(home.raw_part("content", EMPTY_DAY).parent.parent, "*/*.parquet")
        with connect(home, settings) as con:
            days += con.execute(
                "select min(published_at at time zone 'UTC')::date "
                f"from read_parquet({parts}, hive_partitioning = false) where op = 'upsert'"
            ).fetchall()[0]
    return min((day for day in days if day is not None), default=None)


def _full_because(
    completed: CompletedBuild | None, fingerprint: str, first_day: date, through_day: date, *, asked: bool
) -> str:
    if asked:
        return "asked for"
    if completed is None:
        return "no completed run is there to build on"
    if completed.fingerprint != fingerprint:
        return CODE_CHANGED
    if through_day < completed.through_day or first_day > completed.first_day:
        return "days at an end of the history were withdrawn"
    return ""


def _full_on_engine(home: Home, settings: Settings) -> str:
    """Say why days alone cannot be replaced in the tables of the engine; nothing where they can."""
    if settings.engine == "duckdb":
        return ""
    if settings.spark_tables == "parquet":
        return ON_PARQUET
    with open_warehouse(home) as con:
        marts = {name for (name,) in con.execute("from control.completed_marts").fetchall()}
    is_whole = all((home.spark / "marts" / name).is_dir() for name in marts)
    return "" if is_whole else "tables of the server are gone"
