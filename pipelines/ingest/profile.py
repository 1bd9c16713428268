"""The shape of a log day, measured as its rows are ingested: counts that gate 1 compares with the log's own past.

All of it are counts of classes (hours, kinds, sizes of numbers) and small samples of hashes, so that a day's shape
stays small however many rows it has, and the shapes of several days can be added up.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime
from hashlib import md5
from math import ceil
from math import log as logarithm
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from pipelines.contract import Column, Log, Type
from pipelines.ingest.batch import STAGED
from pipelines.ingest.rules import identity

MEASURED = 8192
"""Rows of a day of which about as many are measured at most; of more, those by their hash, so that the same are."""
SAMPLED = 256
"""Hashes kept of a day: the lowest ones, so that samples of several days are of the same part of all values."""
HEX = 8
"""Hexadecimal digits of a sampled hash; too few to tell a member by, enough to tell samples apart."""
KEPT_HEX = 4
"""Digits of what a key stands for, behind those of the key."""
STEPS = 8
"""Classes of a number between one power of two and the next."""

_PEOPLE = ("people", "most_of_one", "people_of_most")
_FREE_TEXTS = ("title", "comment", "tags", "needs", "display_name", "profile_url")
_CLASSED = (Type.KIND, Type.CURRENCY)
NUMBERS = (Type.INTEGER, Type.NUMBER)
_TIMES = (Type.TIME, Type.DAY)


def people_column(log: Log) -> str:
    """Return the column that says whose a row is; empty where the log has none."""
    names = [column.name for column in log.columns]
    return log.person or next((name for name in ("member_id", "host_id") if name in names), "")


def measure(
    con: duckdb.DuckDBPyConnection, log: Log, log_days: Iterable[date], rows: str = STAGED
) -> dict[date, dict[str, Any]]:
    """Return the shape of each log day that has accepted rows, without those that withdraw a key.

    Args:
        con: Connection that holds the rows; hours of a day are told in its time zone.
        log: The log they belong to.
        log_days: Days to measure.
        rows: Name of the table or view of the rows.

    Returns:
        See ``pipelines.gates.shapes.shape.Shape``. ``hours`` are people in each hour, ``columns`` say of each how many
        rows fill it, whether all have one value, and how many rows each class has. Samples of hashes are text:
        ``ids`` of people, ``keys`` with what they stand for, ``bodies`` of rows without key and day.
    """
    shapes: dict[date, dict[str, Any]] = {day: {"rows": 0, "withdrawn": 0} for day in log_days}
    n_rows = {}
    counts = "select log_day, count(*) filter (where op = 'upsert'), count(*)"
    for log_day, n, n_all in con.execute(f"{counts} from {rows} where reason is null group by all").fetchall():
        shapes[log_day] = {"rows": n, "withdrawn": n_all - n}
        n_rows[log_day] = n
    if not any(n_rows.values()):
        return shapes
    accepted = f"from {rows} where reason is null and op = 'upsert'"
    timezone = con.execute("select current_setting('TimeZone')").fetchall()[0][0]
    measured = f"{accepted} and row_hash % ({_every(n_rows)})::ubigint = 0"
    columns = [column for column in log.columns if column.name not in _FREE_TEXTS]
    counted = [f"{_counts(column)} as {column.name}_counts" for column in columns]
    query = f"""
        select
            log_day, count(*), count(*) filter (where epoch_us(occurred_at) % 1800000000 = 0),
            count(*) filter (where event_day < log_day), count(*) filter (where event_day > log_day),
            {", ".join(counted)}
        {measured} group by log_day
    """
    for log_day, n_measured, on_the_hour, late, ahead, *found in con.execute(query).fetchall():
        shapes[log_day] |= {
            "measured": n_measured,
            "on_the_hour": on_the_hour,
            "late": late,
            "ahead": ahead,
            "columns": {column.name: _described(*one.values()) for column, one in zip(columns, found, strict=True)},
        }
    for log_day, by_hour in _hours(con, log, measured):
        shapes[log_day]["hours"] = _local(by_hour, log_day, timezone)
    for name, values in _samples(con, log, accepted, n_rows).items():
        for log_day, *of_people, sample in values:
            shapes[log_day] |= dict(zip(_PEOPLE, of_people, strict=False)) | {name: "".join(sample)}
    return shapes


def _hours(con: duckdb.DuckDBPyConnection, log: Log, measured: str) -> list[tuple[date, dict[int, int]]]:
    """Return how many people each hour of UTC has, by day: one who does much at once says little of the hours."""
    person = people_column(log) or "null"
    return con.execute(
        f"""
        with hours as (
            select log_day, (epoch_us(occurred_at) // 3600000000) % 24 as hour, {person} as person, count(*) as n
            {measured} group by all
        ),
        counted as (
            select log_day, hour, sum(case when person is null then n else 1 end)::bigint as n from hours group by all
        )
        select log_day, map(list(hour order by hour), list(n order by hour)) from counted group by log_day
        """
    ).fetchall()


def _every(n_rows: Mapping[date, int], base: int = 1) -> str:
    """Return the SQL of how many rows of a log day one is measured of; a power of ``base`` where that is given."""
    factors = {}
    for log_day, n in n_rows.items():
        factor = max(1, -(-n // MEASURED))
        if base > 1:
            factor = base ** ceil(logarithm(factor, base) - 1e-9)
        if factor > 1:
            factors[log_day] = factor
    cases = " ".join(f"when date '{log_day}' then {factor}" for log_day, factor in factors.items())
    return f"case log_day {cases} else 1 end" if cases else "1"


def forget(shape: dict[str, Any], ids: Collection[str], *, has_rows: bool = False) -> dict[str, Any]:
    """Return a shape without people of these ids: their hashes go, and with them the samples of rows and keys.

    The counts stay, for they name nobody; rules that compare samples say nothing of such a day.

    Args:
        shape: Shape of a day.
        ids: Ids as the lake has them.
        has_rows: Whether the day is known to have rows that name one of them. Where more people came than a sample
            holds, and in logs whose rows are nobody's, their hashes alone do not tell.
    """
    gone = {md5(one.encode(), usedforsecurity=False).hexdigest()[:HEX] for one in ids}
    sampled = shape.get("ids", "")
    every = [sampled[n : n + HEX] for n in range(0, len(sampled), HEX)]
    if not (has_rows or gone & set(every)):
        return shape
    return shape | {"ids": "".join(one for one in every if one not in gone), "keys": "", "bodies": ""}


def _samples(
    con: duckdb.DuckDBPyConnection, log: Log, accepted: str, n_rows: Mapping[date, int]
) -> dict[str, list[tuple[Any, ...]]]:
    """Return the samples of each day: of people with their number and the most rows of one, of keys, of bodies."""
    found = {}
    if person := people_column(log):
        found["ids"] = con.execute(
            f"""
            with people as (
                select log_day, {person} as person, count(*) as n {accepted} and {person} is not null group by all
            ),
            most as (select log_day, max(n) as n from people group by log_day)
            select
                log_day, count(*), max(most.n), count(*) filter (where people.n = most.n),
                min(left(md5(person), {HEX}), {SAMPLED})
            from people join most using (log_day)
            group by log_day
            """
        ).fetchall()
    if "event_day" not in identity(log):
        key, kept = ", '|', ".join(log.key), ", ".join(f"{name}::varchar" for name in log.kept)
        thing = f"left(md5(coalesce({kept}, '')), {KEPT_HEX})" if kept else f"'{'0' * KEPT_HEX}'"
        found["keys"] = con.execute(
            f"""
            select log_day, min(left(md5(concat({key})), {HEX}) || {thing}, {SAMPLED})
            {accepted} group by log_day
            """
        ).fetchall()
    own_id = log.key[0] if len(log.key) == 1 else ""
    said = [column.name for column in log.columns if column.type not in _TIMES and column.name != own_id]
    body = f"hash(epoch_us(occurred_at) % 86400000000{''.join(f', {name}' for name in said)})"
    found["bodies"] = con.execute(
        f"""
        select log_day, list_transform(min({body}, {SAMPLED}), lambda h: left(lpad(to_hex(h), 16, '0'), {HEX}))
        {accepted} and epoch_us(occurred_at) % 86400000000 // 1000000 % {_every(n_rows, 7)} = 0 group by log_day
        """
    ).fetchall()
    return found


def _counts(column: Column) -> str:
    """Return a struct of how many rows fill a column, whether all have one value, and the counts of its classes."""
    name, classes = column.name, "null"
    if column.type in _CLASSED:
        classes = f"histogram({name})"
    elif column.type in NUMBERS:
        size = f"(sign({name}) * round({STEPS} * log2(1 + abs({name}::double))))::integer"
        classes = f"histogram({size})"
    return f"{{'filled': count({name}), 'same': min({name}) = max({name}), 'classes': {classes}}}"


def _described(filled: int, same: bool | None, classes: dict[Any, int] | None) -> dict[str, Any]:
    described: dict[str, Any] = {"filled": filled}
    if same and filled:
        described["same"] = True
    if classes:
        described["classes"] = {str(name): n for name, n in sorted(classes.items()) if name is not None}
    return described


def _local(hours: dict[int, int], log_day: date, timezone: str) -> list[int]:
    """Turn counts by hour of UTC into 24 counts by hour of the community, as of the day's noon."""
    noon = datetime(log_day.year, log_day.month, log_day.day, 12, tzinfo=UTC)
    offset = noon.astimezone(ZoneInfo(timezone)).utcoffset()
    moved = round(offset.total_seconds() / 3600) if offset else 0
    return [hours.get((hour - moved) % 24, 0) for hour in range(24)]
