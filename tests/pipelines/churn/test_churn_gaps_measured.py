"""How many labels a gap may change: days deleted from whole windows of a real chat.

Reads ../shared/data and skips where it is absent.
"""

from __future__ import annotations

import duckdb
import numpy as np
import pytest

from pipelines.churn.gaps import MOST_MISSING
from pipelines.settings import PROJECT_DIR

CHAT = PROJECT_DIR.parent / "shared" / "data" / "lean_zulip" / "activity.parquet"

pytestmark = pytest.mark.skipif(not CHAT.is_file(), reason="the real chat is not at ../shared/data")


@pytest.fixture(scope="module")
def active():
    """Whether a member (row) was active on a day (column)."""
    with duckdb.connect() as con:
        con.execute("set timezone = 'UTC'")
        found = con.execute(
            f"""
            select dense_rank() over (order by member_id) - 1 as member, ts::date - date '2018-02-26' as day
            from read_parquet('{CHAT}') where not is_bot and action <> 'mention'
            """
        ).fetchnumpy()
    matrix = np.zeros((found["member"].max() + 1, found["day"].max() + 1), dtype=bool)
    matrix[found["member"], found["day"]] = True
    return matrix


def changed(active, horizon, n_days):
    """Mean share of labels that change when ``n_days`` of the outcome window are deleted, begun at each tenth of it."""
    shares = []
    for cutoff in range(horizon, active.shape[1] - horizon, 60):
        eligible = active[:, cutoff - horizon + 1 : cutoff + 1].any(axis=1)
        after = active[eligible, cutoff + 1 : cutoff + horizon + 1]
        for start in range(0, horizon - n_days + 1, horizon // 10):
            left = np.delete(after, range(start, start + n_days), axis=1)
            shares.append((left.any(axis=1) != after.any(axis=1)).mean())
    return np.mean(shares)


@pytest.mark.parametrize("horizon", [30, 90])
def test_the_gap_that_is_allowed_changes_fewer_than_one_label_in_a_hundred_and_thrice_as_much_changes_more(
    active, horizon
):
    most = int(MOST_MISSING["inactivity"] * horizon)
    assert most >= 1
    assert changed(active, horizon, most) < 0.01
    assert changed(active, horizon, 3 * most) > 0.01
