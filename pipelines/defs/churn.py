"""The churn model as assets: trained when due, scored every day."""

import dagster as dg

from pipelines.churn import training
from pipelines.defs.checks import SCORES_KEY, mart_key
from pipelines.defs.resources import HomeResource
from pipelines.defs.spoken import spoken
from pipelines.gates import facts, relations
from pipelines.warehouse.control import read_plan


@dg.asset(
    deps=[
        dg.AssetKey(["churn", "churn_features"]),
        dg.AssetKey(["churn", "churn_labels"]),
        mart_key("data_completeness"),
        # The gated facts, so that a failing gate 2 stops the model too.
        *(mart_key(name) for name in (*facts.SUITES, relations.TABLE)),
    ],
    group_name="churn",
    kinds={"scikitlearn"},
)
def churn_model(context: dg.AssetExecutionContext, home: HomeResource) -> dg.MaterializeResult[None]:
    """The newest churn model of each definition; trained again once a week of data has passed, else kept."""
    plan = read_plan(home.paths)
    metadata: dict[str, str | float | bool] = {"was_trained": bool(plan.training_days)}
    for card in training.train_if_due(home.paths, home.settings, plan, context.run.run_id):
        name = card.definition.name
        context.log.info(spoken(f"churn model of {name}, {card.version}: {card.learner} ({card.reason})"))
        metadata |= {
            f"{name}_model_version": card.version,
            f"{name}_learner": card.learner,
            f"{name}_reason": card.reason,
            **{f"{name}_test_{metric}": value for metric, value in card.metrics.items()},
        }
    return dg.MaterializeResult(metadata=metadata)


@dg.asset(key=SCORES_KEY, deps=[churn_model], group_name="churn", kinds={"parquet"})
def churn_scores(context: dg.AssetExecutionContext, home: HomeResource) -> dg.MaterializeResult[None]:
    """Probability of churn and its reasons for every member eligible on the last day."""
    day = read_plan(home.paths).through_day
    counts = training.score_day(home.paths, home.settings, day, context.run.run_id)
    for name, n in counts.items():
        context.log.info(spoken(f"{day}: {n:,} members scored for {name}"))
    return dg.MaterializeResult(
        metadata={"day": day.isoformat(), **{f"members_scored_{name}": n for name, n in counts.items()}}
    )
