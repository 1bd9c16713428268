"""Feature drift: how far today's members are from those the model learnt from (population stability index, PSI).

A feature's values are counted in tenths of the training rows, gaps apart. PSI = sum over these of
(now - then) ln(now / then), with shares; below 0.1 is usually read as steady, above 0.25 as another population.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from models.explain import SILENT_GROUPS
from models.features import FEATURES, matrix

LEAST_SHARE = 1e-3
"""Smallest share that enters the logarithm, so that an empty bin is a finite change."""

N_BINS = 10
DRIFT_NAMES = [feature.name for feature in FEATURES if feature.group not in SILENT_GROUPS]
"""Features watched: all but those that are the same for every member of a day."""


def feature_bins(rows: pd.DataFrame) -> dict[str, dict[str, list[float]]]:
    """Return, per feature, the inner edges of its bins and the training rows' share of each, gaps last."""
    x = matrix(rows)
    bins = {}
    for name in DRIFT_NAMES:
        known = x[name].dropna().to_numpy()
        edges = np.unique(np.quantile(known, np.arange(1, N_BINS) / N_BINS)) if len(known) else np.array([])
        bins[name] = {"edges": edges.tolist(), "shares": _shares(x[name].to_numpy(), edges).tolist()}
    return bins


def feature_drift(bins: dict[str, Any], rows: pd.DataFrame) -> dict[str, float]:
    """Return the PSI of every feature of ``rows`` against the bins of the training rows, largest first."""
    x = matrix(rows)
    drift = {}
    for name, one in bins.items():
        then = np.maximum(np.asarray(one["shares"]), LEAST_SHARE)
        now = np.maximum(_shares(x[name].to_numpy(), np.asarray(one["edges"])), LEAST_SHARE)
        drift[name] = float(np.sum((now - then) * np.log(now / then)))
    return dict(sorted(drift.items(), key=lambda item: -item[1]))


def feature_ways(bins: dict[str, Any], rows: pd.DataFrame) -> dict[str, str]:
    """Return, per feature, whether its known values lie ``up`` or ``down`` from those of the training rows."""
    x = matrix(rows)
    ways = {}
    for name, one in bins.items():
        then = _mean_bin(np.asarray(one["shares"]))
        now = _mean_bin(_shares(x[name].to_numpy(), np.asarray(one["edges"])))
        ways[name] = "up" if now > then else "down" if now < then else ""
    return ways


def _mean_bin(shares: np.ndarray) -> float:
    """Mean place among the bins of known values, the lowest first; NaN where none is known."""
    known = shares[:-1]
    return float(np.average(np.arange(len(known)), weights=known)) if known.sum() else float("nan")


def _shares(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    gaps = np.isnan(values)
    places = np.where(gaps, len(edges) + 1, np.searchsorted(edges, np.where(gaps, 0, values), side="left"))
    return np.asarray(np.bincount(places, minlength=len(edges) + 2) / max(len(values), 1))
