"""Cut-offs and their split: nothing is learnt from a day whose outcome wasn't known before the day tested on."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.cutoffs import NotEnoughHistoryError, cutoff_days, split_cutoffs

DAY = timedelta(days=1)


def test_the_last_cut_off_is_the_horizon_before_the_last_day():
    days = cutoff_days(date(2025, 1, 1), date(2025, 12, 31), horizon=30)
    assert days[-1] == date(2025, 12, 1)
    assert days[0] >= date(2025, 1, 31)
    assert {later - earlier for earlier, later in pairwise(days)} == {30 * DAY}


@pytest.mark.parametrize(("n_days", "n_cutoffs"), [(59, 0), (60, 1), (89, 1), (90, 2)])
def test_a_cut_off_has_a_horizon_of_history_and_one_of_outcome(n_days, n_cutoffs):
    first = date(2025, 1, 1)
    assert len(cutoff_days(first, first + n_days * DAY, horizon=30)) == n_cutoffs


@given(st.integers(0, 120), st.integers(7, 90), st.integers(1, 40), st.integers(1, 24))
def test_labels_end_before_what_they_are_tested_on(n, horizon, step, n_test):
    days = [date(2020, 1, 1) + step * i * DAY for i in range(n)]
    try:
        split = split_cutoffs(days, horizon, n_test)
    except NotEnoughHistoryError:
        return
    assert split.choosing[-1] + horizon * DAY <= split.validation[0]
    assert split.training[-1] + horizon * DAY <= split.test[0]
    left_out = [day for day in days if split.training[-1] < day < split.test[0]]
    assert all(day + horizon * DAY > split.test[0] for day in left_out)
    assert set(split.choosing) | set(split.validation) <= set(split.training)
    assert list(split.test) == days[-len(split.test) :]
    assert 1 <= len(split.test) <= n_test


@pytest.mark.parametrize(("known_after", "newest"), [(29, 30), (30, 30), (31, 60), (37, 60)])
def test_an_outcome_known_on_the_first_test_day_is_learnt_from(known_after, newest):
    """The test day is predicted from what was known at its end, and so is an outcome that is complete by then."""
    days = [date(2020, 1, 1) + 30 * i * DAY for i in range(30)]
    split = split_cutoffs(days, known_after, 12)
    assert (split.test[0] - split.training[-1]).days == newest
    assert (split.validation[0] - split.choosing[-1]).days == newest


def test_a_long_history_is_tested_on_twelve_months_and_a_short_one_on_fewer():
    days = [date(2020, 1, 1) + 30 * i * DAY for i in range(60)]
    assert len(split_cutoffs(days, 30, 12).test) == 12
    assert [len(split_cutoffs(days[:n], 30, 12).test) for n in (5, 9, 18)] == [1, 3, 6]


def test_twelve_cut_offs_are_for_testing_where_nobody_says_how_many():
    assert len(split_cutoffs([date(2020, 1, 1) + 30 * i * DAY for i in range(60)], 30).test) == 12


@pytest.mark.parametrize(("n", "n_validation"), [(3, 1), (9, 1), (18, 3), (60, 12), (72, 12)])
def test_a_quarter_of_what_is_learnt_from_is_for_choosing_twelve_at_most(n, n_validation):
    split = split_cutoffs([date(2020, 1, 1) + 30 * i * DAY for i in range(n)], 30, 12)
    assert len(split.validation) == n_validation


@pytest.mark.parametrize("n", [0, 1, 2])
def test_too_short_a_history_says_so(n):
    with pytest.raises(NotEnoughHistoryError, match=f"{n} labelled cut-offs"):
        split_cutoffs([date(2020, 1, 1) + 30 * i * DAY for i in range(n)], 30, 12)
