"""Keeping restatements: pending while their run goes on, in the ledger once its publication is up.

Pending rows lie among the control sources, where dbt reads them beside the ledger. So a run that ends before it
publishes leaves none behind, and running it again gives each row once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from pipelines import clock
from pipelines.home import Home
from pipelines.lake import ledger, manifest, pending, versions
from pipelines.lake.duck import connect
from pipelines.reading import sums
from pipelines.restating.causes import Causes, StaleDays
from pipelines.restating.compare import compare
from pipelines.restating.figures import watched
from pipelines.settings import Settings
from pipelines.warehouse.plan import CODE_CHANGED, BuildPlan

LEDGER = "restatements"


@dataclass(frozen=True)
class Restated:
    """How many figures of how many past days and months a run changes, and since which publication."""

    since_version: int | None
    n_figures: int
    n_periods: int


def restate(home: Home, settings: Settings, plan: BuildPlan, run_id: str) -> Restated:
    """Compare the marts with the publication that is up and keep what differs as pending, in place of earlier ones.

    Without a publication there is nothing to restate. The caller holds the home's lock.
    """
    pending.commit(home, LEDGER)
    since = versions.current(home)
    if since is None:
        pending.keep(home, LEDGER, [])
        return Restated(None, 0, 0)
    database = home.published / "analytics.duckdb"
    sums.check(database, home)
    with connect(home, settings) as con:
        _, changes = compare(con, database, home.marts, watched(grace_days=settings.renewal_grace_days))
    causes = _causes(home, plan, since, run_id) if changes else None
    common = {
        "since_version": since,
        "version": versions.next_number(home),
        "through_day": plan.through_day,
        "run_id": run_id,
        "recorded_at": clock.now(),
    }
    rows = []
    for change in changes:
        assert causes is not None
        cause, delivery_ids = causes.of(change)
        rows.append(
            common
            | {
                "mart": change.figures.mart,
                "metric": change.metric,
                "dimension": change.dimension,
                "day": change.day,
                "old_value": change.old_value,
                "new_value": change.new_value,
                "cause": cause,
                "delivery_ids": delivery_ids,
            }
        )
    pending.keep(home, LEDGER, rows)
    return Restated(since, len(rows), len({(change.figures.mart, change.day) for change in changes}))


def _causes(home: Home, plan: BuildPlan, since: int, run_id: str) -> Causes:
    publications = ledger.read(home, "publications").to_pylist()
    of_version = [row for row in publications if row["version"] == since]
    # Where its row was lost with a damaged file, the one before names a few more.
    last = (of_version or publications or [None])[-1]
    fingerprint = last["fingerprint"] if last else None
    return Causes(
        manifest.changed_since(home, last["published_at"] if last else _BEGINNING),
        is_redefined=plan.full_because == CODE_CHANGED if fingerprint is None else fingerprint != plan.fingerprint,
        stale=StaleDays.read(home.warehouse) if _is_next(home, last, run_id) else None,
    )


def _is_next(home: Home, publication: dict[str, Any] | None, run_id: str) -> bool:
    """Whether stale days are those since this publication: its run was the last one before this that built marts."""
    builders = [row["run_id"] for row in ledger.read(home, "builds").to_pylist() if row["run_id"] != run_id]
    return publication is not None and builders[-1:] == [publication["run_id"]]


_BEGINNING = datetime.combine(date.min, datetime.min.time(), UTC)
