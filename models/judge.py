"""Judging learners on days they have not seen, choosing the champion among them, and the tables that tell of it."""

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
"""Name under which predictions by the true chances are judged, where those are known."""


@dataclass(frozen=True)
class Judged:
    """One learner's predictions on days it hasn't seen: member_id, as_of_day, tenure_days, is_churned, probability."""

    name: str
    validation: pd.DataFrame
    test: pd.DataFrame


def judge(rows: pd.DataFrame, split: Split, names: tuple[str, ...], seed: int, max_auc: float) -> list[Judged]:
    """Fit every learner on the days before those it is judged on.

    Raises:
        LeakSuspectedError: A feature or a learner orders validation members better than ``max_auc``.
    """
    check_features(_of(rows, split.validation), max_auc)
    judged = []
    for learner in (LEARNERS[name] for name in names):
        validation = _predict(fit(learner, _of(rows, split.choosing), seed), _of(rows, split.validation))
        auc = roc_auc(validation["is_churned"], validation["probability"])
        check_learner(learner.name, auc, max_auc)
        test = _predict(fit(learner, _of(rows, split.training), seed), _of(rows, split.test))
        judged.append(Judged(learner.name, validation, test))
    return judged


def choose(judged: list[Judged]) -> tuple[Learner | None, str]:
    """Return the champion and why: validation chooses it and the best baseline; the test period may only veto."""
    candidates = sorted(
        (one for one in judged if not LEARNERS[one.name].is_baseline), key=lambda one: log_loss(one.validation)
    )
    baselines = [one for one in judged if LEARNERS[one.name].is_baseline]
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


def beside(judged: list[Judged], chances: pd.DataFrame) -> list[Judged]:
    """Return ``judged`` with the best possible predictions at the end, as if they were one more learner.

    Args:
        judged: Learners judged on the same rows; none of them was chosen with these chances in sight.
        chances: True chances of churn: member_id, as_of_day, probability. Unless every row that the learners were
            judged on has one, nothing is added: losses of different rows do not compare.
    """
    periods = []
    for period in ("validation", "test"):
        rows = getattr(judged[0], period).drop(columns="probability")
        found = rows.merge(chances, on=KEYS, how="left", validate="one_to_one")
        if found["probability"].isna().any():
            return judged
        periods.append(found)
    return [*judged, Judged(BEST_POSSIBLE, *periods)]


def tables(
    judged: list[Judged], marks: dict[str, Any], champion: Learner | None, n_resamples: int, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return evaluations and calibration as tidy frames; ``marks`` are columns that all rows share."""
    evaluations, calibration = [], []
    for one in judged:
        for split, predictions in (("validation", one.validation), ("test", one.test)):
            own = marks | {
                "learner": one.name,
                "split": split,
                "is_champion": champion is not None and one.name == champion.name,
            }
            evaluations.append(evaluate(predictions, n_resamples, seed).assign(**own))
            calibration.append(calibration_bins(predictions).assign(**own))
    if not judged:
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
