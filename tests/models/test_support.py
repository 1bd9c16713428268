"""No more certainty is shown than came true at the ends of the test months."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.support import Support, support


def predictions(n_low, n_high, n=1000, n_end=100):
    """Rows by rising probability of which so many churned among the lowest, and among the highest, ``n_end``."""
    churned = np.zeros(n, dtype=int)
    churned[:n_low] = 1
    churned[n - n_high :] = 1
    rows = pd.DataFrame({"probability": np.linspace(0.001, 0.999, n), "is_churned": churned})
    assert rows["is_churned"].tail(n_end).sum() == n_high
    return rows.sample(frac=1, random_state=1)


@pytest.mark.parametrize(
    ("n_low", "n_high", "low", "high"),
    [
        (5, 48, 0.0215, 0.5769),  # Wilson, 5 and 48 of 100
        (0, 100, 1 / 102, 101 / 102),  # nobody and everybody: 100 cases show no more
        (1, 65, 1 / 102, 0.7363),  # the interval of 1 of 100 begins at 0.0018
    ],
)
def test_the_ends_are_those_of_what_came_true_with_its_interval(n_low, n_high, low, high):
    found = support(predictions(n_low, n_high))
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)
    assert (found.low_rate, found.high_rate, found.n) == (n_low / 100, n_high / 100, 100)


@pytest.mark.parametrize(("n", "n_end"), [(60, 30), (299, 30), (640, 64), (5000, 100)])
def test_an_end_is_a_tenth_but_neither_a_handful_nor_hundreds(n, n_end):
    assert support(predictions(1, 20, n, n_end)).n == n_end


def test_too_few_predictions_support_nothing():
    assert support(predictions(0, 20, 59, 30)) is None


def test_what_is_shown_keeps_the_order():
    shown = Support(0.02, 0.74, 100, 0.05, 0.65).shown(np.array([0.001, 0.3, 0.74, 0.998]))
    assert shown.tolist() == [0.02, 0.3, 0.74, 0.74]


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=60, max_size=200))
def test_limits_hold_what_came_true_and_are_never_certain(rows):
    frame = pd.DataFrame(rows, columns=["probability", "is_churned"]).astype({"is_churned": int})
    found = support(frame)
    assert 0 < found.low <= max(found.low_rate, 1 / 32)
    assert min(found.high_rate, 31 / 32) <= found.high < 1
