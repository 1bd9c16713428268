"""Why a member's probability differs from the average: contributions of features, and the reasons in words.

Contributions are on the log-odds scale, before calibration. For a linear learner they are exact: theta
(x - mean), x being the feature as the learner sees it. For any other learner they are Shapley values by sampling.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from models.calibrate import log_odds
from models.features import FEATURE_NAMES, FEATURES, words
from models.fit import believed
from models.shapley import shapley_values

N_REASONS = 3
SILENT_GROUPS = {"community"}
"""Groups that are the same for every member of a day: they move all probabilities and explain no member."""


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
        return log_odds(believed(pipeline, pd.DataFrame(rows, columns=x.columns)))

    values = shapley_values(predict, x.to_numpy(), background[x.columns].to_numpy(dtype="float64"), seed)
    return pd.DataFrame(values, index=x.index, columns=x.columns)


def reasons(row: dict[str, float], contribution: dict[str, float]) -> list[Reason]:
    """Return the three largest drivers of one member, largest first; fewer where fewer values are known.

    Args:
        row: The member's feature values.
        contribution: The features' contributions.
    """
    groups: dict[str, list[tuple[float, int]]] = {}
    for place, feature in enumerate(FEATURES):
        groups.setdefault(feature.group, []).append((contribution[feature.name], place))
    drivers = []
    for group, parts in groups.items():
        total = sum(part for part, _ in parts)
        sayable = [part for part in parts if part[0] * total > 0 and not np.isnan(row[FEATURES[part[1]].name])]
        if sayable and group not in SILENT_GROUPS:
            drivers.append((total, max(sayable, key=lambda part: (abs(part[0]), -part[1]))[1]))
    drivers.sort(key=lambda driver: (-abs(driver[0]), driver[1]))
    return [_reason(place, row, total) for total, place in drivers[:N_REASONS]]


def _reason(place: int, row: dict[str, float], contribution: float) -> Reason:
    feature = FEATURES[place]
    en, zh = words(feature, row)
    if contribution < 0:
        en, zh = f"{en} (lowers the risk)", f"{zh}(降低风险)"
    return Reason(feature.name, feature.group, row[feature.name], contribution, en, zh)


def _exact(pipeline: Pipeline, x: pd.DataFrame) -> pd.DataFrame:
    # The input is standardised on the training rows, so its means are 0 and x - mean is x.
    parts = pd.DataFrame(pipeline["input"].transform(x) * pipeline["learner"].coef_[0], index=x.index)
    columns = [name.split("__", 1)[1] for name in pipeline["input"].get_feature_names_out()]
    parts.columns = pd.Index([name.removeprefix("missingindicator_") for name in columns])
    return parts.T.groupby(level=0).sum().T[FEATURE_NAMES]
