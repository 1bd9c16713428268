"""The logs as tables: the simulator's frames with the contract's columns, ids and times written out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipelines.contract import IDENTITY_LINKS, LOGS, Type
from pipelines.sample.calendar import DAY_S, Ints, TimeStyle
from pipelines.sample.context import SampleContext

STYLES: dict[str, TimeStyle] = {"content": "offset", "events": "offset", "payments": "utc"}
"""How each log writes its times; the others write local time without an offset."""

_NUMBERS = {
    "at": "occurred_at",
    "published": "published_at",
    "joined": "joined_at",
    "starts": "starts_at",
    "ends": "ends_at",
    "expires": "expires_at",
    "start": "term_start",
    "end": "term_end",
}
_PEOPLE = {"member": "member_id", "author": "author_id", "target": "target_member_id", "host": "host_id"}
TOLD_LOGS = tuple(log for log in LOGS if log != IDENTITY_LINKS.name)
"""Logs that the sample tells: nobody in it has a second account."""
EXTRA = {"content": ("lang",)}
"""Columns that the contract does not know, as real systems deliver them."""


@dataclass(frozen=True)
class Table:
    """One log's clean rows, in order of time."""

    log: str
    rows: pd.DataFrame
    """The contract's columns that the sample fills, as text and numbers; missing values are ``None``."""
    event_day: Ints
    """Day of each row's occurred_at; negative before the first day."""


def write_out(log: str, frame: pd.DataFrame, context: SampleContext) -> Table:
    """Return the table of one log; the simulator's columns that the contract lacks are left out."""
    frame = frame.sort_values("at", kind="stable", ignore_index=True)
    columns: dict[str, object] = {}
    ours = {name: source for source, name in (_NUMBERS | _PEOPLE).items()}
    for column in LOGS[log].own_columns:
        source = ours.get(column.name, column.name)
        if source not in frame:
            continue
        values = frame[source]
        if source in _PEOPLE:
            columns[column.name] = context.name(values.fillna(-1).to_numpy(dtype=np.int64))
        elif column.type is Type.TIME:
            columns[column.name] = context.calendar.times_text(values, STYLES.get(log, "local"))
        elif column.type is Type.DAY:
            columns[column.name] = context.calendar.days_text(values)
        elif column.type is Type.INTEGER:
            columns[column.name] = values.astype("Int64").astype(object).where(values.notna(), None)
        else:
            columns[column.name] = values.astype(object).where(values.notna(), None)
    for name in EXTRA.get(log, ()):
        columns[name] = frame[name].astype(object)
    return Table(log, pd.DataFrame(columns, dtype=object), frame["at"].to_numpy() // DAY_S)
