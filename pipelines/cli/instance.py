"""Dagster's instance under the home folder: its configuration, and cleaning up after killed runs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dagster import DagsterInstance

    from pipelines.home import Home

DAGSTER_YAML = """\
# Written by guildbook at every start; change pipelines/cli/instance.py instead.
telemetry: {enabled: false}
nux: {enabled: false}
# One run at a time: DuckDB has one writer.
concurrency:
  runs: {max_concurrent_runs: 1}
  pools: {default_limit: 1, granularity: op}
# A killed run is found, failed and its pool slot freed.
run_monitoring:
  enabled: true
  poll_interval_seconds: 30
  free_slots_after_run_end_seconds: 30
  max_runtime_seconds: 43200
"""


def prepare_instance(home: Home) -> None:
    """Write Dagster's configuration under the home and point this process and its children at it."""
    home.dagster.mkdir(parents=True, exist_ok=True)
    config = home.dagster / "dagster.yaml"
    if not config.exists() or config.read_text() != DAGSTER_YAML:
        config.write_text(DAGSTER_YAML)
    os.environ["DAGSTER_HOME"] = str(home.dagster)


def fail_dead_runs(instance: DagsterInstance) -> int:
    """Fail the runs that a kill left as started and free their pool slots; the caller holds the home's lock.

    Returns:
        How many there were.
    """
    import dagster as dg  # noqa: PLC0415 - importing dagster takes seconds

    dead = instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING]))
    for run in dead:
        instance.report_run_failed(run, "the process of this run is gone")
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
    return len(dead)
