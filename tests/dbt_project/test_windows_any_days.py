"""Scores and counts of trailing windows, built for any set of days, equal what counting day by day would give.

The models add a member-day once where it enters a window and take it off once where it leaves, per stretch of days; the
tests count the plain way.
"""

from __future__ import annotations

from contextlib import closing
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.built_project import WINDOWS
from tests.support.compiled_model import CompiledModel

FIRST = date(2025, 1, 1)
DAY = st.integers(0, 75)
ACTIVITY = st.dictionaries(
    st.tuples(st.sampled_from("abc"), DAY), st.tuples(st.integers(0, 2), st.integers(0, 3)), max_size=25
)
AS_OF_DAYS = st.sets(DAY, max_size=30)
INPUTS = ("rebuild.stale_as_of_days", "intermediate.int_members__first_days", "marts.fct_member_days")


def calendar(number):
    return FIRST + timedelta(days=number)


def member_days(activity):
    return [
        {
            "member_id": member,
            "day": calendar(day),
            "n_contents": n_contents,
            "n_interactions": n_interactions,
            "is_active": n_contents + n_interactions > 0,
        }
        for (member, day), (n_contents, n_interactions) in activity.items()
    ]


def active_days(activity):
    days = {}
    for member, day in sorted(key for key, counts in activity.items() if sum(counts)):
        days.setdefault(member, []).append(day)
    return days


@pytest.fixture(scope="module")
def engagement(project):
    with closing(CompiledModel(project, "fct_member_engagement", INPUTS)) as model:
        yield model


@pytest.fixture(scope="module")
def active_counts(project):
    with closing(CompiledModel(project, "int_community__active_counts", INPUTS)) as model:
        yield model


@settings(max_examples=100, deadline=None)
@given(activity=ACTIVITY, as_of_days=AS_OF_DAYS, joined_earlier=st.integers(0, 40))
def test_engagement_is_what_is_counted_in_each_window(engagement, activity, as_of_days, joined_earlier):
    first_days = {member: days[0] - joined_earlier for member, days in active_days(activity).items()}
    expected = []
    for window in WINDOWS:
        for as_of_day in as_of_days:
            for member, first_day in first_days.items():
                seen = [
                    activity[member, day]
                    for day in range(as_of_day - window + 1, as_of_day + 1)
                    if any(activity.get((member, day), ()))
                ]
                if seen:
                    contents, interactions = map(sum, zip(*seen, strict=True))
                    observed = min(window, as_of_day - first_day + 1)
                    score = (contents + interactions + len(seen)) / observed
                    expected.append(
                        (member, calendar(as_of_day), window, contents, interactions, len(seen), observed, score)
                    )
    assert engagement.rows(
        "member_id",
        "day",
        "window_days",
        "contents",
        "interactions",
        "active_days",
        "observed_days",
        "engagement",
        stale_as_of_days=[{"reach_days": max(WINDOWS), "day": calendar(day)} for day in as_of_days],
        int_members__first_days=[
            {"member_id": member, "first_day": calendar(day)} for member, day in first_days.items()
        ],
        fct_member_days=member_days(activity),
    ) == sorted(expected)


@settings(max_examples=100, deadline=None)
@given(activity=ACTIVITY, as_of_days=AS_OF_DAYS)
def test_active_and_moving_members_are_what_is_counted_on_each_day(active_counts, activity, as_of_days):
    by_member = active_days(activity)

    def active(first, last):
        return {member for member, days in by_member.items() if any(first <= day <= last for day in days)}

    expected = []
    for day in as_of_days:
        today, month, month_before = active(day, day), active(day - 29, day), active(day - 30, day - 1)
        new = {member for member in today if by_member[member][0] == day}
        expected.append(
            (
                calendar(day),
                len(today),
                len(active(day - 6, day)),
                len(month),
                len(new),
                len(today - month_before - new),
                len(month_before - month),
            )
        )
    assert active_counts.rows(
        "day",
        "dau",
        "wau",
        "mau",
        "new_members",
        "resurrected_members",
        "lost_members",
        stale_as_of_days=[{"reach_days": 31, "day": calendar(day)} for day in as_of_days],
        int_members__first_days=[
            {"member_id": member, "first_active_day": calendar(days[0])} for member, days in by_member.items()
        ],
        fct_member_days=member_days(activity),
    ) == sorted(expected)
