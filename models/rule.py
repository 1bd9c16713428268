"""The rule that stands in where no model is fit to be used: the share of past churners by one feature.

It needs no fitting beyond counting, so even a community on its first day has it; pages say that it is a rule.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.churn_definitions import Definition


@dataclass(frozen=True)
class Rule:
    """Probability of churn by bands of one feature: below the first edge, from each edge to the next, from the last."""

    feature: str
    edges: tuple[float, ...]
    probabilities: tuple[float, ...]

    def predict(self, features: pd.DataFrame) -> np.ndarray:
        """Return the probability of churn per row, shape (n,)."""
        return np.take(self.probabilities, bands(features, self.feature, self.edges))


def bands(features: pd.DataFrame, feature: str, edges: tuple[float, ...]) -> np.ndarray:
    """Return the band of each row, from 0; a value that is not known counts as beyond the last edge."""
    return np.asarray(np.digitize(features[feature].to_numpy(dtype="float64", na_value=np.nan), edges))


def fit_rule(rows: pd.DataFrame, definition: Definition) -> Rule:
    """Count churners per band. One imagined churner and one stayer in each keep small counts from certainty.

    A band that nobody was in has the share of the nearest one below it that somebody was in, else of the nearest above:
    that nobody was silent for so long yet says nothing of those who are.

    Args:
        rows: Labelled rows with the definition's feature and is_churned; may be empty.
        definition: Says which feature, and where the bands begin.
    """
    band = bands(rows, definition.rule_feature, definition.rule_edges)
    churned = rows["is_churned"].to_numpy(dtype=float)
    count = [int((band == one).sum()) for one in range(len(definition.rule_edges) + 1)]
    shares = [float((churned[band == one].sum() + 1) / (n + 2)) for one, n in enumerate(count)]
    seen = [one for one, n in enumerate(count) if n] or list(range(len(count)))
    nearest = [max((one for one in seen if one <= place), default=seen[0]) for place in range(len(count))]
    return Rule(definition.rule_feature, definition.rule_edges, tuple(shares[one] for one in nearest))
