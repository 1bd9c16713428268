"""Equality as a property: the same truth, delivered in any way, gives the same marts, and a full rebuild does too.

Each example builds the warehouse a few times, which takes half a minute, so few are drawn here. To look for more:

    DELIVERY_EXAMPLES=50 python -m pytest tests/pipelines/warehouse/test_any_delivery.py
"""

from __future__ import annotations

import os
from itertools import pairwise
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pipelines.warehouse.verify import verify
from tests.support.house import House, differences
from tests.support.tiny_logs import FIRST, days_between
from tests.support.true_logs import EMPTIED, LAST, deliver, true_facts

pytestmark = [pytest.mark.dbt, pytest.mark.long]

FACTS = true_facts()
DAYS = days_between(FIRST, LAST)
OF_DELIVERIES = {"log_coverage", "data_completeness", "alerts", "alert_days", "alert_rules", "relation_checks"}
"""Marts that tell, among other things, on which log days how many rows came: of one truth they may differ."""


@st.composite
def runs(draw):
    """Log days of each run, every day once: ranges in any order, single days at the end, or days at random.

    What is drawn first is the nastiest, so that a few examples are enough.
    """
    kind = draw(st.sampled_from(["ranges", "scattered", "single days"]))
    if kind == "scattered":
        days = list(DAYS)
        draw(st.randoms(use_true_random=False)).shuffle(days)
        return [sorted(days[:90]), sorted(days[90:])]
    if kind == "single days":
        return [DAYS[:-2], DAYS[-2:-1], DAYS[-1:]]
    cuts = sorted(draw(st.sets(st.integers(20, 180), min_size=2, max_size=2)))
    ranges = [DAYS[first:last] for first, last in pairwise([0, *cuts, len(DAYS)])]
    return draw(st.sampled_from([[ranges[1], ranges[0], ranges[2]], [ranges[2], ranges[0] + ranges[1]], ranges]))


WAYS = st.fixed_dictionaries(
    {
        "late_share": st.sampled_from([0.3, 0.05, 0.0]),
        "latest": st.sampled_from([150, 40, 3]),
        "again_share": st.sampled_from([0.2, 0.0]),
    }
)


@pytest.fixture(scope="module")
def in_time(tmp_path_factory):
    """The truth, delivered in time and run at once."""
    house = House(tmp_path_factory.mktemp("in_time"))
    house.deliver_all(deliver(FACTS, Random(0), late_share=0, latest=1, again_share=0))
    house.run(DAYS)
    return house


def deliver_again(house, rng, log, log_day):
    """Replace the folder of a log day by the same rows: in two files, in another order, one row twice."""
    (path,) = house.home.landing_day(log, log_day).iterdir()
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    rng.shuffle(lines)
    path.unlink()
    for name, part in (("a.jsonl", lines[::2]), ("b.jsonl", [*lines[1::2], lines[0]])):
        path.with_name(name).write_text("".join(part), encoding="utf-8")


def test_the_truth_is_as_rich_as_it_has_to_be(in_time):
    counts = {
        name: in_time.query(f"select count(*) from {sql}")[0][0]
        for name, sql in {
            "bots": "intermediate.int_members__excluded_spans",
            "moved pieces": "(from lake.content select content_id group by 1 having count(distinct published_at) > 1)",
            "refunds": "marts.subscription_terms where outcome = 'refunded'",
            "currencies": "(select distinct currency from marts.revenue_months) where currency = 'EUR'",
            "attended": "marts.event_performance where n_attended > 0",
            "scores": "marts.event_performance where csat is not null",
            "interactions of the emptied day": f"lake.interactions where event_day = '{EMPTIED}'",
        }.items()
    }
    assert all(counts.values()), counts
    assert in_time.query(f"select count(*) from marts.fct_member_days where day = '{EMPTIED}'") == [(0,)]


@settings(
    max_examples=int(os.environ.get("DELIVERY_EXAMPLES", "2")),
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # an example takes too long to be made smaller
    suppress_health_check=list(HealthCheck),
)
@given(way=WAYS, runs=runs(), seed=st.integers(0, 2**32))
def test_the_same_truth_delivered_in_any_way_gives_the_same_marts(in_time, tmp_path_factory, way, runs, seed):
    rng = Random(seed)
    delivered = deliver(FACTS, rng, **way)
    house = House(tmp_path_factory.mktemp("any_way"))
    done = []
    for days in runs:
        again = rng.sample(sorted(done), min(len(done), 5))
        for key in again:
            deliver_again(house, rng, *key)
        came = [key for key in delivered if key[1] in set(days)]
        house.deliver_all({key: delivered[key] for key in came})
        house.run(sorted({*days, *(log_day for _, log_day in again)}))
        done = [key for key in came if len(delivered[key]) > 1]

    unequal = differences(in_time, house)
    assert {table: n for table, n in unequal.items() if table.split()[0] not in OF_DELIVERIES} == {}
    rebuilt = verify(house.home, house.settings, tmp_path_factory.mktemp("rebuilt"))
    assert [one for one in rebuilt if not one.is_equal] == []
    assert len(rebuilt) > 25
