"""What is named as the cause of a change."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pipelines.lake.manifest import ChangedDay
from pipelines.restating.causes import Causes, StaleDays
from pipelines.restating.compare import Change
from pipelines.restating.figures import watched

COMMUNITY, MRR, CASH = watched(grace_days=7)
DAY = date(2025, 3, 1)
LAST_MONTH = date(2025, 1, 1)


def change(figures=COMMUNITY, day=DAY, metric="dau"):
    return Change(figures, metric, None, day, 1.0, 2.0)


def changed(log, offset=0, delivery="1", day=DAY):
    return ChangedDay(log, day + timedelta(days=offset), f"{log}/{delivery}")


def stale(*inputs):
    return StaleDays((DAY + timedelta(days=offset), name) for offset, name in inputs)


@pytest.mark.parametrize(
    ("offset", "is_named"), [(0, True), (-58, True), (-59, False), (1, False)], ids=["day", "first", "older", "later"]
)
def test_a_delivery_is_named_where_the_figure_looks_back_on_its_rows(offset, is_named):
    other = changed("interactions", -3, "other")
    expected = ["interactions/1", "interactions/other"] if is_named else ["interactions/other"]
    assert Causes([changed("interactions", offset), other], is_redefined=False).of(change()) == ("delivery", expected)


def test_rows_that_moved_in_time_are_told_by_the_stale_part():
    """A piece corrected today changes the day on which it was published; today's interactions change nothing."""
    today = [changed("content", 30), changed("interactions", 30), changed("members", 30)]
    causes = Causes(today, is_redefined=False, stale=stale((-2, "content"), (30, "calendar")))
    assert causes.of(change()) == ("delivery", ["content/1"])
    assert Causes(today, is_redefined=False).of(change()) == ("delivery", ["content/1", "interactions/1", "members/1"])


def test_each_stale_part_names_its_deliveries():
    late = [changed("interactions", -10, "late"), changed("interactions", 30, "today"), changed("members", 30)]
    causes = Causes(late, is_redefined=False, stale=stale((-10, "interactions"), (-1, "roles")))
    assert causes.of(change()) == ("delivery", ["interactions/late", "members/1"])


def test_a_first_day_that_moved_is_told_by_an_earlier_day_however_old():
    late = [changed("interactions", -200, "late"), changed("interactions", 5, "today")]
    causes = Causes(late, is_redefined=False, stale=stale((-200, "interactions"), (0, "first_active")))
    assert causes.of(change(metric="new_members")) == ("delivery", ["interactions/late"])


def test_a_new_definition_is_the_cause_and_names_what_came_too():
    causes = Causes([changed("interactions"), changed("content", 30)], is_redefined=True)
    assert causes.of(change()) == ("definition", ["interactions/1"])
    assert causes.of(change(MRR, LAST_MONTH)) == ("definition", [])


def test_recurring_revenue_changes_by_steps_up_to_the_end_of_the_grace_period():
    steps = [
        changed("subscriptions", 0, "old", date(2024, 6, 1)),
        changed("subscriptions", 0, "grace", date(2025, 2, 7)),
        changed("subscriptions", 0, "later", date(2025, 2, 8)),
        changed("payments", 0, "paid", LAST_MONTH),
    ]
    named = ["subscriptions/grace", "subscriptions/old"]
    assert Causes(steps, is_redefined=False).of(change(MRR, LAST_MONTH)) == ("delivery", named)


def test_a_grace_period_that_has_ended_is_nobodys_delivery():
    causes = Causes([changed("subscriptions"), changed("interactions")], is_redefined=False)
    assert causes.of(change(MRR, LAST_MONTH)) == ("time", [])


def test_cash_changes_by_payments_of_its_month_or_by_a_payment_that_moved():
    of_month, of_another = changed("payments", 0, "month", date(2025, 1, 31)), changed("payments", 0, "other")
    assert Causes([of_month, of_another], is_redefined=False).of(change(CASH, LAST_MONTH))[1] == ["payments/month"]
    assert Causes([of_another], is_redefined=False).of(change(CASH, LAST_MONTH))[1] == ["payments/other"]
