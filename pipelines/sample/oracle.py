"""The best possible predictions for the sample, as the table that the churn model is measured with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from models.definitions import inactivity, lapse
from pipelines.sample.lapse import GRACE
from pipelines.sample.truth import HORIZON

if TYPE_CHECKING:
    from pathlib import Path

    from models.definitions import Definition


def true_chances(truth: Path, definition: Definition) -> pd.DataFrame | None:
    """Return the chances of churn for somebody who knows law and traits, and of the rest what the logs show.

    Args:
        truth: Folder of the sample's truth.
        definition: What churn means.

    Returns:
        member_id, as_of_day, probability; one row per member and cut-off of the truth. None where nothing is known:
        the logs are real, or churn means something else than in the truth.
    """
    table = truth / f"{definition.name}_probability.parquet"
    if definition not in {inactivity(HORIZON), lapse(HORIZON, GRACE)} or not table.exists():
        return None
    told = pd.read_parquet(table, columns=["member_id", "day", "probability_observable"])
    told = told.set_axis(["member_id", "as_of_day", "probability"], axis="columns")
    return told.assign(as_of_day=pd.to_datetime(told["as_of_day"]))
