"""Feature drift: what moved since the training is seen, and what stayed is not."""

import numpy as np
import pandas as pd
import pytest

from models.drift import feature_drift, feature_ways
from models.features import FEATURE_NAMES

pytestmark = pytest.mark.slow


def test_features_of_a_day_like_the_training_have_not_drifted_and_others_have(made, result):
    features, _, _ = made
    one_day = features[features["as_of_day"] == features["as_of_day"].max()]
    steady = feature_drift(result.model.card.feature_bins, one_day)
    assert max(steady.values()) < 0.15
    assert "community_active_30" not in steady
    moved = one_day.assign(replies_30=one_day["replies_30"] + 3, partners_180=np.nan)
    drift = feature_drift(result.model.card.feature_bins, moved)
    assert list(drift)[:2] == ["partners_180", "replies_30"]
    assert drift["replies_30"] > 0.25
    assert drift["acts_30"] == steady["acts_30"]


def test_drift_is_the_population_stability_index():
    bins = {"acts_30": {"edges": [1.0], "shares": [0.5, 0.5, 0.0]}}
    rows = pd.DataFrame({name: [0.0, 0.0, 0.0, 5.0] for name in FEATURE_NAMES})
    expected = (0.75 - 0.5) * np.log(0.75 / 0.5) + (0.25 - 0.5) * np.log(0.25 / 0.5)
    assert feature_drift(bins, rows)["acts_30"] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("values", "way"),
    [([0.0, 0.0, 0.0, 5.0], "down"), ([5.0, 5.0, 5.0, 0.0], "up"), ([0.0, 5.0], "same"), ([np.nan], "unknown"),
     ([0.0, 5.0, np.nan], "same")],
)  # fmt: skip
def test_the_way_is_that_of_the_known_values(values: list[float], way: str) -> None:
    bins = {"acts_30": {"edges": [1.0], "shares": [0.4, 0.4, 0.2]}}
    rows = pd.DataFrame(dict.fromkeys(FEATURE_NAMES, values))
    assert feature_ways(bins, rows)["acts_30"] == {"same": "", "unknown": ""}.get(way, way)
