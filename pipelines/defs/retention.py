"""The daily list of members worth contacting, drawn and logged behind gate 3."""

import dagster as dg

from models.retention.arms import TREATED
from pipelines.defs.checks import SCORES_KEY, mart_key
from pipelines.defs.resources import HomeResource
from pipelines.defs.spoken import spoken
from pipelines.retention.store import check_logged
from pipelines.warehouse.control import read_plan

_READ = ("retention_members", "retention_band_effects", "retention_reads", "retention_pieces")


@dg.asset(
    deps=[SCORES_KEY, mart_key("action_effects"), *(dg.AssetKey(["retention", name]) for name in _READ)],
    group_name="retention",
    kinds={"parquet"},
)
def retention_list(context: dg.AssetExecutionContext, home: HomeResource) -> dg.MaterializeResult[None]:
    """Whom to contact on the last day, and who is in the control arm: logged before anybody can be contacted."""
    from pipelines.retention.lists import make_list  # noqa: PLC0415 - brings scikit-learn, which takes a second

    day = read_plan(home.paths).through_day
    rows = make_list(home.paths, home.settings, day, context.run.run_id)
    arms = check_logged(home.paths, day, rows)
    treated = sum(arms[row["campaign_id"], row["member_id"]] == TREATED for row in rows)
    context.log.info(spoken(f"{day}: {treated:,} members to contact, {len(rows) - treated:,} in the control arm"))
    return dg.MaterializeResult(metadata={"day": day.isoformat(), "listed": len(rows), "to_contact": treated})
