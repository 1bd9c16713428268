"""Texts that need no second look, as SQL: most are, and the rules for all others cost many times as much.

A plain text is neither trimmed nor searched for characters that nobody sees, and a plain time on a steady day is read
without the machinery of time zones. What is not plain is not wrong: it is judged as every text once was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

import duckdb

from pipelines.contract import Column, Type
from pipelines.sql import is_one_of, literal

_ID = "([A-Za-z_][A-Za-z_.:@/#=?&%~-]*)?[0-9][0-9A-Za-z_.:@/#=?&%~-]*"
"""Letters and signs of ASCII and a digit: no space, nothing unseen, no start of JSON, no plus as in shortened numbers,
and none of the words by which systems say that there is no value."""
_TIME = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,6})?"
"""A time of the community's zone, to the second or finer."""
_LATEST = timedelta(days=31)
"""How far before its log day a time lies that is still read the fast way."""


@dataclass(frozen=True)
class Steady:
    """Days in a row on which the zone's clock is not moved, and how many microseconds it is ahead of UTC."""

    first: date
    last: date
    ahead: int


def steady_days(con: duckdb.DuckDBPyConnection, log_days: Iterable[date]) -> list[Steady]:
    """Return the steady days about log days, in the connection's time zone, which alone says what is steady."""
    days = sorted(set(log_days))
    if not days:
        return []
    rows = con.execute(
        """
        with days as (select unnest(generate_series(?, ?, interval 1 day))::timestamp as day),
        ahead as (
            select
                day::date as day, epoch_us(day) - epoch_us(day::timestamptz) as at_start,
                epoch_us(day + interval 1 day) - epoch_us((day + interval 1 day)::timestamptz) as at_end,
                (day::timestamptz)::date as own_day
            from days
        )
        select day, at_start from ahead where at_start = at_end and own_day = day order by day
        """,
        [days[0] - _LATEST, days[-1] + timedelta(days=1)],
    ).fetchall()
    runs = groupby(enumerate(rows), key=lambda one: (one[1][0] - timedelta(days=one[0]), one[1][1]))
    found = []
    for (_, ahead), of_run in runs:
        in_run = [day for _, (day, _) in of_run]
        found.append(Steady(in_run[0], in_run[-1], ahead))
    return found


def plain(column: Column) -> str | None:
    """Return the condition that the text of a column is plain; nothing where no text of its type is looked for."""
    name = column.name
    if column.type is Type.ID:
        return f"regexp_full_match({name}, {literal(_ID)})"
    if column.type is Type.TIME:
        return f"regexp_full_match({name}, {literal(_TIME)})"
    if column.type is Type.KIND:
        return is_one_of(name, column.kinds)
    return None


def unless_plain(column: Column, condition: str) -> str:
    """Return a condition that is looked at only where the column's text is not plain."""
    return f"case when not coalesce({column.name}__plain, false) then {condition} end"


def local_time(name: str, steady: Sequence[Steady]) -> str:
    """Return the local time of a plain text on a steady day as a timestamp without zone, else null."""
    if not steady:
        return "null::timestamp"
    is_steady = " or ".join(_within(name, one) for one in steady)
    return f"case when {name}__plain and ({is_steady}) then try_cast({name} as timestamp) end"


def instant(name: str, steady: Sequence[Steady], otherwise: str) -> str:
    """Return the instant of ``local_time``, or of ``otherwise`` where that is null."""
    if not steady:
        return otherwise
    cases = " ".join(f"when {_within(name, one)} then {one.ahead}" for one in steady)
    moved = f"make_timestamptz(epoch_us({name}__local) - case {cases} end)"
    return f"case when {name}__local is not null then {moved} else {otherwise} end"


def _within(name: str, one: Steady) -> str:
    return f"({name} >= '{one.first}' and {name} < '{one.last + timedelta(days=1)}')"
