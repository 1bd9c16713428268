"""What the run changes in figures of the past that were published: asked before the records are loaded."""

import dagster as dg

from pipelines.defs.checks import SCORES_KEY, mart_key
from pipelines.defs.resources import HomeResource
from pipelines.defs.spoken import spoken
from pipelines.restating.figures import watched
from pipelines.restating.restatements import restate
from pipelines.settings import get_settings
from pipelines.warehouse.control import read_plan

_MARTS = sorted({figures.mart for figures in watched(grace_days=get_settings().renewal_grace_days)})


@dg.asset(deps=[SCORES_KEY, *map(mart_key, _MARTS)], group_name="published", kinds={"parquet"})
def restated_figures(context: dg.AssetExecutionContext, home: HomeResource) -> dg.MaterializeResult[None]:
    """Published figures of past days and months that are other ones now, with what caused it."""
    found = restate(home.paths, home.settings, read_plan(home.paths), context.run.run_id)
    if found.since_version is None:
        context.log.info(spoken("nothing is published yet, so nothing is restated"))
    else:
        context.log.info(
            spoken(
                f"{found.n_figures:,} figures of {found.n_periods:,} past days and months differ from version "
                f"{found.since_version}"
            )
        )
    return dg.MaterializeResult(metadata={"figures_restated": found.n_figures, "periods_restated": found.n_periods})
