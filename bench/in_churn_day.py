"""Scoring one day of a community as the daily run does: from the warehouse, with reasons, into Parquet.

    python -m bench.in_churn_day prepare ROWS.parquet N_MEMBERS LEARNER HOME
    python -m bench.in_churn_day score HOME

The model is fitted on a part of the rows, in a process of its own, so that the peak of memory is that of the scoring.
The second prints one line of JSON.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd

from models.card import ChurnModel
from models.churn_definitions import inactivity
from models.fit import fit
from models.learners import LEARNERS
from models.train import TrainConfig, TrainResult, train
from pipelines.churn import store, training
from pipelines.home import Home
from pipelines.lake.duck import open_warehouse
from pipelines.settings import Settings

FITTED_ROWS = 100_000


def prepare(rows: Path, n_members: int, learner: str, home: Home) -> None:
    """Fill a home with the features of one day and with a model."""
    home.root.mkdir(parents=True)
    with open_warehouse(home, read_only=False) as con:
        con.execute("set memory_limit = '1GB'; set threads = 2; create schema churn")
        con.execute(
            f"""
            create table churn.churn_features as
            select * replace (printf('m%08d', row_number() over ()) as member_id, date '2025-01-01' as as_of_day)
            from (select * exclude (is_churned) from '{rows}' limit {n_members})
            """
        )
        some = con.execute(f"select * from '{rows}' limit {FITTED_ROWS}").df()
    store.keep_training(home, _fitted(some, learner), _day(home), "bench")


def score_day(home: Home) -> dict[str, float]:
    """Score the day of a prepared home and return what that took."""
    settings, day = Settings(home=home.root), _day(home)
    started = time.perf_counter()
    counts = training.score_day(home, settings, day, "bench")
    seconds = time.perf_counter() - started
    return {"members": counts["inactivity"], "seconds": round(seconds, 1)}


def _day(home: Home) -> date:
    with open_warehouse(home) as con:
        ((day,),) = con.execute("select min(as_of_day) from churn.churn_features").fetchall()
    assert isinstance(day, date)
    return day


def _fitted(rows: pd.DataFrame, learner: str) -> TrainResult:
    labels = rows[["member_id", "as_of_day", "definition", "is_churned"]]
    ruled = train(rows.drop(columns="is_churned"), labels, TrainConfig(definition=inactivity(), min_churners=10**9))
    card = replace(ruled.model.card, learner=learner)
    return replace(ruled, model=ChurnModel(card, fit(LEARNERS[learner], rows, card.seed)))


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        prepare(Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4], Home(Path(sys.argv[5])))
    else:
        print(json.dumps(score_day(Home(Path(sys.argv[2])))))  # noqa: T201
