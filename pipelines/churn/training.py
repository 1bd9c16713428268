"""Training and scoring on what dbt built: features and labels from the warehouse, results into the lake."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from models.definitions import inactivity
from models.score import score
from models.train import TrainConfig, train
from pipelines.churn import store

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from models.card import ModelCard
    from pipelines.home import Home
    from pipelines.settings import Settings
    from pipelines.warehouse.plan import BuildPlan


def train_if_due(home: Home, settings: Settings, plan: BuildPlan, run_id: str) -> ModelCard:
    """Train the churn model where the plan asked for its features, and return the card of the newest version."""
    if plan.training_days or store.newest_training_day(home, settings) is None:
        config = TrainConfig(
            definition=inactivity(settings.churn_horizon_days),
            n_test_cutoffs=settings.churn_test_cutoffs,
            min_churners=settings.churn_min_churners,
            seed=settings.seed,
        )
        result = train(_read(home, "churn_features"), _read(home, "churn_labels"), config)
        store.keep_training(home, settings, result, plan.through_day, run_id)
    return store.load_newest(home, settings).card


def score_day(home: Home, settings: Settings, day: date, run_id: str) -> pd.DataFrame:
    """Score the members eligible on ``day`` with the newest model, keep the predictions and return them."""
    features = _read(home, "churn_features", day)
    model = store.load_newest(home, settings)
    predictions = score(model, features)
    store.keep_predictions(home, day, model.version, predictions, run_id)
    return predictions


def _read(home: Home, table: str, day: date | None = None) -> pd.DataFrame:
    condition, values = ("where as_of_day = ?", [day]) if day else ("", [])
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        return con.execute(f"select * from churn.{table} {condition} order by as_of_day, member_id", values).df()
