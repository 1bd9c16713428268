"""The job makes the list of its last day, and publishes it as it was drawn; a run again leaves it as it is."""

import csv

import duckdb
import pytest

from pipelines.retention import store
from pipelines.retention.export import export_list
from tests.support.running import GOOD_DAYS

pytestmark = [pytest.mark.job, pytest.mark.long]


def published_list(running):
    with duckdb.connect(str(running.home.published / "analytics.duckdb"), read_only=True) as con:
        return con.execute(
            "select member_id, campaign_id, arm, run_id from marts.retention_actions where day = ? order by rank",
            [GOOD_DAYS[-1]],
        ).fetchall()


def test_the_list_of_the_last_day_is_published_with_the_logged_arms_and_stays(running):
    before = published_list(running)
    drawn = [row for row in store.draws(running.home) if row["day"] == GOOD_DAYS[-1]]
    assert sorted(row[:3] for row in before) == sorted(
        (row["member_id"], row["campaign_id"], row["arm"]) for row in drawn
    )
    assert before
    rows = list(csv.DictReader(export_list(running.home).read_text(encoding="utf-8-sig").splitlines()))
    assert [row["member_id"] for row in rows] == [row[0] for row in before if row[2] == "treated"]

    assert running.execute(GOOD_DAYS[-1], GOOD_DAYS[-1], full=True).succeeded
    assert published_list(running) == before
