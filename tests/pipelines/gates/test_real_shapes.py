"""Rules about the shape of a day cry no wolf on a real chat, and see what is planted there.

Reads ../shared/data and skips where it is absent. The export ends in the middle of its last day.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import duckdb
import pytest

from pipelines.contract import LOGS
from pipelines.gates.shapes.judge import KEPT_DAYS, judge_shapes, look
from pipelines.gates.shapes.shape import shape_of
from pipelines.ingest.profile import measure
from pipelines.lake.sources import part_columns
from pipelines.settings import PROJECT_DIR

ACTIVITY = PROJECT_DIR.parent / "shared" / "data" / "lean_zulip" / "activity.parquet"
INTERACTIONS = LOGS["interactions"]
FIRST, LAST = date(2024, 6, 1), date(2026, 2, 28)

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not ACTIVITY.exists(), reason="../shared/data/lean_zulip is not here"),
]


@pytest.fixture(scope="module")
def chat():
    """A database with the interactions of nearly two years as ingestion holds them."""
    values = dict.fromkeys(part_columns(INTERACTIONS), "null") | {
        "interaction_id": "row_number() over ()::varchar", "occurred_at": "ts", "op": "'upsert'",
        "event_day": "ts::date",
        "kind": "case action when 'message' then 'reply' when 'mention' then 'mention' else 'ask' end",
        "member_id": "member_id", "content_id": "thread_id", "channel": "channel",
        "target_member_id": "target_member_id",
    }  # fmt: skip
    types = part_columns(INTERACTIONS)
    columns = ", ".join(f"({value})::{types[name]} as {name}" for name, value in values.items())
    with duckdb.connect(config={"threads": 2, "TimeZone": "UTC", "autoinstall_known_extensions": False}) as con:
        con.execute(
            f"""
            create table staged as
            select {columns}, ts::date as log_day, null::varchar as reason, hash(member_id, ts, content_id) as row_hash
            from '{ACTIVITY}' where not is_bot and ts::date between date '{FIRST}' and date '{LAST}'
            """
        )
        yield con


def shapes_of(con, rows="staged"):
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    shapes = {day: shape_of(day, {"shape": one}) for day, one in measure(con, INTERACTIONS, days, rows).items()}
    return {day: shape for day, shape in shapes.items() if shape and shape.rows}


@pytest.fixture(scope="module")
def honest(chat):
    return shapes_of(chat)


def test_only_the_day_that_is_cut_off_is_withheld_and_few_days_warn(honest):
    found = judge_shapes("interactions", honest.values(), [])
    held = {day: {name for name, one in seen.items() if one.is_certain} for day, seen in found.items()}
    assert {day: names for day, names in held.items() if names} == {LAST: {"hours_missing"}}
    warned = [day for day, seen in found.items() if day != LAST and any(one.value for one in seen.values())]
    assert len(warned) <= 0.01 * len(found)


@pytest.mark.parametrize(
    ("rule", "damage", "least"),
    [
        ("strangers", "md5(member_id || '!') as member_id", 0.95),
        ("columns_emptied", "null::varchar as content_id", 0.95),
        ("times_alike", "date_trunc('day', occurred_at) as occurred_at", 0.95),
        ("kinds_new", "'share' as kind", 0.95),
    ],
)
def test_planted_damages_are_withheld(chat, honest, rule, damage, least):
    chat.execute(f"create or replace temp view damaged as select * replace ({damage}) from staged")
    days = sorted(honest)
    tried = days[KEPT_DAYS::9]
    damaged = shapes_of(chat, "damaged")
    held = [look(INTERACTIONS, damaged[day], before(honest, day))[rule].is_certain for day in tried]
    assert sum(held) >= least * len(tried)


def test_the_day_before_delivered_again_is_always_withheld(honest):
    days = sorted(honest)
    for day in days[KEPT_DAYS::9]:
        again = replace(honest[days[days.index(day) - 1]], day=day)
        assert look(INTERACTIONS, again, before(honest, day))["day_again"].is_certain


def before(honest, day):
    return [honest[one] for one in sorted(honest) if one < day][-KEPT_DAYS:]
