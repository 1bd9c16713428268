"""The one job: ingest, gates, marts, churn, report, publish, send, over one log day or a range of them."""

from collections.abc import Collection

import dagster as dg

from pipelines.contract import LOGS
from pipelines.defs.churn import churn_model, churn_scores
from pipelines.defs.partitions import log_days
from pipelines.defs.published import published
from pipelines.defs.raw import raw_assets, raw_key
from pipelines.defs.restated import restated_figures
from pipelines.defs.retention import retention_list
from pipelines.defs.sending import sent_messages
from pipelines.defs.spoken import spoken
from pipelines.defs.warehouse import build_plan, records, warehouse

STEPS = (
    *raw_assets,
    build_plan,
    warehouse,
    churn_model,
    churn_scores,
    retention_list,
    restated_figures,
    records,
    published,
    sent_messages,
)
"""Every step of the job, in order."""

RUN_CONFIG: dict[str, dict[str, dict[str, object]]] = {"loggers": {"console": {}}}
"""Names the console logger, or Dagster falls back to its own; a run without a partition has to bring it along."""

main_job = dg.define_asset_job(
    "main",
    selection=dg.AssetSelection.all() - dg.AssetSelection.groups("sources"),
    partitions_def=log_days,
    config=RUN_CONFIG,
    description=spoken("From landing files to the published marts and report, for the log days of the run."),
)


def selection_for(delivered_logs: Collection[str]) -> list[dg.AssetKey]:
    """Assets of a run: all but the raw logs without a delivery, which then leave no trace in Dagster's history."""
    silent = {raw_key(name) for name in LOGS if name not in delivered_logs}
    return [key for step in STEPS for key in sorted(step.keys) if key not in silent]
