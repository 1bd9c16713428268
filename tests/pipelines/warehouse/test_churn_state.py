"""What the churn model knows of the past is kept from run to run; its features are those of a computation from nothing.

Rows come late, twice, corrected and withdrawn, persons are linked and erased, in tables of orders. Cut-offs look back
on what was known then, the scored day on what is known now.
"""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from pipelines.erasure.run import erase
from tests.support.house import House
from tests.support.tiny_logs import FIRST, days_between, interaction, tiny_community

pytestmark = [pytest.mark.dbt, pytest.mark.long]

DELIVERED = tiny_community(4, members=30, days=60)
DAYS = days_between(FIRST, max(day for _, day in DELIVERED))
CUT_OFFS = [DAYS[34], DAYS[49]]
LATE = DAYS[20], DAYS[45]
"""A day, and the log day on which more of it becomes known, between the cut-offs."""


def shuffled(seed, n_runs):
    days = Random(seed).sample(DAYS, len(DAYS))
    return [days[n::n_runs] for n in range(n_runs)]


ORDERS = {
    "two ranges, the later one first": [DAYS[30:], DAYS[:30]],
    "day by day at the end": [DAYS[:-3], *([day] for day in DAYS[-3:])],
    "days in any order": shuffled(5, 4),
}


def run(house, days, **how):
    house.run(days, only=["churn_features"], cut_offs=CUT_OFFS, **how)


def features(house):
    return house.query("from churn.churn_features order by all")


def made_anew(house):
    """The features that a full rebuild gives on the same home."""
    run(house, DAYS[-1:], full=True)
    return features(house)


@pytest.fixture(scope="module")
def one_range(tmp_path_factory):
    house = House(tmp_path_factory.mktemp("one_range"), active_by_events=True)
    house.deliver_all(DELIVERED)
    run(house, DAYS)
    return house


@pytest.fixture
def grown(one_range, tmp_path):
    house = one_range.copy_to(tmp_path / "home")
    house.settings = house.settings.model_copy(update={"active_by_events": True})
    return house


@pytest.mark.parametrize("order", ORDERS)
def test_any_order_gives_the_same_features(order, one_range, tmp_path):
    house = House(tmp_path, active_by_events=True)
    for days in ORDERS[order]:
        house.deliver_all({(log, day): rows for (log, day), rows in DELIVERED.items() if day in days})
        run(house, days)
    assert len(features(one_range)) > 50
    assert features(house) == features(one_range)


def test_late_corrected_and_withdrawn_rows_change_the_features_of_the_days_that_knew_them(grown):
    before = features(grown)
    day, log_day = LATE
    late = [interaction(f"late{n}", day, f"m{n}", "reply") for n in range(5)]
    corrected = [interaction("1", FIRST, "m2", "ask", source_seq=9)]
    grown.deliver("interactions", log_day, [*late, *corrected], "more.jsonl")
    run(grown, [log_day])
    changed = features(grown)
    assert {row[1] for row in set(changed) ^ set(before)} == {CUT_OFFS[1], DAYS[-1]}, "the first cut-off came before"
    assert changed == made_anew(grown)

    (grown.home.landing_day("interactions", log_day) / "more.jsonl").unlink()
    run(grown, [log_day])
    assert features(grown) == before


def test_the_same_rows_of_another_log_day_were_known_at_another_time(grown):
    day, log_day = LATE
    rows = [interaction(f"moved{n}", day, f"m{n}", "reply") for n in range(5)]
    grown.deliver("interactions", day, rows, "moved.jsonl")
    run(grown, [day])
    before = features(grown)
    grown.home.landing_day("interactions", day).joinpath("moved.jsonl").unlink()
    grown.deliver("interactions", log_day, rows, "moved.jsonl")
    run(grown, [day, log_day])
    after = features(grown)
    assert {row[1] for row in set(before) ^ set(after)} == {CUT_OFFS[0]}
    assert after == made_anew(grown)


def test_persons_who_are_linked_and_told_apart_again_have_their_days_together_and_apart(grown):
    before = features(grown)
    link = {"member_a": "m4", "member_b": "m11", "occurred_at": f"{DAYS[40]}T08:00:00", "source_seq": 1}
    grown.deliver("identity_links", DAYS[40], [link], "link.jsonl")
    run(grown, [DAYS[40]])
    linked = features(grown)
    assert {row[1] for row in before if row[0] == "m4"} == {*CUT_OFFS, DAYS[-1]}
    assert {row[1] for row in linked if row[0] == "m4"} == {CUT_OFFS[0]}, "m11 is the smaller id"
    assert linked == made_anew(grown)

    taken_back = link | {"op": "delete", "source_seq": 2}
    grown.deliver("identity_links", DAYS[-1], [taken_back], "taken_back.jsonl")
    run(grown, [DAYS[-1]])
    apart = features(grown)
    assert [row for row in apart if row[1] == DAYS[-1]] == [row for row in before if row[1] == DAYS[-1]]
    assert apart == made_anew(grown)


def test_an_erased_person_leaves_the_features_of_all_others_as_they_were(grown):
    before = features(grown)
    erase(grown.home, grown.settings, [["m4"]], asked_by="test")
    late = interaction("after", DAYS[-1] - timedelta(days=3), "m5")
    grown.deliver("interactions", DAYS[-1], [late], "after.jsonl")
    run(grown, [DAYS[-1]])
    after = features(grown)
    assert "m4" in {row[0] for row in before}
    assert "m4" not in {row[0] for row in after}
    assert after == made_anew(grown)
