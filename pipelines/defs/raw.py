"""Raw logs: one daily-partitioned asset per log of the contract, and its blocking check, gate 1."""

import dagster as dg

from pipelines.contract import LOGS, Log
from pipelines.defs.checks import gate_result
from pipelines.defs.partitions import FROM_TAG, FULL_TAG, log_days, tagged_days
from pipelines.defs.resources import HomeResource
from pipelines.defs.sources import source_keys
from pipelines.defs.spoken import spoken
from pipelines.erasure.returned import replace_returned
from pipelines.gates import deliveries
from pipelines.ingest import DayReport, ingest_days
from pipelines.ingest.refusals import first_reasons
from pipelines.report.parts.text import Text


def raw_key(log_name: str) -> dg.AssetKey:
    """Key of a raw log's asset."""
    return dg.AssetKey(["raw", log_name])


def _tell_log_days(context: dg.AssetExecutionContext, key: dg.AssetKey, days: list[DayReport]) -> None:
    """Mark the ingested log days as materialised: Dagster knows of no partitions in a run with tags of our own."""
    for day in days:
        metadata = {"dagster/partition_row_count": day.accepted, "rows_quarantined": day.quarantined}
        context.log_event(dg.AssetMaterialization(key, partition=day.log_day.isoformat(), metadata=metadata))


def _raw_asset(log: Log) -> dg.AssetsDefinition:
    @dg.asset(
        key=raw_key(log.name),
        group_name="raw",
        kinds={"parquet"},
        partitions_def=log_days,
        deps=source_keys,
        backfill_policy=dg.BackfillPolicy.single_run(),
        description=f"Accepted rows of the log `{log.name}`, typed; one row is {log.grain}.",
    )
    def raw(context: dg.AssetExecutionContext, home: HomeResource) -> dg.MaterializeResult[None]:
        report = ingest_days(
            home.paths,
            home.settings,
            log,
            tagged_days(context.run.tags),
            run_id=context.run.run_id,
            force=FULL_TAG in context.run.tags,
            progress=lambda line: context.log.info(spoken(line)),
            before_reading=replace_returned,
        )
        done = [day for day in report.days if not day.skipped]
        accepted, quarantined = sum(day.accepted for day in done), sum(day.quarantined for day in done)
        rejected = sum(day.rejected_files for day in done)
        context.log.info(
            spoken(
                f"{log.name}: {len(done)} log days ingested, {len(report.days) - len(done)} unchanged; "
                f"{accepted:,} rows accepted, {quarantined:,} in quarantine, {rejected} files rejected"
            )
        )
        if quarantined or rejected:
            for reason in first_reasons(home.paths, log.name, [day.log_day for day in done]):
                context.log.warning(spoken(reason))
        for line in report.findings:
            context.log.warning(spoken(Text(f"{log.name}: {line}", f"{log.name}：{spoken(line)}")))
        if FROM_TAG in context.run.tags:
            _tell_log_days(context, raw_key(log.name), done)
        return dg.MaterializeResult(
            metadata={
                "log_days_ingested": len(done),
                "log_days_unchanged": len(report.days) - len(done),
                "rows_accepted": accepted,
                "rows_quarantined": quarantined,
                "files_rejected": rejected,
            }
        )

    return raw


def _delivery_check(log: Log) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset=raw_key(log.name),
        name="gate_deliveries",
        blocking=True,
        description=spoken(
            "Gate 1: days whose delivery fails are withheld; the run stops if its last day is among them."
        ),
    )
    def check(context: dg.AssetCheckExecutionContext, home: HomeResource) -> dg.AssetCheckResult:
        days = tagged_days(context.run.tags)
        outcome = deliveries.judge(home.paths, home.settings, log.name, days, context.run.run_id)
        failed = [day for day in (*outcome.withheld, *outcome.warned) if day is not None]
        reasons = first_reasons(home.paths, log.name, failed) if failed else []
        return gate_result(
            context,
            home.paths,
            outcome,
            blocks=days[-1] in outcome.withheld or deliveries.is_all_withheld(home.paths, outcome),
            reasons=reasons,
        )

    return check


raw_assets = [_raw_asset(log) for log in LOGS.values()]
delivery_checks = [_delivery_check(log) for log in LOGS.values()]
