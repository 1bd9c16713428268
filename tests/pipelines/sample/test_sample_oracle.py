"""The truth as the churn model is measured with it: of these definitions and of these only."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from models.definitions import Definition, inactivity, lapse
from pipelines.sample.yardstick import true_chances


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    told = pd.DataFrame(
        {"member_id": ["a"], "day": [pd.Timestamp("2025-03-01").date()], "probability": [0.0],
         "probability_observable": [0.25]}
    )  # fmt: skip
    for name in ("inactivity", "lapse"):
        told.to_parquet(tmp_path / f"{name}_probability.parquet")
    return tmp_path


@pytest.mark.parametrize("definition", [inactivity(), lapse()], ids=lambda one: one.name)
def test_chances_are_those_of_an_observer(truth: Path, definition: Definition) -> None:
    chances = true_chances(truth, definition)
    assert chances is not None
    assert chances.to_dict("records") == [
        {"member_id": "a", "as_of_day": pd.Timestamp("2025-03-01"), "probability": 0.25}
    ]


@pytest.mark.parametrize(
    "definition", [inactivity(29), lapse(30, 8), lapse(29, 7)], ids=["horizon", "grace", "horizon of lapse"]
)
def test_of_another_meaning_of_churn_nothing_is_known(truth: Path, definition: Definition) -> None:
    assert true_chances(truth, definition) is None


def test_of_real_logs_nothing_is_known(tmp_path: Path) -> None:
    assert true_chances(tmp_path / "sample_truth", inactivity()) is None
