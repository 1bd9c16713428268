"""How clean rows reach the landing folder: on their day, late, twice, or with broken lines among them.

Broken lines are extra: every clean row is delivered at least once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.contract import LOGS, Type
from pipelines.sample.calendar import Flags, Ints
from pipelines.sample.tables import Table

P_LATE, P_TWICE = 0.015, 0.006
"""Share of rows that come in a later log day, and that come a second time."""
P_BROKEN_FILE, MIN_ROWS, MAX_BROKEN = 0.15, 50, 0.02
"""Share of files with broken lines, rows below which a file has none, and their bound per clean row."""
PLACES = ("same_file", "other_file", "later_day")
"""Where the second copy of a row comes."""
BAD_DATES = ("2025-13-45 10:00:00", "yesterday", "0000-00-00")


@dataclass(frozen=True)
class Parcel:
    """One log's rows with the log day and file in which each comes."""

    table: Table
    row: Ints
    """Row numbers of the table; those that come twice are listed twice."""
    log_day: Ints
    resend: Flags
    """Whether the row comes in the day's second file."""
    duplicates: dict[str, int]
    """Second copies per place."""

    @property
    def late(self) -> int:
        """Rows, second copies included, whose log day is after the day on which they occurred."""
        return int((self.log_day > self.table.event_day[self.row]).sum())


def deliver(rng: np.random.Generator, table: Table, days: int) -> Parcel:
    """Choose the log day and file of every row; what would come after the last day comes on it."""
    event_day, size = np.maximum(table.event_day, 0), len(table.event_day)
    late = rng.random(size) < P_LATE
    delay = np.where(rng.random(size) < 0.92, rng.integers(1, 4, size), rng.integers(4, 61, size))
    log_day = np.minimum(event_day + np.where(late, delay, 0), days - 1)
    again = np.flatnonzero(rng.random(size) < P_TWICE)
    place = rng.integers(0, len(PLACES), len(again))
    later = np.minimum(log_day[again] + np.where(place == 2, rng.integers(1, 6, len(again)), 0), days - 1)
    place = np.where((place == 2) & (later == log_day[again]), 0, place)
    row = np.concatenate([np.arange(size), again])
    days_, resend = np.concatenate([log_day, later]), np.concatenate([np.zeros(size, dtype=bool), place == 1])
    order = np.lexsort((row, resend, days_))
    counts = {name: int((place == number).sum()) for number, name in enumerate(PLACES)}
    return Parcel(table, row[order], days_[order], resend[order], counts)


def broken_lines(rng: np.random.Generator, rows: int) -> int:
    """Draw how many broken lines a file of ``rows`` clean rows has: mostly none, never above the bound."""
    share = rng.uniform(0.006, MAX_BROKEN) if rng.random() < P_BROKEN_FILE else 0.0
    return 0 if rows < MIN_ROWS or share == 0.0 else max(int(rows * share), 1)


def break_values(rng: np.random.Generator, log: str, values: dict[str, object], reasons: list[str]) -> str:
    """Break one row in place and return why it cannot be accepted.

    Args:
        rng: Source of chance.
        log: Name of the log.
        values: The row by column, changed in place where the reason lies in a value.
        reasons: Reasons of the file's format that its writer takes care of, such as a wrong number of fields.
    """
    contract = LOGS[log]
    kinds = [column.name for column in contract.columns if column.required and column.type is Type.KIND]
    reason = str(rng.choice(["bad_date", "missing_id", *(["unknown_kind"] if kinds else []), *reasons]))
    if reason == "bad_date":
        values["occurred_at"] = BAD_DATES[int(rng.integers(len(BAD_DATES)))]
    elif reason == "missing_id":
        values[contract.key[0]] = None
    elif reason == "unknown_kind":
        values[kinds[0]] = "teleport"
    return reason
