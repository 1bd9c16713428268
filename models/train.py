"""Training: choose a learner inside the training period, test it once, refit it on everything labelled.

Reads frames, returns a ``TrainResult``; storing is in ``artifacts``, using in ``score``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from models.card import ChurnModel, ModelCard, data_fingerprint, describe_rows, library_versions, version_of
from models.cutoffs import NotEnoughHistoryError, Split, split_cutoffs
from models.definitions import Definition, inactivity
from models.evaluate import (
    CALIBRATION_COLUMNS,
    EVALUATION_COLUMNS,
    calibration_bins,
    evaluate,
    log_loss,
    roc_auc,
)
from models.features import FEATURE_NAMES, KEYS, matrix
from models.fit import Fitted, fit
from models.leaks import check_features, check_learner
from models.learners import LEARNERS, Learner
from models.rule import fit_rule


@dataclass(frozen=True)
class TrainConfig:
    """What training depends on besides the data; ``excluded`` names cut-offs left out, with reasons."""

    definition: Definition = field(default_factory=inactivity)
    n_test_cutoffs: int = 12
    min_churners: int = 100
    seed: int = 7
    n_resamples: int = 300
    max_auc: float = 0.95
    excluded: tuple[tuple[date, str], ...] = ()


@dataclass(frozen=True)
class TrainResult:
    """A model ready to score, and how it was judged.

    ``evaluations`` and ``calibration`` are tidy frames with the columns of ``models.evaluate``; both are
    empty where history doesn't suffice to test anything.
    """

    model: ChurnModel
    evaluations: pd.DataFrame
    calibration: pd.DataFrame


def train(features: pd.DataFrame, labels: pd.DataFrame, config: TrainConfig) -> TrainResult:
    """Train the churn model of one definition.

    Args:
        features: dbt's ``churn_features``; rows of any order, days without a label are ignored.
        labels: dbt's ``churn_labels``: member_id, as_of_day, definition, is_churned, known_day.
        config: Everything else.

    Raises:
        LeakSuspectedError: where a feature orders validation members too well to be honest.
    """
    rows = labelled_rows(features, labels, config)
    with threadpool_limits(limits=1):  # sums in one order, so two trainings agree to the last bit
        try:
            split = split_cutoffs(_days(rows), config.definition.horizon_days, config.n_test_cutoffs)
        except NotEnoughHistoryError as error:
            return _result(rows, config, None, None, f"rule: {error}", [])
        n_churners = rows.loc[rows["is_churned"] == 1, "member_id"].nunique()
        if n_churners < config.min_churners:
            reason = f"rule: {n_churners} members have churned so far, {config.min_churners} are needed"
            return _result(rows, config, split, None, reason, [])
        judged = _judge(rows, split, config)
        champion, reason = _choose(judged)
        return _result(rows, config, split, champion, reason, judged)


def labelled_rows(features: pd.DataFrame, labels: pd.DataFrame, config: TrainConfig) -> pd.DataFrame:
    """Join features with outcomes, leave out excluded cut-offs, order by day and member."""
    outcomes = labels.loc[labels["definition"] == config.definition.name, [*KEYS, "is_churned"]]
    rows = _dated(features).merge(_dated(outcomes), on=KEYS, how="inner", validate="one_to_one")
    rows = rows[~rows["as_of_day"].isin(pd.to_datetime([day for day, _ in config.excluded]))]
    rows = rows.sort_values(KEYS[::-1], kind="stable", ignore_index=True)
    return rows.assign(is_churned=rows["is_churned"].astype("int64"))


@dataclass(frozen=True)
class _Judged:
    """One learner's predictions on days it hasn't seen, on the way to choosing and after."""

    learner: Learner
    validation: pd.DataFrame
    test: pd.DataFrame


def _judge(rows: pd.DataFrame, split: Split, config: TrainConfig) -> list[_Judged]:
    check_features(_of(rows, split.validation), config.max_auc)
    judged = []
    for learner in LEARNERS.values():
        validation = _predict(fit(learner, _of(rows, split.choosing), config.seed), _of(rows, split.validation))
        auc = roc_auc(validation["is_churned"], validation["probability"])
        check_learner(learner.name, auc, config.max_auc)
        test = _predict(fit(learner, _of(rows, split.training), config.seed), _of(rows, split.test))
        judged.append(_Judged(learner, validation, test))
    return judged


def _choose(judged: list[_Judged]) -> tuple[Learner | None, str]:
    """Validation chooses the champion and the best baseline; the test period may only veto."""
    candidates = [one for one in judged if not one.learner.is_baseline]
    baselines = [one for one in judged if one.learner.is_baseline]
    champion = min(candidates, key=lambda one: log_loss(one.validation))
    for period in ("validation", "test"):
        best = min(baselines, key=lambda one: log_loss(getattr(one, period)))
        own, other = log_loss(getattr(champion, period)), log_loss(getattr(best, period))
        if own >= other:
            return None, (
                f"rule: {champion.learner.name} doesn't beat the baseline {best.learner.name} "
                f"on {period} cut-offs "
                f"(log-loss {own:.4f} against {other:.4f})"
            )
    return champion.learner, f"{champion.learner.name} has the lowest log-loss on validation cut-offs"


def _result(
    rows: pd.DataFrame,
    config: TrainConfig,
    split: Split | None,
    champion: Learner | None,
    reason: str,
    judged: list[_Judged],
) -> TrainResult:
    fingerprint, libraries = data_fingerprint(rows), library_versions()
    version = version_of(fingerprint, config, libraries)
    final: Fitted | None = fit(champion, rows, config.seed) if champion else None
    evaluations, calibration = _tables(judged, config, version, champion)
    card = ModelCard(
        version=version,
        definition=config.definition,
        learner=champion.name if champion else "rule",
        reason=reason,
        seed=config.seed,
        data=describe_rows(rows, fingerprint),
        cutoffs=split,
        excluded={day.isoformat(): why for day, why in config.excluded},
        metrics=_champion_metrics(evaluations),
        features=FEATURE_NAMES,
        feature_medians={str(name): float(value) for name, value in matrix(rows).median().items()},
        libraries=libraries,
        rule=fit_rule(rows, config.definition.horizon_days),
    )
    return TrainResult(ChurnModel(card, final), evaluations, calibration)


def _tables(
    judged: list[_Judged], config: TrainConfig, version: str, champion: Learner | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    evaluations, calibration = [], []
    for one in judged:
        for split, predictions in (("validation", one.validation), ("test", one.test)):
            marks: dict[str, Any] = {
                "definition": config.definition.name,
                "learner": one.learner.name,
                "split": split,
                "model_version": version,
                "is_champion": one.learner is champion,
            }
            evaluations.append(evaluate(predictions, config.n_resamples, config.seed).assign(**marks))
            calibration.append(calibration_bins(predictions).assign(**marks))
    if not judged:
        return pd.DataFrame(columns=EVALUATION_COLUMNS), pd.DataFrame(columns=CALIBRATION_COLUMNS)
    return (
        pd.concat(evaluations, ignore_index=True)[EVALUATION_COLUMNS],
        pd.concat(calibration, ignore_index=True)[CALIBRATION_COLUMNS],
    )


def _champion_metrics(evaluations: pd.DataFrame) -> dict[str, float]:
    own = evaluations[
        evaluations["is_champion"].astype(bool)
        & (evaluations["split"] == "test")
        & (evaluations["segment"] == "all")
        & evaluations["cut_off"].isna()
    ]
    return {metric: float(value) for metric, value in zip(own["metric"], own["value"], strict=True)}


def _predict(fitted: Fitted, rows: pd.DataFrame) -> pd.DataFrame:
    return rows[[*KEYS, "tenure_days", "is_churned"]].assign(probability=fitted.predict(rows))


def _of(rows: pd.DataFrame, days: tuple[date, ...]) -> pd.DataFrame:
    return rows[rows["as_of_day"].isin(pd.to_datetime(list(days)))]


def _days(rows: pd.DataFrame) -> list[date]:
    return [day.date() for day in rows["as_of_day"].drop_duplicates()]


def _dated(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(as_of_day=pd.to_datetime(frame["as_of_day"]), member_id=frame["member_id"].astype("str"))
