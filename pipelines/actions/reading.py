"""What a list is made of: the day's predictions from the lake, facts about the members from the warehouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pandas as pd
import pyarrow.parquet as pq

from pipelines.lake.schemas import PREDICTIONS

if TYPE_CHECKING:
    from datetime import date

    from pipelines.home import Home

DEFINITION = "inactivity"
"""The definition of churn whose probability is the risk; a member has one row for each definition."""


def predictions(home: Home, day: date) -> pd.DataFrame:
    """The newest prediction of each member for a day, as ``marts.churn_predictions`` marks it with ``is_current``."""
    parts = sorted((home.predictions / f"day={day.isoformat()}").glob("part-*.parquet"))
    frames = [pq.read_table(part, schema=PREDICTIONS, partitioning=None).to_pandas() for part in parts]
    rows = pd.concat([PREDICTIONS.empty_table().to_pandas(), *frames], ignore_index=True) if frames else None
    if rows is None:
        return pd.DataFrame(columns=PREDICTIONS.names)
    rows = rows[rows["definition"] == DEFINITION].sort_values(["scored_at", "model_version"], kind="stable")
    newest: pd.DataFrame = rows.drop_duplicates("member_id", keep="last").sort_values("member_id", ignore_index=True)
    return newest


def table(home: Home, name: str, order: str) -> pd.DataFrame:
    """A whole table of the warehouse (``schema.table``) in a fixed order; days as dates, missing values as None."""
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        return pd.DataFrame(con.sql(f"from {name} order by {order}").to_arrow_table().to_pandas(date_as_object=True))
