"""Equality: the marts are the same, row for row, however the history came in.

The community is delivered late, twice, corrected and withdrawn; each order puts files into the landing folder only when
their log day's turn has come.
"""

from __future__ import annotations

from random import Random

import pytest

from tests.support.house import House, differences
from tests.support.tiny_logs import FIRST, days_between, tiny_community

pytestmark = [pytest.mark.dbt, pytest.mark.long]

DELIVERED = tiny_community()
DAYS = days_between(FIRST, max(day for _, day in DELIVERED))


def shuffled(seed, n_runs):
    days = Random(seed).sample(DAYS, len(DAYS))
    return [days[n::n_runs] for n in range(n_runs)]


ORDERS = {
    "two ranges, the later one first": [DAYS[36:], DAYS[:36]],
    "three ranges, the middle one first": [DAYS[24:48], DAYS[:24], DAYS[48:]],
    "day by day at the end": [DAYS[:-5], *([day] for day in DAYS[-5:])],
    "days in any order": shuffled(5, 6),
}


@pytest.fixture(scope="module")
def one_range(tmp_path_factory):
    house = House(tmp_path_factory.mktemp("one_range"), active_by_events=True)
    house.deliver_all(DELIVERED)
    house.run(DAYS)
    return house


def test_the_community_is_as_nasty_as_it_has_to_be(one_range):
    counts = {
        name: one_range.query(f"select count(*) from {sql}")[0][0]
        for name, sql in {
            "late": "lake.interactions where log_day > event_day + 30",
            "deleted": "lake.interactions where op = 'delete'",
            "repeated": "(from lake.interactions select interaction_id group by 1 having count(distinct log_day) > 1)",
            "moved pieces": "(from lake.content select content_id group by 1 having count(distinct published_at) > 1)",
            "links": "marts.member_ids",
            "revoked links": "lake.identity_links where revoked_at is not null",
            "bots": "intermediate.int_members__excluded_spans",
            "refunds": "marts.subscription_terms where outcome = 'refunded'",
            "newcomers with a reply": "marts.activation where has_reply",
            "newcomers of whom little is known": "marts.activation where is_active_after_3m is null",
            "first channels of interactions": "intermediate.int_interactions__member_days where first_channel = 'app'",
            "answers that can be asked for": "marts.answer_desk",
            "past questions to compare methods on": "marts.answer_desk_evaluations where n_questions > 0",
            "converted trials": "marts.trials where is_converted",
            "lost trials": "marts.trials where not is_converted",
            "raw reasons of leaving": "marts.leaving_reasons where end_reason is not null",
            "failed payments": "marts.subscription_terms where outcome = 'payment_failure'",
            "expansion": "marts.revenue_months where mrr_expansion_minor > 0",
            "registrations and attendances as interactions": "marts.fct_member_days where n_event_acts > 0",
            "lost points": "marts.points_ledger where movement = 'expired'",
            "days of silence": f"(select unnest({[str(day) for day in DAYS]})::date as event_day) as days anti join "
            "lake.interactions using (event_day)",
        }.items()
    }
    assert all(counts.values()), counts


@pytest.mark.parametrize("order", ORDERS)
def test_any_order_gives_the_same_marts(order, one_range, tmp_path):
    house = House(tmp_path, active_by_events=True)
    for days in ORDERS[order]:
        house.deliver_all({(log, day): rows for (log, day), rows in DELIVERED.items() if day in days})
        house.run(days)
    assert differences(one_range, house) == {}

    if order == "day by day at the end":
        house.run(DAYS[-1:], full=True)
        assert differences(one_range, house) == {}
