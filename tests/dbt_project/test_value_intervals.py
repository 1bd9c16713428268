"""Intervals of means of money, beside SciPy's own of the same payments."""

from __future__ import annotations

from contextlib import closing
from datetime import date, timedelta

import numpy as np
import pytest
from scipy import stats

from tests.support.compiled_model import CompiledModel

LOGGED = {"log": "payments", "is_collected": True, "first_log_day": date(2025, 1, 1)}
STARTS = date(2025, 2, 1)
BUILD = [{"through_day": STARTS + timedelta(days=365)}]


@pytest.fixture(scope="module")
def event_sales(project):
    inputs = (
        "control.build", "marts.log_coverage", "marts.dim_events", "intermediate.int_events__participants",
        "marts.payments",
    )  # fmt: skip
    with closing(CompiledModel(project, "event_sales", inputs)) as model:
        yield model


@pytest.fixture(scope="module")
def cohort_value(project):
    inputs = (
        "control.build", "marts.log_coverage", "marts.dim_members", "intermediate.int_members__excluded_spans",
        "marts.payments",
    )  # fmt: skip
    with closing(CompiledModel(project, "cohort_value", inputs)) as model:
        yield model


def payments(values, name):
    """One payment of each value above zero, on the day after the event."""
    return [
        {
            "member_id": f"{name}{place}", "currency": "CNY", "paid_for": "subscription", "movement": "payment",
            "gross_minor": value, "net_minor": value, "day": STARTS + timedelta(days=1),
        }
        for place, value in enumerate(map(int, values))
        if value
    ]  # fmt: skip


def draw(rng, n):
    """Some bring nothing, some much."""
    return np.where(rng.random(n) < 0.8, rng.lognormal(8, 1, n).astype(int) + 1, 0)


@pytest.mark.parametrize(("n_came", "n_away"), [(10, 14), (12, 60), (400, 90)])
def test_what_attendees_bring_more_has_welchs_interval(event_sales, n_came, n_away):
    rng = np.random.default_rng(n_came)
    came, away = draw(rng, n_came), draw(rng, n_away)
    people = [("a", place, True) for place in range(n_came)] + [("n", place, False) for place in range(n_away)]
    ((difference, low, high, error),) = event_sales.rows(
        "after_difference_minor", "after_difference_low_minor", "after_difference_high_minor", "after_error_minor",
        build=BUILD,
        log_coverage=[LOGGED],
        dim_events=[{"event_id": "e", "kind": "talk", "starts_day": STARTS}],
        int_events__participants=[
            {
                "event_id": "e", "member_id": f"{arm}{place}", "is_attended": is_there, "is_no_show": not is_there,
                "starts_day": STARTS,
            }
            for arm, place, is_there in people
        ],
        payments=payments(came, "a") + payments(away, "n"),
    )  # fmt: skip
    test = stats.ttest_ind(came, away, equal_var=False)
    expected = test.confidence_interval(0.95)
    assert difference == pytest.approx(came.mean() - away.mean(), abs=1e-3)
    assert (low, high) == pytest.approx((expected.low, expected.high), abs=2e-3 * (high - low))
    assert error == pytest.approx(difference / test.statistic, rel=1e-6)


@pytest.mark.parametrize("n", [10, 25, 1000])
def test_what_a_member_is_worth_has_students_interval(cohort_value, n):
    values = draw(np.random.default_rng(n), n)
    ((mean, low, high),) = cohort_value.rows(
        "mean_net_minor", "mean_net_low_minor", "mean_net_high_minor",
        build=[{"through_day": STARTS + timedelta(days=40)}],
        log_coverage=[LOGGED],
        dim_members=[{"member_id": f"m{place}", "first_day": STARTS} for place in range(n)],
        int_members__excluded_spans=[],
        payments=payments(values, "m"),
    )[:1]  # fmt: skip
    expected = stats.t.interval(0.95, n - 1, loc=values.mean(), scale=stats.sem(values))
    assert (mean, low, high) == pytest.approx((values.mean(), *expected), abs=2e-3 * (high - low))
