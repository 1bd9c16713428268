"""Scoring one day of a community as the daily run does: from the warehouse, with reasons, into Parquet.

    python -m bench.in_churn_day ROWS.parquet N_MEMBERS HOME

The model is a logistic regression fitted on a part of the rows. Prints one line of JSON; the peak of memory is read
from the process.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from pathlib import Path

import duckdb
import pandas as pd

from models.card import ChurnModel
from models.churn_definitions import inactivity
from models.fit import fit
from models.learners import LEARNERS
from models.train import TrainConfig, TrainResult, train
from pipelines.churn import store, training
from pipelines.home import Home
from pipelines.settings import Settings

FITTED_ROWS = 20_000


def score_day(rows: Path, n_members: int, home: Home) -> dict[str, float]:
    """Fill a home with one scored day, score it, and return what that took."""
    home.root.mkdir(parents=True)
    settings = Settings(home=home.root)
    with duckdb.connect(str(home.warehouse), config={"memory_limit": "1GB", "threads": 2}) as con:
        con.execute("create schema churn")
        con.execute(
            f"""
            create table churn.churn_features as
            select * replace (printf('m%08d', row_number() over ()) as member_id, date '2025-01-01' as as_of_day)
            from (select * exclude (is_churned) from '{rows}' limit {n_members})
            """
        )
        some = con.execute(f"select * from '{rows}' limit {FITTED_ROWS}").df()
        day = con.execute("select min(as_of_day) from churn.churn_features").fetchall()[0][0]
    store.keep_training(home, _logistic(some), day, "bench")
    started = time.perf_counter()
    counts = training.score_day(home, settings, day, "bench")
    seconds = time.perf_counter() - started
    return {"members": counts["inactivity"], "seconds": round(seconds, 1)}


def _logistic(rows: pd.DataFrame) -> TrainResult:
    labels = rows[["member_id", "as_of_day", "definition", "is_churned"]]
    ruled = train(rows.drop(columns="is_churned"), labels, TrainConfig(definition=inactivity(), min_churners=10**9))
    card = replace(ruled.model.card, learner="logistic")
    return replace(ruled, model=ChurnModel(card, fit(LEARNERS["logistic"], rows, card.seed)))


if __name__ == "__main__":
    print(json.dumps(score_day(Path(sys.argv[1]), int(sys.argv[2]), Home(Path(sys.argv[3])))))  # noqa: T201
