"""Features and labels of a dozen members, and the versions of the model that a ledger names."""

from datetime import date, timedelta

import pandas as pd

from models.features import FEATURE_NAMES
from pipelines.lake import ledger

DAY = date(2025, 6, 30)


def frames(n_members=12, day=DAY, definition="inactivity"):
    """Features and labels of one cut-off: too little for a model, enough for the rule."""
    features = pd.DataFrame({name: [float(n) for n in range(n_members)] for name in FEATURE_NAMES})
    features.insert(0, "member_id", [f"m{n:02}" for n in range(n_members)])
    features.insert(1, "as_of_day", pd.Timestamp(day))
    features.insert(2, "definition", definition)
    labels = features[["member_id", "as_of_day", "definition"]].assign(
        is_churned=[n % 2 == 0 for n in range(n_members)],
        known_day=pd.Timestamp(day + timedelta(days=30)),
    )
    return features, labels


def versions_in(home, name):
    """Model versions in the rows of a ledger, in their order."""
    return ledger.read(home, name)["model_version"].to_pylist()
