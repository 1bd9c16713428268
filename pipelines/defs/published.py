"""The publication: the last asset, behind every gate."""

import dagster as dg

from pipelines.defs.churn import churn_scores
from pipelines.defs.resources import HomeResource
from pipelines.defs.spoken import spoken
from pipelines.defs.warehouse import records, warehouse
from pipelines.lake import pending
from pipelines.publishing.publish import publish
from pipelines.warehouse.control import read_plan


@dg.asset(
    deps=[*(key for key in warehouse.keys if key.path[0] == "marts"), *records.keys, churn_scores],
    group_name="published",
    kinds={"duckdb", "html"},
)
def published(context: dg.AssetExecutionContext, home: HomeResource) -> dg.MaterializeResult[None]:
    """The marts and the report site, swapped in together; the last good publication stays up until then."""
    plan = read_plan(home.paths)
    made = publish(home.paths, home.settings, plan.through_day, context.run.run_id, fingerprint=plan.fingerprint)
    pending.commit(home.paths, "restatements")
    context.log.info(spoken(f"published version {made.version}, data through {made.through_day}"))
    return dg.MaterializeResult(
        metadata={
            "version": made.version,
            "through_day": made.through_day.isoformat(),
            "pages": made.n_pages,
            "database_bytes": made.database_bytes,
            "site": dg.MetadataValue.path(str(home.paths.published / "site" / "index.html")),
        }
    )
