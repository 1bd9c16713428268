"""Training: choose a learner inside the training period, test it once, refit it on everything labelled.

Reads frames, returns a ``TrainResult``; storing is in ``artifacts``, using in ``score``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from models.backtest import Backtest, add_oracle, backtest, choose, overall, tables
from models.card import ChurnModel, ModelCard, data_fingerprint, describe_rows, library_versions, version_of
from models.churn_definitions import Definition, inactivity
from models.cutoffs import NotEnoughHistoryError, Split, split_cutoffs
from models.drift import feature_bins
from models.evaluate import log_loss
from models.features import FEATURE_NAMES, KEYS, matrix
from models.fit import Fitted, fit
from models.learners import LEARNERS, Learner
from models.rule import fit_rule
from models.support import support
from models.threads import deterministic_threads


@dataclass(frozen=True)
class TrainConfig:
    """What training depends on besides the data; ``excluded`` names cut-offs left out, with reasons."""

    definition: Definition = field(default_factory=inactivity)
    n_test_cutoffs: int = 12
    min_churners: int = 100
    seed: int = 7
    n_resamples: int = 300
    excluded: tuple[tuple[date, str], ...] = ()
    learners: tuple[str, ...] = tuple(LEARNERS)


@dataclass(frozen=True)
class TrainResult:
    """A model ready to score, and how its backtest went.

    ``evaluations`` and ``calibration`` are tidy frames with the columns of ``models.evaluate``; both are
    empty where history doesn't suffice to test anything.
    """

    model: ChurnModel
    evaluations: pd.DataFrame
    calibration: pd.DataFrame


def train(
    features: pd.DataFrame, labels: pd.DataFrame, config: TrainConfig, oracle: pd.DataFrame | None = None
) -> TrainResult:
    """Train the churn model of one definition.

    Args:
        features: dbt's ``churn_features``; rows of any order, those without a label or of another definition are
            ignored.
        labels: dbt's ``churn_labels``: member_id, as_of_day, definition, is_churned, known_day.
        config: Everything else.
        oracle: The true probabilities of churn, where they are known: member_id, as_of_day, probability. They are
            measured like a learner after the champion was chosen, and touch nothing else.

    Raises:
        LeakSuspectedError: where a feature orders validation members too well to be honest.
    """
    rows = labelled_rows(features, labels, config)
    with deterministic_threads(len(rows)):
        try:
            split = split_cutoffs(_days(rows), config.definition.known_after_days, config.n_test_cutoffs)
        except NotEnoughHistoryError as error:
            return _result(rows, config, None, None, f"rule: {error}", [])
        n_churners = rows.loc[rows["is_churned"] == 1, "member_id"].nunique()
        if n_churners < config.min_churners:
            reason = f"rule: {n_churners} members have churned so far, {config.min_churners} are needed"
            return _result(rows, config, split, None, reason, [])
        backtests = backtest(rows, split, config.learners, config.seed, config.definition.max_auc)
        champion, reason = choose(backtests)
        return _result(rows, config, split, champion, reason, backtests, oracle)


def labelled_rows(features: pd.DataFrame, labels: pd.DataFrame, config: TrainConfig) -> pd.DataFrame:
    """Join a definition's features with its outcomes, leave out excluded cut-offs, order by day and member."""
    name = config.definition.name
    outcomes = labels.loc[labels["definition"] == name, [*KEYS, "is_churned"]]
    known = features[features["definition"] == name]
    rows = _dated(known).merge(_dated(outcomes), on=KEYS, how="inner", validate="one_to_one")
    rows = rows[~rows["as_of_day"].isin(pd.to_datetime([day for day, _ in config.excluded]))]
    rows = rows.sort_values(KEYS[::-1], kind="stable", ignore_index=True)
    return rows.assign(is_churned=rows["is_churned"].astype("int64"))


def _result(
    rows: pd.DataFrame,
    config: TrainConfig,
    split: Split | None,
    champion: Learner | None,
    reason: str,
    backtests: list[Backtest],
    oracle: pd.DataFrame | None = None,
) -> TrainResult:
    fingerprint, libraries = data_fingerprint(rows), library_versions()
    version = version_of(fingerprint, config, libraries)
    final: Fitted | None = fit(champion, rows, config.seed) if champion else None
    shared_columns = {"definition": config.definition.name, "model_version": version}
    shown = backtests if oracle is None else add_oracle(backtests, oracle)
    evaluations, calibration = tables(shown, shared_columns, champion, config.n_resamples, config.seed)
    tested = overall(evaluations, "test")
    tested = tested[tested["is_champion"].astype(bool)]
    card = ModelCard(
        version=version,
        definition=config.definition,
        learner=champion.name if champion else "rule",
        reason=reason,
        seed=config.seed,
        data=describe_rows(rows, fingerprint),
        cutoffs=split,
        excluded={day.isoformat(): why for day, why in config.excluded},
        metrics={name: float(value) for name, value in zip(tested["metric"], tested["value"], strict=True)},
        intervals={
            name: [float(low), float(high)]
            for name, low, high in zip(tested["metric"], tested["low"], tested["high"], strict=True)
        },
        validation={one.name: log_loss(one.validation) for one in backtests},
        feature_bins=feature_bins(rows),
        features=FEATURE_NAMES,
        feature_medians={str(name): float(value) for name, value in matrix(rows).median().items()},
        libraries=libraries,
        rule=fit_rule(rows, config.definition),
        support=next((support(one.test) for one in backtests if champion and one.name == champion.name), None),
    )
    return TrainResult(ChurnModel(card, final), evaluations, calibration)


def _days(rows: pd.DataFrame) -> list[date]:
    return [day.date() for day in rows["as_of_day"].drop_duplicates()]


def _dated(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(as_of_day=pd.to_datetime(frame["as_of_day"]), member_id=frame["member_id"].astype("str"))
