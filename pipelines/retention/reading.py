"""What a list is made of: the day's predictions from the lake, facts about the members from the warehouse."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pyarrow.parquet as pq

from pipelines.home import Home
from pipelines.lake.duck import open_warehouse
from pipelines.lake.schemas import PREDICTIONS
from pipelines.lake.seal import check

DEFINITIONS = ("lapse", "inactivity")
"""The definitions of churn whose probability is the risk, first choice first: whose paid term is about to end is judged
by whether it is renewed, everybody else by whether they stay active."""


def predictions(home: Home, day: date) -> pd.DataFrame:
    """The prediction that says a member's risk on a day, one row each, by member.

    Only the version that scored the day last counts, as ``marts.churn_predictions`` marks it with ``is_current``: whom
    it did not score was known to have gone by then. Of both definitions the first of ``DEFINITIONS`` counts.
    """
    parts = sorted((home.predictions / f"day={day.isoformat()}").glob("part-*.parquet"))
    for part in parts:
        check(part)
    frames = [pq.read_table(part, schema=PREDICTIONS, partitioning=None).to_pandas() for part in parts]
    rows = pd.concat([PREDICTIONS.empty_table().to_pandas(), *frames], ignore_index=True) if frames else None
    if rows is None:
        return pd.DataFrame(columns=PREDICTIONS.names)
    rows = rows.sort_values(["scored_at", "model_version"], kind="stable")
    newest = rows[rows["model_version"] == rows.groupby("definition")["model_version"].transform("last")]
    choice = newest["definition"].map({name: place for place, name in enumerate(DEFINITIONS)})
    chosen = newest.assign(choice=choice).sort_values(["member_id", "choice"], ignore_index=True)
    first: pd.DataFrame = chosen.drop_duplicates("member_id", ignore_index=True).drop(columns="choice")
    return first


def table(home: Home, name: str, order: str) -> pd.DataFrame:
    """A whole table of the warehouse (``schema.table``) in a fixed order; days as dates, missing texts as None."""
    with open_warehouse(home) as con:
        frame = con.sql(f"from {name} order by {order}").to_arrow_table().to_pandas(date_as_object=True)
    texts = {
        column: frame[column].astype(object).where(frame[column].notna(), None)
        for column in frame.columns
        if pd.api.types.is_string_dtype(frame[column])
    }
    return pd.DataFrame(frame.assign(**texts))
