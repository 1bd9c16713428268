"""Evaluations as tidy frames: which measure, of which learner, where, with which 95 % interval.

The measures themselves are in ``metrics``. A member appears at many cut-offs, so
resamples draw members, not rows.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from models.calibration_error import bins, interval, squared_errors
from models.metrics import Array, measures, member_weights

EVALUATION_COLUMNS = [
    "definition", "learner", "split", "cut_off", "segment", "n", "metric", "value", "low", "high",
    "model_version", "is_champion",
]  # fmt: skip
CALIBRATION_COLUMNS = [
    "definition", "learner", "split", "bin", "n", "mean_probability", "churn_rate",
    "model_version", "is_champion",
]  # fmt: skip

WEIGHTS_AT_ONCE = 4_000_000
"""Rows x resamples that are measured together, so that memory does not grow with both."""

TENURE_SEGMENTS = {
    "under_30_days": (0, 30),
    "30_to_179_days": (30, 180),
    "180_to_729_days": (180, 730),
    "from_730_days": (730, 1e9),
}
"""Segments by days since the member's first day: from (included) to (excluded)."""


def evaluate(predictions: pd.DataFrame, n_resamples: int, seed: int) -> pd.DataFrame:
    """Return every measure overall, by tenure segment and by cut-off.

    Args:
        predictions: One row per member and cut-off: member_id, as_of_day, tenure_days, is_churned (0 or 1),
            probability.
        n_resamples: Bootstrap resamples of members behind ``low`` and ``high`` (2.5 and 97.5 %).
        seed: Seed of the resamples.

    Returns:
        Columns cut_off (NaT: all of them), segment (``all`` or a tenure segment), n, metric, value, low,
        high.
    """
    tenure = predictions["tenure_days"]
    groups: list[tuple[object, str, pd.DataFrame]] = [(pd.NaT, "all", predictions)]
    for name, (start, end) in TENURE_SEGMENTS.items():
        groups.append((pd.NaT, name, predictions[(tenure >= start) & (tenure < end)]))
    groups += [(day, "all", rows) for day, rows in predictions.groupby("as_of_day")]
    frames = []
    for cut_off, segment, rows in groups:
        if len(rows):
            measured = _measure(rows, n_resamples, seed).assign(segment=segment, n=len(rows))
            measured["cut_off"] = pd.Series(cut_off, index=measured.index, dtype="datetime64[us]")
            frames.append(measured)
    evaluations = pd.concat(frames, ignore_index=True)
    return evaluations[["cut_off", "segment", "n", "metric", "value", "low", "high"]]


def calibration_bins(predictions: pd.DataFrame) -> pd.DataFrame:
    """Return bin (from 1), n, mean_probability and churn_rate of each bin of equal count."""
    grouped = predictions.groupby(bins(predictions["probability"].to_numpy(dtype="float64")))
    table = grouped.agg(
        n=("probability", "size"), mean_probability=("probability", "mean"), churn_rate=("is_churned", "mean")
    )
    return table.reset_index(drop=True).assign(bin=range(1, len(table) + 1))


def log_loss(predictions: pd.DataFrame) -> float:
    """Return the mean log-loss of predictions, probabilities clipped at 1e-15."""
    return _point(predictions)["log_loss"]


def roc_auc(churned: pd.Series, score: pd.Series) -> float:
    """Return the area under the ROC curve of any score; NaN with a single class."""
    weights = np.ones((1, len(churned)))
    ranks: Array = np.asarray(score.rank(pct=True), dtype=np.float64)
    return float(measures(churned.to_numpy(dtype="float64"), ranks, weights)["roc_auc"][0])


def _point(rows: pd.DataFrame) -> dict[str, float]:
    churned, probability = (rows[name].to_numpy(dtype="float64") for name in ("is_churned", "probability"))
    return {name: float(value[0]) for name, value in measures(churned, probability, np.ones((1, len(rows)))).items()}


def _measure(rows: pd.DataFrame, n_resamples: int, seed: int) -> pd.DataFrame:
    churned, probability = (rows[name].to_numpy(dtype="float64") for name in ("is_churned", "probability"))
    members = pd.factorize(rows["member_id"], sort=True)[0]
    at_once = max(1, WEIGHTS_AT_ONCE // len(rows))
    parts, squared = [], []
    for weights in member_weights(members, n_resamples, seed, at_once):
        parts.append(measures(churned, probability, weights))
        squared.append(squared_errors(churned, probability, weights)[1])
    resampled = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    intervals = {name: _interval(values) for name, values in resampled.items()}
    counted, debiased = squared_errors(churned, probability, np.ones((1, len(rows))))
    intervals["calibration_error"] = interval(float(counted[0]), float(debiased[0]), np.concatenate(squared))
    return pd.DataFrame(
        [(name, value, *intervals[name]) for name, value in _point(rows).items()],
        columns=["metric", "value", "low", "high"],
    )


def _interval(values: np.ndarray) -> tuple[float, float]:
    defined = values[~np.isnan(values)]
    if not len(defined):
        return float("nan"), float("nan")
    low, high = np.percentile(defined, [2.5, 97.5])
    return float(low), float(high)
