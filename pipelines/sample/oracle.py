"""The best possible predictions for the sample, as the table that the churn model is measured with."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import pyarrow as pa

from models.churn_definitions import inactivity, lapse
from pipelines.lake.schemas import ORACLE
from pipelines.sample.ground_truth import HORIZON
from pipelines.sample.lapse import GRACE

_TOLD = {"inactivity_probability": inactivity(HORIZON), "lapse_probability": lapse(HORIZON, GRACE)}
"""Table of the ground truth -> the definition of churn that it tells of."""


def oracle(truth_tables: Mapping[str, pd.DataFrame]) -> pa.Table:
    """Return the probabilities of churn for somebody who knows hazards and traits, and of the rest what the logs show.

    Args:
        truth_tables: The tables of the ground truth; one that is left out or empty has no rows.
    """
    frames = [
        pd.DataFrame(
            {
                "definition": definition.name,
                "horizon_days": definition.horizon_days,
                "known_after_days": definition.known_after_days,
                "member_id": truth_tables[name]["member_id"],
                "as_of_day": truth_tables[name]["day"],
                "probability": truth_tables[name]["probability_observable"],
            }
        )
        for name, definition in _TOLD.items()
        if name in truth_tables and len(truth_tables[name])  # an empty frame has no types
    ]
    tables = [pa.Table.from_pandas(frame, schema=ORACLE, preserve_index=False) for frame in frames]
    return pa.concat_tables([ORACLE.empty_table(), *tables])
