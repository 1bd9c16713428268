"""The backtest: learners tried on days they have not seen, the champion chosen among them, the tables of results."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from models.cutoffs import Split
from models.evaluate import (
    CALIBRATION_COLUMNS,
    EVALUATION_COLUMNS,
    calibration_bins,
    evaluate,
    log_loss,
    roc_auc,
)
from models.features import KEYS
from models.fit import Fitted, fit
from models.leaks import check_features, check_learner
from models.learners import LEARNERS, Learner

BEST_POSSIBLE = "best_possible"
"""Name under which the oracle stands beside the learners, where it is known."""


@dataclass(frozen=True)
class Backtest:
    """One learner's predictions on days it hasn't seen: member_id, as_of_day, tenure_days, is_churned, probability."""

    name: str
    validation: pd.DataFrame
    test: pd.DataFrame


def backtest(rows: pd.DataFrame, split: Split, names: tuple[str, ...], seed: int, max_auc: float) -> list[Backtest]:
    """Fit every learner on the days before those that it is tested on.

    Raises:
        LeakSuspectedError: A feature or a learner orders validation members better than ``max_auc``.
    """
    check_features(_of(rows, split.validation), max_auc)
    backtests = []
    for learner in (LEARNERS[name] for name in names):
        validation = _predict(fit(learner, _of(rows, split.choosing), seed), _of(rows, split.validation))
        auc = roc_auc(validation["is_churned"], validation["probability"])
        check_learner(learner.name, auc, max_auc)
        test = _predict(fit(learner, _of(rows, split.training), seed), _of(rows, split.test))
        backtests.append(Backtest(learner.name, validation, test))
    return backtests


def choose(backtests: list[Backtest]) -> tuple[Learner | None, str]:
    """Return the champion and why: validation chooses it and the best baseline; the test period may only veto."""
    candidates = sorted(
        (one for one in backtests if not LEARNERS[one.name].is_baseline), key=lambda one: log_loss(one.validation)
    )
    baselines = [one for one in backtests if LEARNERS[one.name].is_baseline]
    champion = candidates[0]
    for period in ("validation", "test"):
        best = min(baselines, key=lambda one: log_loss(getattr(one, period)))
        own, other = log_loss(getattr(champion, period)), log_loss(getattr(best, period))
        if own >= other:
            return None, (
                f"rule: {champion.name} doesn't beat the baseline {best.name} "
                f"on {period} cut-offs (log-loss {own:.4f} against {other:.4f})"
            )
    reason = f"{champion.name} has the lowest log-loss on validation cut-offs: {log_loss(champion.validation):.4f}"
    rivals = [*candidates[1:2], min(baselines, key=lambda one: log_loss(one.validation))]
    others = "".join(f", {one.name} {log_loss(one.validation):.4f}" for one in rivals)
    return LEARNERS[champion.name], reason + others


def add_oracle(backtests: list[Backtest], oracle: pd.DataFrame) -> list[Backtest]:
    """Return ``backtests`` with the oracle at the end, as if it were one more learner.

    Args:
        backtests: Learners tested on the same rows; none of them was chosen by looking at the oracle.
        oracle: True probabilities of churn: member_id, as_of_day, probability. Unless every row that the learners were
            tested on has one, nothing is added: losses of different rows do not compare.
    """
    periods = []
    for period in ("validation", "test"):
        rows = getattr(backtests[0], period).drop(columns="probability")
        found = rows.merge(oracle, on=KEYS, how="left", validate="one_to_one")
        if found["probability"].isna().any():
            return backtests
        periods.append(found)
    return [*backtests, Backtest(BEST_POSSIBLE, *periods)]


def tables(
    backtests: list[Backtest], shared_columns: dict[str, Any], champion: Learner | None, n_resamples: int, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return evaluations and calibration as tidy frames; ``shared_columns`` are columns that all rows share."""
    evaluations, calibration = [], []
    for one in backtests:
        for split, predictions in (("validation", one.validation), ("test", one.test)):
            own = shared_columns | {
                "learner": one.name,
                "split": split,
                "is_champion": champion is not None and one.name == champion.name,
            }
            evaluations.append(evaluate(predictions, n_resamples, seed).assign(**own))
            calibration.append(calibration_bins(predictions).assign(**own))
    if not backtests:
        return pd.DataFrame(columns=EVALUATION_COLUMNS), pd.DataFrame(columns=CALIBRATION_COLUMNS)
    return (
        pd.concat(evaluations, ignore_index=True)[EVALUATION_COLUMNS],
        pd.concat(calibration, ignore_index=True)[CALIBRATION_COLUMNS],
    )


def overall(evaluations: pd.DataFrame, split: str) -> pd.DataFrame:
    """Return the rows of a split that are about all members and cut-offs together."""
    is_all = (evaluations["segment"] == "all") & evaluations["cut_off"].isna()
    return evaluations[is_all & (evaluations["split"] == split)]


def _predict(fitted: Fitted, rows: pd.DataFrame) -> pd.DataFrame:
    return rows[[*KEYS, "tenure_days", "is_churned"]].assign(probability=fitted.predict(rows))


def _of(rows: pd.DataFrame, days: tuple[date, ...]) -> pd.DataFrame:
    return rows[rows["as_of_day"].isin(pd.to_datetime(list(days)))]
