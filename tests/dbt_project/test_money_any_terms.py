"""Recurring revenue, paid days and points, for any terms and movements, equal what plain counting gives."""

from __future__ import annotations

from contextlib import closing
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.compiled_model import CompiledModel

FIRST = date(2025, 1, 1)
GRACE = 7
MONTH_ENDS = [date(2025, 1, 31), date(2025, 2, 28), date(2025, 3, 31), date(2025, 4, 12)]
"""The end before the first month, those of two whole months, and the last day of the data."""

SPAN = st.fixed_dictionaries(
    {
        "member_id": st.sampled_from("ab"),
        "currency": st.sampled_from(["CNY", "CNY", "USD"]),
        "mrr_minor": st.integers(0, 3),
        "from": st.integers(0, 110),
        "length": st.integers(1, 70),
    }
)
LIFE = 20
"""Days that points last, so that they expire in the order in which they were given."""
MOVEMENTS = st.lists(
    st.tuples(st.integers(0, 60), st.sampled_from([-4, -2, -1, 1, 3, 5]), st.booleans()), min_size=1, max_size=12
)


def calendar(number):
    return FIRST + timedelta(days=number)


@pytest.fixture(scope="module")
def member_months(project):
    inputs = (
        "control.build",
        "marts.log_coverage",
        "intermediate.int_subscriptions__mrr_spans",
        "intermediate.int_members__excluded_spans",
    )
    with closing(CompiledModel(project, "int_revenue__member_months", inputs)) as model:
        yield model


@pytest.fixture(scope="module")
def payer_spans(project):
    with closing(
        CompiledModel(project, "int_subscriptions__payer_spans", ["intermediate.int_subscriptions__terms"])
    ) as model:
        yield model


@pytest.fixture(scope="module")
def ledger(project):
    inputs = ("control.build", "staging.stg_lake__actions", "intermediate.int_members__excluded_spans")
    with closing(CompiledModel(project, "points_ledger", inputs)) as model:
        yield model


def movement(start, end, *, is_first):
    if not start:
        return "new" if is_first else "reactivation"
    if not end:
        return "churn"
    return "expansion" if end > start else "contraction" if end < start else "unchanged"


@settings(max_examples=100, deadline=None)
@given(spans=st.lists(SPAN, max_size=8))
def test_members_move_as_their_terms_at_month_ends_say(member_months, spans):
    expected = []
    for member in "ab":
        for currency in ("CNY", "USD"):
            brought = [
                sum(
                    span["mrr_minor"]
                    for span in spans
                    if (span["member_id"], span["currency"]) == (member, currency)
                    and calendar(span["from"]) <= day < calendar(span["from"] + span["length"])
                )
                for day in MONTH_ENDS
            ]
            for number, day in enumerate(MONTH_ENDS[1:], start=1):
                start, end = brought[number - 1], brought[number]
                if start or end:
                    moved = movement(start, end, is_first=not any(brought[:number]))
                    expected.append((day.replace(day=1), currency, member, start, end, moved))
    assert member_months.rows(
        "month",
        "currency",
        "member_id",
        "start_mrr_minor",
        "end_mrr_minor",
        "movement",
        build=[{"through_day": MONTH_ENDS[-1]}],
        log_coverage=[{"log": "subscriptions", "is_collected": True, "first_log_day": date(2025, 2, 9)}],
        int_members__excluded_spans=[],
        int_subscriptions__mrr_spans=[
            {
                "member_id": span["member_id"],
                "currency": span["currency"],
                "mrr_minor": span["mrr_minor"],
                "from_day": calendar(span["from"]),
                "until_day": calendar(span["from"] + span["length"]),
            }
            for span in spans
        ],
    ) == sorted(expected)


@settings(max_examples=100, deadline=None)
@given(terms=st.lists(st.tuples(st.integers(0, 90), st.integers(1, 30)), min_size=1, max_size=7))
def test_paid_stretches_are_the_paid_days_with_gaps_of_the_grace_period_filled(payer_spans, terms):
    paid = sorted({day for start, length in terms for day in range(start, start + length)})
    stretches = [[paid[0], paid[0]]]
    for day in paid:
        if day - stretches[-1][1] <= GRACE + 1:
            stretches[-1][1] = day
        else:
            stretches.append([day, day])
    rows = [
        {
            "source": "s", "subscription_id": f"{number}", "term_start": calendar(start), "member_id": "a",
            "is_paid": True, "counts_from": calendar(start), "counts_until": calendar(start + length),
        }
        for number, (start, length) in enumerate(terms)
    ]  # fmt: skip
    assert payer_spans.rows("span_number", "from_day", "until_day", int_subscriptions__terms=rows) == [
        (number, calendar(first), calendar(last + 1)) for number, (first, last) in enumerate(stretches, start=1)
    ]


def balance_of_lots(movements):
    """The last balance, with every lot kept: what expires first is spent first, and a debt waits for new points."""
    lots, debt = [], 0
    moments = [(day, 1 if points > 0 else 3, number) for number, (day, points, _) in enumerate(movements)]
    moments += [
        (day + LIFE, 2, number) for number, (day, points, expires) in enumerate(movements) if points > 0 and expires
    ]
    for _, kind, number in sorted(moments):
        day, points, expires = movements[number]
        if kind == 1:
            lots.append([day + LIFE if expires else day + 1000, number, points])
        elif kind == 2:
            lots = [lot for lot in lots if lot[1] != number]
        else:
            debt -= points
        for lot in sorted(lots):
            taken = min(lot[2], debt)
            lot[2] -= taken
            debt -= taken
    return sum(lot[2] for lot in lots) - debt


def last_balance(ledger, movements):
    rows = [
        {
            "source": "s", "action_id": f"{number:02}", "member_id": "a", "points": points,
            "occurred_at": datetime.combine(calendar(day), datetime.min.time()), "event_day": calendar(day),
            "expires_at": datetime.combine(calendar(day + LIFE), datetime.min.time()) if expires else None,
        }
        for number, (day, points, expires) in enumerate(movements)
    ]  # fmt: skip
    found = ledger.rows(
        "occurred_at",
        "case movement when 'earned' then 1 when 'expired' then 2 else 3 end as kind",
        "action_id",
        "balance",
        "points",
        build=[{"through_day": calendar(200)}],
        int_members__excluded_spans=[],
        stg_lake__actions=rows,
    )
    assert found[-1][3] == sum(row[4] for row in found)
    return found[-1][3]


@settings(max_examples=150, deadline=None)
@given(movements=MOVEMENTS)
def test_points_that_all_last_equally_long_are_lost_as_lots_kept_one_by_one_are(ledger, movements):
    movements = [(day, points, True) for day, points, _ in movements]
    assert last_balance(ledger, movements) == balance_of_lots(movements)


@settings(max_examples=150, deadline=None)
@given(movements=MOVEMENTS)
def test_where_older_points_outlast_younger_ones_no_more_is_lost_than_really(ledger, movements):
    assert last_balance(ledger, movements) >= balance_of_lots(movements)
