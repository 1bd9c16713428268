"""The warehouse: what has to be built, and dbt's models as assets, in two invocations around the churn model."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import dagster as dg

from pipelines.churn import training
from pipelines.churn.schedule import training_days
from pipelines.contract import LOGS
from pipelines.defs.dbt_checks import failed
from pipelines.defs.dbt_models import OF_NO_STEP, UNIQUE_ID, load_specs
from pipelines.defs.outbox import send_what_is_due
from pipelines.defs.partitions import FULL_TAG, tagged_days
from pipelines.defs.raw import raw_key
from pipelines.defs.resources import HomeResource
from pipelines.defs.spoken import spoken
from pipelines.ingest.ignored import ignored_entries, note_ignored
from pipelines.privacy import pseudonyms
from pipelines.publishing import inputs
from pipelines.report.parts.text import Text
from pipelines.retention.judgement import record_judgement_days
from pipelines.warehouse import dbt
from pipelines.warehouse.arrivals import DayNeverCameError, missing_days
from pipelines.warehouse.control import read_plan, write_plan
from pipelines.warehouse.counts import StaleCounts, record_build
from pipelines.warehouse.plan import make_plan
from pipelines.warehouse.results import NodeResult, raise_for_failures

AFTER_SCORING = "tag:after_scoring"


_SPECS = load_specs({"warehouse": {"exclude": AFTER_SCORING}, "records": {"select": AFTER_SCORING}})

kept_state = _SPECS[OF_NO_STEP].assets
"""What the builds keep for the next one: read by models, written by dbt beside them."""


@dg.asset(deps=[raw_key(name) for name in LOGS], group_name="control", kinds={"parquet"}, output_required=False)
def build_plan(context: dg.AssetExecutionContext, home: HomeResource) -> Iterator[dg.MaterializeResult[None]]:
    """Which days the run rebuilds at least, and whether all of them; dbt reads it as small Parquet sources.

    Where nothing changed since what is up there is no plan, and Dagster skips all that follows.
    """
    ignored = ignored_entries(home.paths, home.settings.first_log_day)
    note_ignored(home.paths, ignored, context.run.run_id)
    for one in ignored:
        context.log.warning(spoken(f"not read: {one}"))
    pseudonyms.check_alike(home.paths, home.settings)
    is_full = FULL_TAG in context.run.tags
    days = tagged_days(context.run.tags)
    for missing in _check_arrivals(home, days, may_lack=is_full or len(days) > 1):
        context.log.warning(spoken(missing))
    plan = make_plan(home.paths, home.settings, full=is_full, schedule=training_days)
    if (version := inputs.unchanged_since(home.paths, home.settings, plan)) is not None:
        inputs.note_unchanged(home.paths, version)
        context.log.info(spoken(f"nothing changed since version {version}: nothing is built or published"))
        send_what_is_due(context, home)  # the run that published may have died before it came to that
        return
    inputs.begin(home.paths, home.settings, plan, context.run.run_id)
    write_plan(home.paths, plan)
    for sentence in record_judgement_days(home.paths, home.settings, plan.through_day, context.run.run_id):
        context.log.warning(spoken(sentence))
    scope = f"everything is rebuilt ({plan.full_because})" if plan.is_full else "only days that changed are rebuilt"
    context.log.info(spoken(f"{plan.first_day} to {plan.through_day}: {scope}"))
    yield dg.MaterializeResult(
        metadata={
            "through_day": plan.through_day.isoformat(),
            "full_because": plan.full_because or "not full",
            "training_cut_offs": len(plan.training_days),
        }
    )


def _check_arrivals(home: HomeResource, days: list[date], *, may_lack: bool) -> list[str]:
    """Return sentences on days for which no log came, summed up where they are many.

    Raises:
        DayNeverCameError: The run is for one day, and no log came for it.
    """
    missing = missing_days(home.paths, days)
    if missing and not may_lack:
        raise DayNeverCameError(missing[days[-1]])
    said = list(missing.values())
    return said if len(said) <= 3 else [*said[:3], f"… and for {len(said) - 3:,} more of the {len(days):,} log days"]


@dg.multi_asset(
    name="warehouse", specs=_SPECS["warehouse"].assets, check_specs=_SPECS["warehouse"].checks, can_subset=True
)
def warehouse(
    context: dg.AssetExecutionContext, home: HomeResource
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Staging, member-day facts, engagement, community days, content and events, churn features."""
    plan = read_plan(home.paths)
    select = _selected_models(context)
    training.bring_libraries()
    yield from _events(
        context,
        dbt.node_results(
            home.settings, select or [f"-{AFTER_SCORING}"], full_refresh=plan.is_full, is_part=bool(select)
        ),
    )
    if not select:
        _tell_counts(context, record_build(home.paths, plan, context.run.run_id))


