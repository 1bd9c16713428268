"""Why a member's probability differs from the average: contributions of features, and the reasons in words.

Contributions are on the log-odds scale. For a linear learner they are exact: theta
(x - mean), x being the feature as the learner sees it. For any other learner they are Shapley values by sampling.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from models.features import FEATURE_NAMES, FEATURES, Feature, Show, named, told, words
from models.fit import clipped
from models.odds import log_odds
from models.sayable import is_sayable
from models.shapley import shapley_values

N_REASONS = 3
SILENT_GROUPS = {"community"}
"""Groups that are the same for every member of a day: they move all probabilities and explain no member."""

WAITING = "waiting"
"""The group of own questions that wait for an answer."""

WAIT = named("question_waiting_days_90")
"""Always named at a high risk, whatever the model makes of it, because somebody can answer today. Having asked is a
sign of life, so a learner may take it for a reason to stay, but nobody would read a wait as one."""

LEAST_CONTRIBUTION = 0.05
"""Log-odds that a driver has to move to count as one (5 % of the odds)."""

TELLING_SHARE = 1 / 3
"""Among the features of a group with this share of the strongest one's contribution or more, the one that names most of
the member's own values is chosen, so that two members seldom get the same words."""


@dataclass(frozen=True)
class Reason:
    """One driver of a member's probability; a positive contribution raises the risk."""

    feature: str
    group: str
    value: float
    contribution: float | None
    en: str
    zh: str

    def as_dict(self) -> dict[str, str | float]:
        """Return the fields as they are stored with a prediction."""
        return asdict(self)


def contributions(pipeline: Pipeline, x: pd.DataFrame, background: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return each feature's contribution for each row, same shape and columns as ``x``.

    Args:
        pipeline: Fitted pipeline with steps ``input`` and ``learner``.
        x: Feature matrix.
        background: A few rows of the training's feature matrix, for learners that are not linear.
        seed: Seed of the sampling.
    """
    if hasattr(pipeline["learner"], "coef_"):
        return _exact(pipeline, x)

    def predict(rows: np.ndarray) -> np.ndarray:
        return log_odds(clipped(pipeline, pd.DataFrame(rows, columns=x.columns)))

    values = shapley_values(predict, x.to_numpy(), background[x.columns].to_numpy(dtype="float64"), seed)
    return pd.DataFrame(values, index=x.index, columns=x.columns)


def reasons(row: dict[str, float], contribution: dict[str, float], *, is_high: bool) -> list[Reason]:
    """Return up to three drivers of one member: those that agree with the probability, then at most one against it.

    Fewer where fewer say anything. A question that waits is always among those of a high risk.

    Args:
        row: The member's feature values.
        contribution: The features' contributions.
        is_high: Whether the member's probability is above the usual one, so that what raises the risk agrees with it.
    """
    agreeing: list[_Driver] = []
    against: list[_Driver] = []
    for driver in _drivers(row, contribution):
        (agreeing if (driver.contribution > 0) == is_high else against).append(driver)
    if is_high and all(driver.feature.group != WAITING for driver in agreeing) and is_sayable(WAIT, row):
        agreeing.append(_Driver(WAIT, sum(contribution[one.name] for one in FEATURES if one.group == WAITING)))
    chosen = _first(agreeing, N_REASONS, is_high=is_high)
    if against and (len(chosen) < N_REASONS or against[0].weight > chosen[-1].weight):
        chosen = [*_first(agreeing, N_REASONS - 1, is_high=is_high), against[0]]
    return [_reason(driver, row, is_high=is_high) for driver in chosen]


@dataclass(frozen=True)
class _Driver:
    """A group's summed contribution and the feature that speaks for it."""

    feature: Feature
    contribution: float

    @property
    def weight(self) -> float:
        """Size of the contribution; half of it where only yes or no is said, which many members share."""
        return abs(self.contribution) / (2 if self.feature.show is Show.FLAG else 1)


def _first(agreeing: list[_Driver], n: int, *, is_high: bool) -> list[_Driver]:
    """Return the first ``n``; of a high risk a question that waits takes the last place if it is not among them."""
    waiting = [driver for driver in agreeing[n:] if driver.feature.group == WAITING and is_high]
    return [*agreeing[: n - len(waiting)], *waiting]


def _drivers(row: dict[str, float], contribution: dict[str, float]) -> list[_Driver]:
    """Return the driver of each group that has something to say, heaviest first."""
    groups: dict[str, list[Feature]] = {}
    for feature in FEATURES:
        groups.setdefault(feature.group, []).append(feature)
    drivers = []
    for group, features in groups.items():
        total = sum(contribution[feature.name] for feature in features)
        sayable = [one for one in features if contribution[one.name] * total > 0 and is_sayable(one, row)]
        is_silent = group in SILENT_GROUPS or (group == WAITING and total < 0)
        if sayable and not is_silent and abs(total) >= LEAST_CONTRIBUTION:
            least = TELLING_SHARE * max(abs(contribution[one.name]) for one in sayable)
            strong = [one for one in sayable if abs(contribution[one.name]) >= least]
            speaker = max(strong, key=lambda one: (len(told(one)), abs(contribution[one.name]), -FEATURES.index(one)))
            drivers.append(_Driver(speaker, total))
    return sorted(drivers, key=lambda driver: (-driver.weight, FEATURES.index(driver.feature)))


def _reason(driver: _Driver, row: dict[str, float], *, is_high: bool) -> Reason:
    feature, contribution = driver.feature, driver.contribution
    en, zh = words(feature, row)
    if feature.group != WAITING and (contribution > 0) != is_high:
        en, zh = f"speaks against it: {en}", f"相反的迹象:{zh}"
    elif not is_high:
        en, zh = f"{en} (lowers the risk)", f"{zh}(降低风险)"
    return Reason(feature.name, feature.group, row[feature.name], contribution, en, zh)


def _exact(pipeline: Pipeline, x: pd.DataFrame) -> pd.DataFrame:
    # The input is standardised on the training rows, so its means are 0 and x - mean is x.
    parts = pd.DataFrame(pipeline["input"].transform(x) * pipeline["learner"].coef_[0], index=x.index)
    columns = [name.split("__", 1)[1] for name in pipeline["input"].get_feature_names_out()]
    parts.columns = pd.Index([name.removeprefix("missingindicator_") for name in columns])
    return parts.T.groupby(level=0).sum().T[FEATURE_NAMES]
