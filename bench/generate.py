"""Writing the landing files of a made-up community of any size, one CSV file a log day, in bounded memory.

Activity has a heavy tail: half of the interactions come from a quarter of the members. One row in a hundred is
delivered again on the next log day, and one in two hundred comes three days late. Every value is a hash of its place,
so that the same size gives the same bytes.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from bench.sizes import Size

KINDS = {
    "view": 20, "like": 20, "read": 15, "comment": 15, "reply": 10, "chat_live": 6, "share": 5, "answer": 4, "ask": 3,
    "join_live": 2,
}  # fmt: skip
"""Kinds of interactions with their percentages."""

_LATE_DAYS = 3


def generate(size: Size, landing: Path) -> int:
    """Write ``landing/interactions/<day>/interactions.csv`` for every log day; returns the bytes written."""
    per_day = size.interactions // size.days
    n_bytes = 0
    with duckdb.connect() as con:
        con.execute("set threads = 2")
        for number, day in enumerate(size.log_days):
            path = landing / "interactions" / day.isoformat() / "interactions.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            con.execute(f"copy ({_delivery(size, number, per_day)}) to '{path}' (format csv, header)")
            n_bytes += path.stat().st_size
    return n_bytes


def late_file(size: Size, number: int, path: Path) -> None:
    """Write one in a hundred interactions of the event day with this number, none of them delivered before."""
    per_day = size.interactions // size.days
    interactions = _interactions(size, number, per_day, "draw between 20 and 29")
    with duckdb.connect() as con:
        query = f"select * replace ('late' || interaction_id as interaction_id) from ({interactions})"
        con.execute(f"copy ({query}) to '{path}' (format csv, header)")


def _delivery(size: Size, number: int, per_day: int) -> str:
    """Rows that come on one log day: those of the day in time, those of the day before again, late ones."""
    parts = [_interactions(size, number, per_day, "draw >= 5")]
    if number:
        parts.append(_interactions(size, number - 1, per_day, "draw between 10 and 19"))
    if number >= _LATE_DAYS:
        parts.append(_interactions(size, number - _LATE_DAYS, per_day, "draw < 5"))
    return " union all ".join(parts)


def _interactions(size: Size, number: int, per_day: int, which: str) -> str:
    """Interactions of the event day with this number; member k has a share that falls as 1 / sqrt(k)."""
    kinds = [kind for kind, percent in KINDS.items() for _ in range(percent)]
    event_day = size.log_days[number]
    return f"""
        select
            {number * per_day} + i as interaction_id,
            strftime(timestamp '{event_day}' + to_seconds(((h >> 8) % 86400)::int), '%Y-%m-%dT%H:%M:%S') as occurred_at,
            {kinds}[1 + ((h >> 24) % 100)::int] as kind,
            case when (h >> 32) % 50 > 0
                then 'm' || (power(hash(i, {number}, 'member')::double / {2.0**64}, 2) * {size.members})::int
            end as member_id,
            case when (h >> 40) % 4 > 0 then 'c' || ({number * 20} + (h >> 44) % 20) end as content_id
        from (
            select i, hash(i, {number}) as h, hash(i, {number}, 'draw') % 1000 as draw from range({per_day}) as rows(i)
        )
        where {which}
    """