@dg.multi_asset(name="records", specs=_SPECS["records"].assets, check_specs=_SPECS["records"].checks, can_subset=True)
def records(
    context: dg.AssetExecutionContext, home: HomeResource
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """What was run and decided: predictions, evaluations, gate results. Success completes the run's days."""
    select = _selected_models(context)
    yield from _events(
        context,
        dbt.node_results(home.settings, select or [AFTER_SCORING], completes_run=not select, is_part=bool(select)),
    )


def _selected_models(context: dg.AssetExecutionContext) -> list[str]:
    """Names of the models that the run picked out of its step; none where it takes them all."""
    if not context.is_subset:
        return []
    specs = context.assets_def.specs_by_key
    return sorted(str(specs[key].metadata[UNIQUE_ID]).split(".")[-1] for key in context.selected_asset_keys)


def _events(
    context: dg.AssetExecutionContext, results: Iterable[NodeResult]
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Tell Dagster what dbt does, node by node as it is known; then fail if any node failed."""
    specs = {spec.metadata.get(UNIQUE_ID): spec for spec in context.assets_def.specs}
    checks = {spec.name: spec for spec in context.assets_def.check_specs}
    nodes: list[NodeResult] = []
    told: set[str] = set()
    for node in results:
        is_new = node.unique_id not in told
        told.add(node.unique_id)
        nodes.append(node)
        if node.resource_type == "model" and node.succeeded and node.unique_id in specs:
            yield dg.MaterializeResult(asset_key=specs[node.unique_id].key, metadata=_metadata(node))
        elif node.resource_type == "test" and node.name in checks and node.status != "skipped" and is_new:
            check = checks[node.name]
            yield dg.AssetCheckResult(
                asset_key=check.asset_key,
                check_name=node.name,
                passed=node.status == "pass",
                description=None if node.status == "pass" else failed(node, check),
                severity=dg.AssetCheckSeverity.WARN if node.status == "warn" else dg.AssetCheckSeverity.ERROR,
                metadata={
                    spoken(Text("rows_that_fail", "不合格的行数")): node.failures,
                    spoken(Text("message", "dbt 的原话")): node.message,
                },
            )
    raise_for_failures(nodes)
    n_models = sum(node.resource_type == "model" and node.unique_id in specs for node in nodes)
    seconds = sum(node.seconds for node in nodes)
    n_others = len(nodes) - n_models
    context.log.info(spoken(f"dbt built {n_models} models and ran {n_others} tests and hooks in {seconds:.1f} s"))


def _metadata(node: NodeResult) -> dict[str, Any]:
    """Return what Dagster shows of a model that was built: its rows, and the last ones where the mart shows them."""
    seconds = {"execution_seconds": node.seconds}
    if node.look is None:
        return seconds
    rows = {"dagster/row_count": node.look.n_rows}
    last = {"last_rows": dg.MetadataValue.md(node.look.last_rows)} if node.look.last_rows else {}
    return seconds | rows | last


def _tell_counts(context: dg.AssetExecutionContext, counts: StaleCounts) -> None:
    """Tell Dagster how many days were stale, by the model whose rows they are."""
    by_reach = {f"stale_as_of_days_{reach}": n_days for reach, n_days in counts.n_as_of_days.items()}
    found = {
        "stale_days": {"days": counts.n_days, "stale_days": counts.n_stale_days},
        "stale_as_of_days": {"stale_as_of_days": counts.n_stale_as_of_days} | by_reach,
    }
    for spec in context.assets_def.specs:
        if metadata := found.get(spec.key.path[-1]):
            context.log_event(dg.AssetObservation(asset_key=spec.key, metadata=metadata))
    context.log.info(spoken(counts.summary))
