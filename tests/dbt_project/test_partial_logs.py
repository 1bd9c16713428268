"""A community that collects some logs: what they allow is filled, and what they don't is empty and named."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

from pipelines.contract import LOGS
from tests.support.house import House
from tests.support.tiny_logs import FIRST, days_between, tiny_community

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.dbt

DELIVERED = tiny_community(3, members=30, days=40)
DAYS = days_between(FIRST, max(day for _, day in DELIVERED))
ACTIVITY = {"activity_histogram", "cohort_retention", "contributor_concentration", "fct_member_days", "member_segments"}
ACTIVITY |= {"activation", "activation_steps"}
FILLED = {
    ("interactions",): ACTIVITY,
    ("content",): ACTIVITY
    | {"dim_content", "content_tags", "content_performance", "content_days", "answer_times", "answer_months"},
    ("members",): {"dim_members", "community_days"},
    ("events",): {"dim_events", "event_performance", "event_sales"},
    ("event_participation",): set(),
    ("feedback",): set(),
    ("subscriptions",): {
        "subscription_terms",
        "trials",
        "revenue_months",
        "mrr_months",
        "renewals",
        "leaving_reasons",
    },
    ("payments",): {"payments", "event_sales", "member_value", "revenue_months"},
    ("actions",): {"member_actions", "points_ledger"},
    ("interactions", "content"): ACTIVITY
    | {"content_performance", "content_days", "answer_months", "answer_desk", "answer_desk_evaluations"},
    ("interactions", "members"): ACTIVITY | {"dim_members", "retention_curves"},
    ("interactions", "events"): ACTIVITY | {"event_performance", "event_sales"},
    ("interactions", "payments"): ACTIVITY
    | {"payments", "event_sales", "member_value", "cohort_value", "revenue_months"},
}
"""Marts that must have rows, by the logs that are collected."""

EVERY_TIME = [("interactions", "content")]
"""Of this choice the ordinary tests make a run; of the others the long ones do."""

COUNTED_BY_DAY = {"fct_member_days.n_reads", "fct_member_days.n_reactions", "community_days.joined_members"}
"""Zero without their log: a day of a kept fact would not be built again only because another log came later."""


@pytest.fixture(
    params=[pytest.param(logs, marks=[] if logs in EVERY_TIME else [pytest.mark.long]) for logs in FILLED],
    ids=" and ".join,
)
def logs(request) -> tuple[str, ...]:
    return request.param


@pytest.fixture
def house(logs, tmp_path) -> Iterator[House]:
    house = House(tmp_path / "home")
    house.deliver_all({(log, day): rows for (log, day), rows in DELIVERED.items() if log in logs})
    house.run(DAYS)
    yield house
    gc.collect()


def test_marts_have_what_the_collected_logs_allow_and_no_more(house, logs):
    filled = {name for name in FILLED[logs] if house.query(f"select 1 from marts.{name} limit 1")}
    assert filled == FILLED[logs]

    told = house.query("select log, marts_without_it from marts.data_completeness where not is_collected")
    assert {log for log, _ in told}.isdisjoint(logs)
    assert len(told) + len(logs) == len(LOGS)
    for log, named in told:
        for name in (named or "").split(", ") if named else []:
            table, _, column = name.partition(".")
            value = f"nullif({column}, 0)" if name in COUNTED_BY_DAY else column or "1"
            with_value = house.query(f"select count({value}) from marts.{table}")[0][0]
            assert with_value == 0, f"{name} has {with_value} values without the log {log}"
