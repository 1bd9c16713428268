"""How long the steps of a Dagster run took, and the dbt models in them."""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg


def step_seconds(instance: dg.DagsterInstance, run_id: str) -> dict[str, float]:
    """Seconds by step that came to its end; those of all raw logs count together, and so do those of all gates."""
    seconds: dict[str, float] = {}
    for step in instance.get_run_step_stats(run_id):
        if step.start_time is None or step.end_time is None:
            continue
        name = "gates" if "gate" in step.step_key else step.step_key.partition("__")[0]
        seconds[name] = seconds.get(name, 0) + step.end_time - step.start_time
    return seconds


def model_seconds(instance: dg.DagsterInstance, run_id: str) -> Iterator[tuple[str, float]]:
    """Name and seconds of each dbt model that was built."""
    for record in instance.all_logs(run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION):
        made = record.dagster_event.step_materialization_data.materialization if record.dagster_event else None
        spent = made.metadata["execution_seconds"].value if made and "execution_seconds" in made.metadata else None
        if made and isinstance(spent, float):
            yield made.asset_key.path[-1], spent
