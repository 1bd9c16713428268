"""What members are at the end of a month, found from their months, equals what looking at all their days would give.

The models read the days of a month once and keep a few figures of it; the tests look at every day.
"""

from __future__ import annotations

from contextlib import closing
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.compiled_model import CompiledModel

FIRST = date(2025, 1, 1)
HORIZON = 30
PERIODS = [
    (date(2025, 1, 1), date(2025, 1, 31)),
    (date(2025, 2, 1), date(2025, 2, 28)),
    (date(2025, 3, 1), date(2025, 3, 31)),
    (date(2025, 4, 1), date(2025, 4, 30)),
    (date(2025, 5, 1), date(2025, 5, 10)),
]
DAY = st.integers(0, (PERIODS[-1][1] - FIRST).days).map(lambda number: FIRST + timedelta(days=number))
DAYS = st.dictionaries(st.sampled_from("abc"), st.sets(DAY, min_size=1, max_size=9))


@pytest.fixture(scope="module")
def months(project):
    inputs = ("rebuild.stale_days", "marts.fct_member_days")
    with closing(CompiledModel(project, "int_members__active_months", inputs)) as model:
        yield model


@pytest.fixture(scope="module")
def lifecycles(project):
    names = ("int_calendar__periods", "int_members__first_days", "int_members__state_spans")
    inputs = [f"intermediate.{name}" for name in (*names, "int_members__active_months")]
    with closing(CompiledModel(project, "int_members__lifecycles", inputs)) as model:
        yield model


def plain_lifecycle(first_day, days, today):
    days = sorted(day for day in days if day <= today)
    silent = (today - (days[-1] if days else first_day)).days
    returns = [later for day, later in pairwise(days) if (later - day).days - 1 >= HORIZON]
    if (today - first_day).days < HORIZON:
        return "new"
    if silent >= HORIZON:
        return "lost" if silent >= 3 * HORIZON else "dormant"
    if any((today - day).days < HORIZON for day in returns):
        return "resurrected"
    return "at_risk" if silent >= HORIZON / 2 else "active"


@settings(max_examples=100, deadline=None)
@given(active=DAYS, joined_earlier=st.integers(0, 60))
def test_lifecycles_are_those_that_the_days_give(months, lifecycles, active, joined_earlier):
    columns = ("member_id", "n_active_days", "n_active_days_28", "first_active_day", "last_active_day", "returned_day")
    kept = months.rows(
        *columns,
        "day",
        stale_days=[{"day": first} for first, _ in PERIODS],
        fct_member_days=[
            {"member_id": member, "day": day, "is_active": True} for member, days in active.items() for day in days
        ],
    )
    first_days = {member: min(days) - timedelta(days=joined_earlier) for member, days in active.items()}
    assert lifecycles.rows(
        "member_id",
        "day",
        "lifecycle",
        int_calendar__periods=[{"period_month": first, "day": last} for first, last in PERIODS],
        int_members__first_days=[{"member_id": member, "first_day": day} for member, day in first_days.items()],
        int_members__state_spans=[],
        int_members__active_months=[dict(zip((*columns, "day"), row, strict=True)) for row in kept],
    ) == sorted(
        (member, last, plain_lifecycle(first_days[member], days, last))
        for member, days in active.items()
        for _, last in PERIODS
        if first_days[member] <= last
    )
