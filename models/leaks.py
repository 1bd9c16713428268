"""Catches features that know the future: none may order validation members nearly as the outcome does.

Honest features of past activity stay well below the ceiling; a count that reaches past the cut-off doesn't.
"""

from __future__ import annotations

import pandas as pd

from models.evaluate import roc_auc
from models.features import FEATURE_NAMES, matrix

MIN_OF_EACH = 50
"""Churners, and stayers, needed before a feature is looked at."""


class LeakSuspectedError(ValueError):
    """A feature or a learner orders validation members too well to be honest."""


def check_features(rows: pd.DataFrame, ceiling: float) -> None:
    """Raise ``LeakSuspectedError`` where one feature alone separates churners from stayers.

    Args:
        rows: Labelled validation rows with features and is_churned.
        ceiling: Largest ROC-AUC, in either direction, that is honest. Looked at with 50 of each outcome or
            more.
    """
    x = matrix(rows)
    found = []
    for name in FEATURE_NAMES:
        known = x[name].notna()
        churned = rows.loc[known, "is_churned"]
        if min(churned.sum(), len(churned) - churned.sum()) < MIN_OF_EACH:
            continue
        auc = roc_auc(churned, x.loc[known, name])
        if max(auc, 1 - auc) > ceiling:
            found.append(f"{name} ({max(auc, 1 - auc):.3f})")
    if found:
        raise LeakSuspectedError(_message(found, ceiling))


def check_learner(name: str, auc: float, ceiling: float) -> None:
    """Raise ``LeakSuspectedError`` where a learner's validation ROC-AUC is too good."""
    if auc > ceiling:
        raise LeakSuspectedError(_message([f"learner {name} ({auc:.3f})"], ceiling))


def _message(found: list[str], ceiling: float) -> str:
    return (
        f"ROC-AUC above {ceiling} on validation cut-offs: {', '.join(found)}. Look for rows later than the "
        "as-of day in what feeds it; raise the definition's max_auc only if it is honest"
    )
