"""The best possible predictions for the sample, as the table that the churn model is measured with."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import pyarrow as pa

from models.definitions import inactivity, lapse
from pipelines.lake.schemas import ORACLE
from pipelines.sample.lapse import GRACE
from pipelines.sample.truth import HORIZON

_TOLD = {"inactivity_probability": inactivity(HORIZON), "lapse_probability": lapse(HORIZON, GRACE)}
"""Table of the truth -> the definition of churn that it tells of."""


def oracle(truths: Mapping[str, pd.DataFrame]) -> pa.Table:
    """Return the chances of churn for somebody who knows law and traits, and of the rest what the logs show.

    Args:
        truths: The tables of the truth; one that is left out or empty has no rows.
    """
    frames = [
        pd.DataFrame(
            {
                "definition": definition.name,
                "horizon_days": definition.horizon_days,
                "known_after_days": definition.known_after_days,
                "member_id": truths[name]["member_id"],
                "as_of_day": truths[name]["day"],
                "probability": truths[name]["probability_observable"],
            }
        )
        for name, definition in _TOLD.items()
        if name in truths and len(truths[name])  # an empty frame has no types
    ]
    tables = [pa.Table.from_pandas(frame, schema=ORACLE, preserve_index=False) for frame in frames]
    return pa.concat_tables([ORACLE.empty_table(), *tables])
