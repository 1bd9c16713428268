"""Made-up feature and label frames whose true probability of churn is known."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from models.features import FEATURE_NAMES
from models.train import TrainConfig

CONFIG = TrainConfig(n_resamples=20, n_test_cutoffs=4)
QUICK = ("base_rate", "recency", "decayed_90", "logistic", "boosting")
"""Learners of tests that train often."""


def community(n_days=16, n_members=300, seed=1):
    """Return features, labels and true probabilities: members churn the more the longer they are away."""
    draw = np.random.default_rng(seed)
    n = n_days * n_members
    features = pd.DataFrame({name: draw.normal(size=n) for name in FEATURE_NAMES})
    days = [date(2025, 1, 1) + timedelta(days=30 * step) for step in range(n_days)]
    features.insert(0, "member_id", [f"m{member:04}" for _ in days for member in range(n_members)])
    features.insert(1, "as_of_day", pd.to_datetime([day for day in days for _ in range(n_members)]))
    features.insert(2, "definition", "inactivity")
    features["days_since_active"] = draw.integers(0, 30, n)
    features["tenure_days"] = draw.integers(0, 900, n)
    features["decayed_90"] = draw.gamma(2.0, 5.0, n)
    for name in ("is_payer", "is_auto_renewing", "is_first_month"):
        features[name] = draw.random(n) < 0.5
    features["reads_30"] = np.nan
    for name in FEATURE_NAMES:
        if name.endswith(("_30", "_180", "_365", "_7", "_90", "_all")) or "gap" in name:
            features[name] = np.abs(features[name].astype(float))
    features["days_to_term_end"] = draw.integers(1, 365, n).astype(float)
    features["term_number"] = draw.integers(1, 5, n).astype(float)
    features["community_active_30"] = n_members
    strength = (features["days_since_active"] - 15) / 8 - 1.2 * features["started_share_30"]
    truth = 1 / (1 + np.exp(-strength))
    labels = features[["member_id", "as_of_day", "definition"]].assign(
        is_churned=draw.random(n) < truth,
        known_day=features["as_of_day"] + pd.Timedelta(days=30),
    )
    return features, labels, truth.to_numpy()
