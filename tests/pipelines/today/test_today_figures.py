"""Figures of the running day against those of the marts: on the usual days now, on the day itself once it is run."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipelines.today.marks import PUBLISHED
from tests.support.running_day import LAST, TODAY, RunningDay

pytestmark = pytest.mark.slow


def test_hours_of_usual_days_come_to_what_is_published(running_day):
    running_day.come()
    running_day.look("12:00")

    rows = [row for row in running_day.told("today_usual_days") if row["published"]]

    assert {row["measure"] for row in rows} == set(PUBLISHED)
    assert {row["day"] for row in rows} == {str(TODAY - timedelta(weeks=week)) for week in range(1, 9)}
    assert [(row["measure"], row["day"], row["value"]) for row in rows] == [
        (row["measure"], row["day"], row["published"]) for row in rows
    ]
    assert sum(int(row["value"]) for row in rows) > 100
    assert "come to what is published" in running_day.html()


@pytest.mark.parametrize("is_active_by_events", [False, pytest.param(True, marks=pytest.mark.long)])
def test_figures_at_midnight_are_those_of_the_nightly_run(running_day, tmp_path, monkeypatch, is_active_by_events):
    if is_active_by_events:
        running_day = RunningDay(running_day.home.root, monkeypatch, active_by_events=True)
        running_day.run([LAST], full=True)
        running_day.publish()
    running_day.come()
    running_day.deliver("event_participation", TODAY, [{
        "event_id": "e1", "member_id": "m1", "state": "registered", "occurred_at": f"{TODAY}T10:00:00",
    }])  # fmt: skip
    running_day.look("23:59:59")
    so_far = {row["measure"]: int(row["amount"]) for row in running_day.told("today_figures")}

    running_day.run([TODAY])

    columns = ", ".join(PUBLISHED)
    nightly = running_day.query(f"select {columns} from marts.community_days where day = date '{TODAY}'")[0]
    assert {name: so_far[name] for name in PUBLISHED} == dict(zip(PUBLISHED, nightly, strict=True))
    asked = running_day.query(f"select sum(n_asks) from marts.fct_member_days where day = date '{TODAY}'")[0][0]
    paid = running_day.query(
        f"select count(*) from staging.stg_lake__payments where event_day = date '{TODAY}' and amount_minor > 0"
    )[0][0]
    assert (so_far["n_asks"], so_far["n_payments"]) == (asked, paid)
    assert so_far["n_interactions"] > 15
    assert so_far["n_asks"] > 0


def test_a_figure_counts_until_its_hour_and_so_do_the_usual_days(running_day):
    running_day.come(until="11:59")
    running_day.look("12:00")

    figure = {row["measure"]: row for row in running_day.told("today_figures")}["n_interactions"]
    usual = [row for row in running_day.told("today_usual_days") if row["measure"] == "n_interactions"]

    week_before = next(int(row["amount"]) for row in usual if row["day"] == str(TODAY - timedelta(weeks=1)))
    assert abs(int(figure["amount"]) - week_before) <= 6  # the same rows, but for minutes and later corrections
    assert 0 < int(figure["amount"]) < 20
    amounts = sorted(int(row["amount"]) for row in usual)
    assert (int(figure["lowest"]), int(figure["highest"])) == (amounts[0], amounts[-1])
    hours = [row for row in running_day.told("today_hours") if row["measure"] == "n_interactions"]
    assert [row["hour"] for row in hours if row["amount"]] == [str(hour) for hour in range(1, 13)]


def test_what_comes_later_of_past_days_changes_no_usual_day(running_day):
    late = {
        "interaction_id": "late",
        "occurred_at": f"{LAST - timedelta(days=6)}T01:00:00",
        "kind": "like",
        "member_id": "m1",
    }
    running_day.come()
    running_day.deliver("interactions", TODAY, [late], name="late.jsonl")
    running_day.look("12:00")

    rows = [row for row in running_day.told("today_usual_days") if row["published"]]

    assert all(row["value"] == row["published"] for row in rows)
