"""Dagster's instance under the home folder: its configuration."""

from __future__ import annotations

import json
import os

from pipelines.home import Home
from pipelines.settings import Settings

_DAGSTER_YAML = """\
# Written by guildbook at every start; change pipelines/cli/instance.py instead.
telemetry: {enabled: false}
nux: {enabled: false}
# One run at a time: DuckDB has one writer.
run_coordinator:
  module: dagster._core.run_coordinator
  class: QueuedRunCoordinator
  config: {max_concurrent_runs: 1, dequeue_interval_seconds: 1}
run_launcher:
  module: pipelines.defs.launcher
  class: WaitingLauncher
# Dagster's own files, through connections that stay open.
event_log_storage:
  module: pipelines.defs.event_store
  class: EventStore
  config: {base_dir: {events}}
# What a step says is kept as events; capturing what is printed besides takes four more processes a run.
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
# A killed run is found and failed. A run's own guard ends it after GUILDBOOK_MAX_RUN_HOURS; this is twice as long,
# since a run may have to wait for another one first.
run_monitoring:
  enabled: true
  poll_interval_seconds: 30
  max_runtime_seconds: {max_runtime_seconds}
"""


def dagster_yaml(home: Home, settings: Settings) -> str:
    """Return Dagster's configuration."""
    events = json.dumps(str(home.dagster.resolve() / "history" / "runs"))  # a YAML string that any path can be
    seconds = str(int(2 * settings.max_run_hours * 3600) + 60)
    return _DAGSTER_YAML.replace("{max_runtime_seconds}", seconds).replace("{events}", events)


def prepare_instance(home: Home, settings: Settings) -> None:
    """Point this process and its children at Dagster's configuration: the operator's own, or one under the home."""
    home.dagster.mkdir(parents=True, exist_ok=True)
    if settings.dagster_home is None:
        config, wanted = home.dagster / "dagster.yaml", dagster_yaml(home, settings)
        if not config.exists() or config.read_text() != wanted:
            config.write_text(wanted)
    os.environ["DAGSTER_HOME"] = str(settings.dagster_home or home.dagster)
    os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", "1000")  # events that Dagster has at once are stored at once
