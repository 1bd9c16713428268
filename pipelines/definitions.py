"""Dagster's entry point: assembles the definitions and holds nothing else."""

import dagster as dg

from pipelines.defs.checks import facts_checks, predictions_check, relations_check
from pipelines.defs.jobs import STEPS, main_job
from pipelines.defs.loggers import progress_logger
from pipelines.defs.raw import delivery_checks
from pipelines.defs.resources import HomeResource
from pipelines.defs.schedules import daily
from pipelines.defs.sending import due_messages
from pipelines.defs.sensors import changed_files, day_so_far, dead_runs, failed_run, missing_run
from pipelines.defs.shown import shown
from pipelines.defs.sources import source_assets, source_schedules
from pipelines.defs.warehouse import kept_state
from pipelines.privacy import readers

readers.close_umask()  # the code server, its run workers and sensors begin here, and they write into the home

defs = dg.Definitions(
    assets=dg.map_asset_specs(shown, [*source_assets, *kept_state, *STEPS]),
    asset_checks=[*delivery_checks, *facts_checks, relations_check, predictions_check],
    jobs=[main_job],
    schedules=[daily, *source_schedules],
    sensors=[changed_files, failed_run, dead_runs, missing_run, day_so_far, due_messages],
    resources={"home": HomeResource()},
    executor=dg.in_process_executor,
    loggers={"console": progress_logger},
)
