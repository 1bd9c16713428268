"""Training and scoring on what dbt built: features and labels from the warehouse, results into the lake."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING

import duckdb
import pandas as pd

from models.card import ChurnModel, ModelCard
from models.churn_definitions import Definition
from pipelines.churn import store
from pipelines.churn.gaps import excluded_cutoffs
from pipelines.churn.schedule import active_definitions
from pipelines.home import Home
from pipelines.lake.duck import open_warehouse
from pipelines.settings import Settings
from pipelines.warehouse.plan import BuildPlan

if TYPE_CHECKING:
    from models.train import TrainConfig

_LIBRARIES = ("skops.io", "models.artifacts", "models.score")

VECTORS_PER_BATCH = 16
"""DuckDB vectors (2,048 rows) that are scored together, so that memory does not grow with the community."""


def bring_libraries() -> threading.Thread:
    """Import what scoring needs, which takes seconds, in a thread: while DuckDB works, say."""
    thread = threading.Thread(target=lambda: [import_module(name) for name in _LIBRARIES], daemon=True)
    thread.start()
    return thread


def train_if_due(home: Home, settings: Settings, plan: BuildPlan, run_id: str) -> list[ModelCard]:
    """Train the churn models where the plan asked for their features; return the newest card of each definition."""
    definitions = active_definitions(home, settings)
    if plan.training_days or store.newest_training_day(home, definitions) is None:
        for definition in definitions:
            _train(home, settings, definition, plan.through_day, run_id)
    return [store.load_newest(home, definition).card for definition in definitions]


def score_day(home: Home, settings: Settings, day: date, run_id: str) -> dict[str, int]:
    """Score the members eligible on ``day`` with the newest models, keep the predictions, return counts by definition.

    Members are scored in batches.
    """
    counts = {}
    for definition in active_definitions(home, settings):
        model = store.load_newest(home, definition)
        counts[definition.name] = store.keep_predictions(home, day, model.version, _scored(home, model, day), run_id)
    return counts


def read_features(con: duckdb.DuckDBPyConnection, definition: Definition, day: date) -> pd.DataFrame:
    """Read the features of the members whom a definition judges on a day, by member."""
    return _day_of(con, definition, day).df()


def read_training(
    home: Home, settings: Settings, definition: Definition
) -> tuple[pd.DataFrame, pd.DataFrame, TrainConfig]:
    """Read what a training takes: features, labels, and the configuration with the cut-offs to leave out."""
    with open_warehouse(home) as con:
        features, labels = (
            con.execute(
                f"select * from churn.{table} where definition = $name order by as_of_day, member_id",
                {"name": definition.name},
            ).df()
            for table in ("churn_features", "churn_labels")
        )
        excluded = excluded_cutoffs(con, definition)
    from models.train import TrainConfig  # noqa: PLC0415 - brings scikit-learn, which takes a second

    config = TrainConfig(
        definition=definition,
        n_test_cutoffs=settings.churn_test_cutoffs,
        min_churners=settings.churn_min_churners,
        seed=settings.seed,
        excluded=excluded,
    )
    return features, labels, config


def _train(home: Home, settings: Settings, definition: Definition, through_day: date, run_id: str) -> None:
    features, labels, config = read_training(home, settings, definition)
    oracle = store.read_oracle(home, definition)
    from models.train import train  # noqa: PLC0415 - as above

    store.keep_training(home, train(features, labels, config, oracle), through_day, run_id)


def _scored(home: Home, model: ChurnModel, day: date) -> Iterator[pd.DataFrame]:
    from models.score import score  # noqa: PLC0415 - as above

    with open_warehouse(home) as con:
        rows = _day_of(con, model.card.definition, day)
        while len(batch := rows.fetch_df_chunk(VECTORS_PER_BATCH)):
            yield score(model, batch)


def _day_of(con: duckdb.DuckDBPyConnection, definition: Definition, day: date) -> duckdb.DuckDBPyConnection:
    return con.execute(
        "select * from churn.churn_features where definition = $name and as_of_day = $day order by member_id",
        {"name": definition.name, "day": day},
    )
