"""Fitting and scoring one churn learner as Guildbook does and as plain scikit-learn does, in one process.

    python -m bench.in_churn LEARNER ROWS.parquet

Both fit and score the same rows with all cores. To fit, plain scikit-learn gets a ready matrix, Guildbook the table of
features. To score, both get the table. Prints one line of JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline
from sklearn.svm import LinearSVC

from models.contributions import contributions
from models.features import FEATURE_NAMES, matrix
from models.fit import fit
from models.learners import LEARNERS
from models.threads import deterministic_threads

SEED = 7
BATCH = 16 * 2048
ROUNDS_WITHIN_SECONDS = 20
N_EXPLAINED = 1_000


def measure_learner(name: str, rows: pd.DataFrame) -> dict[str, float]:
    """Return seconds of both ways, and their ratio: the median over rounds, until both fits took twenty seconds."""
    learner = LEARNERS[name]
    x, y = matrix(rows), rows["is_churned"].to_numpy()
    fitting: list[tuple[float, float]] = []
    scoring: list[tuple[float, float]] = []
    seconds_spent = 0.0
    while not fitting or seconds_spent < ROUNDS_WITHIN_SECONDS:
        plain_seconds, plain = _timed(lambda: _plain(name).fit(x, y))
        with deterministic_threads(len(rows)):
            whole_seconds, fitted = _timed(lambda: fit(learner, rows, SEED))
            batch_seconds, _ = _timed(lambda: _in_batches(fitted.predict, rows))  # noqa: B023 - called at once
        fitting.append((whole_seconds, plain_seconds))
        predict = plain.decision_function if name == "svm" else plain.predict_proba
        plain_score_seconds, _ = _timed(lambda: predict(rows[FEATURE_NAMES].astype("float64")))  # noqa: B023
        scoring.append((batch_seconds, plain_score_seconds))
        seconds_spent += whole_seconds + plain_seconds
    some = matrix(rows[:N_EXPLAINED])
    with deterministic_threads(N_EXPLAINED):
        reasons_seconds, _ = _timed(lambda: contributions(fitted.pipeline, some, fitted.background))
    return {
        "rows": len(rows),
        "rounds": len(fitting),
        "fit_seconds": round(median(ours for ours, _ in fitting), 2),
        "plain_fit_seconds": round(median(plain for _, plain in fitting), 2),
        "fit_ratio": round(median(ours / plain for ours, plain in fitting), 2),
        "score_seconds": round(median(ours for ours, _ in scoring), 2),
        "plain_score_seconds": round(median(plain for _, plain in scoring), 2),
        "score_ratio": round(median(ours / plain for ours, plain in scoring), 2),
        "explain_seconds_per_1000": round(reasons_seconds, 2),
    }


def _plain(name: str) -> Pipeline:
    """Return the same estimator as scikit-learn has it, with all cores."""
    pipeline = LEARNERS[name].build(SEED)
    if name == "svm":
        svm = pipeline["learner"]
        return Pipeline(
            [("input", pipeline["input"]), ("learner", LinearSVC(C=svm.C, dual=False, random_state=svm.random_state))]
        )
    threads = {"forest": "learner__n_jobs", "blend": "learner__forest__learner__n_jobs"}
    return pipeline.set_params(**{threads[name]: -1}) if name in threads else pipeline


def _in_batches(predict: Callable[[pd.DataFrame], np.ndarray], rows: pd.DataFrame) -> np.ndarray:
    return np.concatenate([predict(rows[start : start + BATCH]) for start in range(0, len(rows), BATCH)])


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


if __name__ == "__main__":
    print(json.dumps(measure_learner(sys.argv[1], pd.read_parquet(Path(sys.argv[2])))))  # noqa: T201
