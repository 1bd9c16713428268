"""The churn model as assets: trained when due, scored every day."""

import dagster as dg

from pipelines.churn import training
from pipelines.defs.checks import SCORES_KEY, mart_key
from pipelines.defs.resources import HomeResource
from pipelines.gates import facts
from pipelines.warehouse.plan import read_plan


@dg.asset(
    deps=[
        dg.AssetKey(["churn", "churn_features"]),
        dg.AssetKey(["churn", "churn_labels"]),
        # The gated facts, so that a failing gate 2 stops the model too.
        *(mart_key(name) for name in facts.SUITES),
    ],
    group_name="churn",
    kinds={"scikitlearn"},
)
def churn_model(context: dg.AssetExecutionContext, home: HomeResource) -> dg.MaterializeResult[None]:
    """The newest version of the churn model; trained anew once a week of data has passed, else kept."""
    plan = read_plan(home.paths)
    card = training.train_if_due(home.paths, home.settings, plan, context.run.run_id)
    context.log.info(f"churn model {card.version}: {card.learner} ({card.reason})")
    return dg.MaterializeResult(
        metadata={
            "model_version": card.version,
            "learner": card.learner,
            "reason": card.reason,
            "was_trained": bool(plan.training_days),
            **{f"test_{metric}": value for metric, value in card.metrics.items()},
        }
    )


@dg.asset(key=SCORES_KEY, deps=[churn_model], group_name="churn", kinds={"parquet"})
def churn_scores(context: dg.AssetExecutionContext, home: HomeResource) -> dg.MaterializeResult[None]:
    """Probability of churn and its reasons for every member eligible on the last day."""
    day = read_plan(home.paths).through_day
    predictions = training.score_day(home.paths, home.settings, day, context.run.run_id)
    context.log.info(f"{day}: {len(predictions):,} members scored")
    return dg.MaterializeResult(metadata={"day": day.isoformat(), "members_scored": len(predictions)})
