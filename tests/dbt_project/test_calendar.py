"""The calendar dimension has the days that it should, and says of each what Python's own calendar says."""

from __future__ import annotations

from calendar import monthrange
from contextlib import closing
from datetime import date, timedelta

import pytest

from tests.support.compiled_model import CompiledModel

INPUTS = (
    "control.build",
    "control.manifest",
    "intermediate.int_members__first_days",
    "marts.dim_content",
    "marts.dim_events",
    "marts.subscription_terms",
    "marts.member_actions",
    "marts.points_ledger",
    "marts.payments",
)
FIRST, LAST = date(2024, 2, 5), date(2024, 3, 31)


@pytest.fixture(scope="module")
def calendar(project):
    with closing(CompiledModel(project, "dim_days", INPUTS)) as model:
        yield model


def rows(model, *columns, **given):
    build = [{"first_day": FIRST, "through_day": LAST}]
    return model.rows(*columns, **{name.split(".")[1]: [] for name in INPUTS} | {"build": build} | given)


def days(model, **given):
    return [day for (day,) in rows(model, "day", **given)]


def every_day(first, last):
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@pytest.mark.parametrize(
    ("given", "first", "last"),
    [
        ({}, 2024, 2024),
        ({"manifest": [{"log_day": date(2023, 12, 31)}]}, 2023, 2024),
        ({"int_members__first_days": [{"first_day": date(2019, 5, 1)}, {"first_day": None}]}, 2019, 2024),
        ({"dim_content": [{"published_day": date(2022, 1, 1)}]}, 2022, 2024),
        ({"dim_events": [{"starts_day": date(2025, 1, 1)}]}, 2024, 2025),
        ({"subscription_terms": [{"term_start": date(2023, 6, 1), "term_end": date(2025, 6, 1)}]}, 2023, 2025),
        ({"member_actions": [{"day": date(2021, 6, 1)}]}, 2021, 2024),
        ({"points_ledger": [{"day": date(2021, 6, 1)}]}, 2021, 2024),
        ({"payments": [{"day": date(2021, 6, 1)}]}, 2021, 2024),
    ],
)
def test_whole_years_of_every_date_are_there(calendar, given, first, last):
    assert days(calendar, **given) == every_day(date(first, 1, 1), date(last, 12, 31))


def test_a_wrong_date_or_a_term_without_end_makes_no_calendar_of_thousands_of_years(calendar):
    found = days(
        calendar,
        int_members__first_days=[{"first_day": date(1899, 12, 31)}],
        subscription_terms=[{"term_start": date(2024, 2, 5), "term_end": date(9999, 12, 31)}],
    )

    assert found == every_day(date(1970, 1, 1), date(2034, 12, 31))


def test_columns_are_those_of_pythons_calendar(calendar):
    expected = [
        (
            day,
            day - timedelta(days=day.isoweekday() - 1),
            day.replace(day=1),
            date(day.year, 3 * ((day.month - 1) // 3) + 1, 1),
            day.year,
            day.isoweekday(),
            day.day,
            (LAST - day).days,
            day.isoweekday() in (6, 7),
            day.day == monthrange(day.year, day.month)[1],
            FIRST <= day <= LAST,
            FIRST <= day <= LAST,
        )
        for day in every_day(date(2024, 1, 1), date(2024, 12, 31))
    ]

    columns = (
        "day week_start month quarter_start calendar_year day_of_week day_of_month days_ago is_weekend is_month_end"
    )
    assert rows(calendar, *columns.split(), "is_closed", "is_month_closed") == expected


def test_the_running_month_is_not_closed(calendar):
    build = [{"first_day": FIRST, "through_day": date(2024, 3, 30)}]

    closed = [day for day, closed in rows(calendar, "day", "is_month_closed", build=build) if closed]

    assert closed == every_day(FIRST, date(2024, 2, 29))
