"""Logs of a community whose days are alike but for chance, and the shapes of these days: what a day is compared with.

Every draw comes from the day, so that a day is the same whatever is made before it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from pipelines.contract import LOGS
from pipelines.gates.shapes.shape import shape_of
from pipelines.ingest.profile import measure
from pipelines.lake.sources import part_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pipelines.gates.shapes.shape import Shape

Row = dict[str, Any]

LAST = date(2025, 6, 2)
"""The day that is judged; those before it are its past."""
N_PAST = 56

_HOURS = [1] * 7 + [4, 9, 12, 11, 9, 8, 10, 11, 12, 11, 9, 10, 12, 11, 8, 4, 2]
"""Weight of each hour: nobody sleeps at noon."""
_PRICES = (2900, 8900, 29900)


def steady_rows(log: str, day: date, scale: float = 1.0) -> list[Row]:
    """Return the rows of a log on a day; ``scale`` is how many times as many as usual."""
    rng = Random(f"{log} {day}")
    make, usual = _MAKERS[log]
    n_rows = max(1, round(scale * rng.gauss(usual, usual / 15)))
    return [_timed(rng, day) | make(rng, day, n) for n in range(n_rows)]


def shapes_of(log: str, days: Mapping[date, Sequence[Row]]) -> dict[date, Shape]:
    """Return the shapes of days, measured as ingestion does."""
    columns = part_columns(LOGS[log])
    rows = [row | {"log_day": day, "op": row.get("op", "upsert")} for day, of_day in days.items() for row in of_day]
    table = pa.table({name: [row.get(name) for row in rows] for name in (*columns, "log_day")})
    with duckdb.connect(config={"threads": 1, "TimeZone": "UTC", "autoinstall_known_extensions": False}) as con:
        con.register("given", table)
        cast = ", ".join(f"{name}::{type_} as {name}" for name, type_ in columns.items() if name != "event_day")
        con.execute(
            f"""
            create table staged as
            select *, null::varchar as reason, hash({", ".join(columns)}) as row_hash
            from (select {cast}, occurred_at::date as event_day, log_day::date as log_day from given)
            """
        )
        found = measure(con, LOGS[log], days)
    return {day: shape for day, one in found.items() if (shape := shape_of(day, {"shape": one}))}


def past_days(n: int = N_PAST, last: date = LAST) -> list[date]:
    """Return the ``n`` days before a day."""
    return [last - timedelta(days=n - number) for number in range(n)]


@cache
def steady_past(log: str, n: int = N_PAST) -> tuple[Shape, ...]:
    """Return the shapes of the ``n`` days before ``LAST``."""
    return tuple(shapes_of(log, {day: steady_rows(log, day) for day in past_days(n)}).values())


def changed(log: str, change: Callable[[list[Row]], list[Row]], day: date = LAST) -> Shape:
    """Return the shape of a day whose rows are changed."""
    return shapes_of(log, {day: change(steady_rows(log, day))})[day]


def _timed(rng: Random, day: date) -> Row:
    hour = rng.choices(range(24), _HOURS)[0]
    return {"occurred_at": _at(day, hour, rng.randrange(60), rng.randrange(60))}


def _at(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=UTC)


def _member(rng: Random) -> str:
    return f"m{int(120 * rng.random() ** 2)}"


def _member_row(rng: Random, day: date, n: int) -> Row:
    status = rng.choices(["active", "left", "banned"], [16, 3, 1])[0]
    return {
        "member_id": f"m{rng.randrange(10**6)}", "joined_at": _at(day, 0) - timedelta(days=rng.random() * 90),
        "role": "member", "status": status, "plan": rng.choice(["basic", "pro"]),
        "locale": rng.choice(["zh-CN", "en-US"]),
    }  # fmt: skip


def _content_row(rng: Random, day: date, n: int) -> Row:
    kind = rng.choices(["comment", "answer", "question"], [6, 3, 2])[0]
    return {
        "content_id": f"c{day:%j}{n:04}", "kind": kind, "published_at": _at(day, 12),
        "author_id": _member(rng), "channel": rng.choice(["talk", "help", "jobs"]), "title": f"piece {n}",
        "parent_id": None if kind == "question" else f"c{rng.randrange(10**6)}",
        "n_chars": round(rng.lognormvariate(5, 1)),
    }  # fmt: skip


def _interaction_row(rng: Random, day: date, n: int) -> Row:
    kind = rng.choices(["view", "like", "comment", "vote"], [10, 5, 4, 2])[0]
    return {
        "interaction_id": f"i{n}", "kind": kind, "member_id": _member(rng), "content_id": f"c{rng.randrange(10**6)}",
        "channel": rng.choice(["app", "web", "app", "mail"]),
        "duration_s": round(rng.lognormvariate(3.5, 0.8), 1) if kind == "view" else None,
    }  # fmt: skip


def _event_row(rng: Random, day: date, n: int) -> Row:
    starts = _at(day, 19) + timedelta(days=rng.randrange(3, 20))
    kind = rng.choice(["talk", "workshop", "live"])
    return {
        "event_id": f"e{day:%j}{n:03}", "kind": kind, "starts_at": starts, "ends_at": starts + timedelta(hours=2),
        "capacity": rng.randrange(20, 90), "cost_minor": rng.randrange(5000, 90000), "currency": "CNY",
        "title": f"event {n}",
    }  # fmt: skip


def _participation_row(rng: Random, day: date, n: int) -> Row:
    state = rng.choices(["registered", "attended", "no_show"], [5, 4, 1])[0]
    minutes = round(rng.gauss(60, 12)) if state == "attended" else None
    return {
        "event_id": f"e{rng.randrange(40)}", "member_id": _member(rng), "state": state, "minutes": minutes,
        "n_interactions": rng.randrange(12) if state == "attended" else None,
    }  # fmt: skip


def _feedback_row(rng: Random, day: date, n: int) -> Row:
    return {
        "feedback_id": f"f{day:%j}{n:03}", "member_id": _member(rng), "about_kind": "event",
        "about_id": f"e{rng.randrange(40)}", "score": rng.randint(1, 5), "scale": "csat5",
    }  # fmt: skip


def _subscription_row(rng: Random, day: date, n: int) -> Row:
    step = rng.choices(["renew", "start", "cancelled"], [6, 3, 1])[0]
    return {
        "subscription_id": f"s{rng.randrange(10**5)}", "member_id": f"m{rng.randrange(10**5)}", "step": step,
        "term_start": day, "term_end": day + timedelta(days=30), "plan": rng.choice(["basic", "pro"]),
        "interval_months": rng.choice([1, 1, 12]), "price_minor": rng.choice(_PRICES), "currency": "CNY",
    }  # fmt: skip


def _payment_row(rng: Random, day: date, n: int) -> Row:
    amount = rng.choice(_PRICES)
    return {
        "payment_id": f"p{day:%j}{n:03}", "member_id": f"m{rng.randrange(10**5)}", "amount_minor": amount,
        "currency": "CNY", "subscription_id": f"s{rng.randrange(10**5)}", "kind": "subscription",
        "fee_minor": amount // 160,
    }  # fmt: skip


def _action_row(rng: Random, day: date, n: int) -> Row:
    return {
        "action_id": f"a{day:%j}{n:03}", "member_id": _member(rng), "kind": rng.choice(["message", "points"]),
        "campaign_id": "win-back", "arm": rng.choice(["treated", "held_out"]), "cost_minor": rng.randrange(100, 900),
        "currency": "CNY", "points": rng.randrange(10, 90),
    }  # fmt: skip


_MAKERS: dict[str, tuple[Callable[[Random, date, int], Row], int]] = {
    "members": (_member_row, 60),
    "content": (_content_row, 120),
    "interactions": (_interaction_row, 400),
    "events": (_event_row, 30),
    "event_participation": (_participation_row, 80),
    "feedback": (_feedback_row, 40),
    "subscriptions": (_subscription_row, 60),
    "payments": (_payment_row, 60),
    "actions": (_action_row, 60),
}
