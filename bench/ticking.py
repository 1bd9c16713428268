"""Guildbook's definitions for a measurement, with the sensor of changed files alone, which looks every few seconds."""

from __future__ import annotations

from typing import Any

import dagster as dg

from pipelines import definitions
from pipelines.defs.jobs import main_job
from pipelines.defs.sensors import changed_files

SECONDS = 10


@dg.sensor(job=main_job, minimum_interval_seconds=SECONDS, default_status=dg.DefaultSensorStatus.RUNNING)
def ticking(context: dg.SensorEvaluationContext) -> Any:  # noqa: ANN401 - as Dagster has it
    """Look for changed files as the product's sensor does."""
    return changed_files(context)


defs = dg.Definitions(
    assets=definitions.defs.assets,
    asset_checks=definitions.defs.asset_checks,
    jobs=[main_job],
    sensors=[ticking],
    resources=definitions.defs.resources,
    executor=definitions.defs.executor,
    loggers=definitions.defs.loggers,
)
