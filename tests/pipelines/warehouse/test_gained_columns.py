"""Parts that an earlier version wrote lack the columns that a log gained since; a home with such parts goes on."""

from __future__ import annotations

from datetime import timedelta

import pyarrow.parquet as pq
import pytest

from pipelines.lake.sources import EMPTY_DAY
from tests.support.house import House
from tests.support.tiny_logs import FIRST, interaction

pytestmark = [pytest.mark.dbt, pytest.mark.long]

GAINED = {
    "actions": ["currency", "coupon_id"],
    "members": ["display_name", "profile_url"],
    "payments": ["coupon_id", "discount_minor"],
}
"""Log -> columns that it gained after the first version."""


def test_parts_without_a_column_that_a_log_gained_are_read_as_null(tmp_path):
    house = House(tmp_path / "home")
    later = FIRST + timedelta(days=1)
    for day in (FIRST, later):
        house.deliver("interactions", day, [interaction(1, day, "m1")])
        row = {
            "action_id": f"a{day}",
            "member_id": "m1",
            "occurred_at": f"{day}T10:00",
            "kind": "call",
            "cost_minor": 5,
        }
        house.deliver("actions", day, [row])
        paid = {"payment_id": f"p{day}", "member_id": "m1", "occurred_at": f"{day}T10:00", "amount_minor": 90}
        house.deliver("payments", day, [paid | {"currency": "CNY", "coupon_id": "k", "discount_minor": 10}])
        state = {"member_id": "m1", "occurred_at": f"{day}T10:00", "joined_at": f"{FIRST}T10:00", "display_name": "Ana"}
        house.deliver("members", day, [state])
    house.run([FIRST])
    for log, columns in GAINED.items():
        house.withdraw(log, FIRST)
        for day in (FIRST, EMPTY_DAY):
            part = house.home.raw_part(log, day)
            pq.write_table(pq.read_table(part, partitioning=None).drop(columns), part)
    house.run([later])
    assert house.query("select action_id, currency from staging.stg_lake__actions order by 1") == [
        (f"a{FIRST}", None),
        (f"a{later}", None),
    ]
    assert house.query("select event_day, coupon_id, discount_minor from staging.stg_lake__payments order by 1") == [
        (FIRST, None, None),
        (later, "k", 10),
    ]
    assert house.query("select event_day, display_name from staging.stg_lake__members order by 1") == [
        (FIRST, None),
        (later, "Ana"),
    ]
