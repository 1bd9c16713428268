"""Runs that are dead and look alive in Dagster's history: found, failed and said.

A process that was killed leaves its run as it stood, and the daemon's queue, which allows one run, waits for it.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from pipelines import clock
from pipelines.home import Home
from pipelines.publishing.outcome import AlertError, note_failure
from pipelines.settings import Settings
from pipelines.watch import alive

if TYPE_CHECKING:
    from dagster import DagsterInstance, DagsterRun, RunRecord


FIRST_MOMENTS = timedelta(minutes=5)
"""For so long a run without a mark may still be on its way to the home's lock: the daemon is starting its process."""

_LAST_MOMENTS = 2.0
"""Seconds in which Dagster writes the end of a run that has already let go of the home's lock and of its mark."""

KILLED = "its process was killed (by somebody, for want of memory, or by a restart); run the same days again"


@dataclass(frozen=True)
class DeadRun:
    """A run that was failed, and why it died."""

    run_id: str
    reason: str

    def __str__(self) -> str:
        """The run in a line."""
        return f"run {self.run_id[:8]} is marked as failed: {self.reason}"


def fail_dead_runs(home: Home, settings: Settings, instance: DagsterInstance) -> list[DeadRun]:
    """Fail the runs whose process is gone, and tell the pages and the operator.

    The caller holds the home's lock, so none of them is at work. A run that has only just begun, and waits for that
    lock or has not yet come to ask for it, is told by its mark, or by its age where it has none yet. What waits in the
    daemon's queue is not dead: the daemon starts it.

    Returns:
        The runs that were failed, the oldest first.
    """
    found = []
    for run in _dead(home, instance):
        one = DeadRun(run.run_id, alive.why(home, run.run_id) or KILLED)
        instance.report_run_failed(run, one.reason)
        found.append(one)
    for one in found:
        with suppress(AlertError):
            note_failure(home, settings, failed_gate="", reason=one.reason, run_id=one.run_id)
        alive.forget(home, one.run_id)
    return found


def why_died(home: Home, run_id: str) -> str:
    """Return why the process of a run died; empty where it lives, came to its end or left no mark."""
    return alive.why(home, run_id) or (KILLED if alive.is_alive(home, run_id) is False else "")


def young_runs(home: Home, instance: DagsterInstance) -> list[str]:
    """Ids of unfinished runs that do not count as dead; the caller holds the home's lock."""
    return [record.dagster_run.run_id for record in _unfinished(instance) if not _is_dead(home, record)]


def _unfinished(instance: DagsterInstance) -> list[RunRecord]:
    import dagster as dg  # noqa: PLC0415 - importing dagster takes seconds

    unfinished = [
        dg.DagsterRunStatus.NOT_STARTED,
        dg.DagsterRunStatus.STARTING,
        dg.DagsterRunStatus.STARTED,
        dg.DagsterRunStatus.CANCELING,
    ]
    return list(instance.get_run_records(dg.RunsFilter(statuses=unfinished), ascending=True))


def _dead(home: Home, instance: DagsterInstance) -> list[DagsterRun]:
    dead = [record.dagster_run for record in _unfinished(instance) if _is_dead(home, record)]
    if any(alive.is_alive(home, run.run_id) is None for run in dead):
        time.sleep(_LAST_MOMENTS)
    return [run for run in dead if (now := instance.get_run_by_id(run.run_id)) is not None and not now.is_finished]


def _is_dead(home: Home, record: RunRecord) -> bool:
    lives = alive.is_alive(home, record.dagster_run.run_id)
    return abs(clock.now() - record.update_timestamp) > FIRST_MOMENTS if lives is None else not lives
