"""Early warnings through the day: each rule rings where it should and nowhere else, in both languages."""

from __future__ import annotations

import pytest

from pipelines.today import bells
from tests.support.running_day import MADE, TODAY, WEEK_BEFORE, moved

pytestmark = pytest.mark.slow


def flood(n: int, hour: int) -> list[dict[str, object]]:
    return [
        {
            "interaction_id": f"f{one}",
            "occurred_at": f"{TODAY}T{hour:02}:{one % 60:02}:{one // 60:02}",
            "kind": "view",
            "member_id": "m1",
        }
        for one in range(n)
    ]


def rung(looked) -> set[tuple[str, str, str]]:
    return {(alarm.rule, alarm.series, alarm.direction) for alarm in looked.today.alarms}


def test_a_usual_day_rings_nothing_at_any_hour(running_day):
    running_day.come()
    for hour in (1, 6, 12, 18, 23):
        running_day.come(until=f"{hour:02}:00")
        assert rung(running_day.look(f"{hour:02}:10")) == set()


SILENCES = [
    ("00:30", "23:30", 2, True),
    ("23:00", "23:30", 2, False),
    ("00:30", "23:30", 24, False),
    ("00:30", "01:30", 2, False),
]


@pytest.mark.parametrize(("last", "now", "hours", "rings"), SILENCES)
def test_a_log_is_silent_where_its_usual_days_were_not(running_day, last, now, hours, rings):
    running_day.settings = running_day.settings.model_copy(update={"today_silent_hours": hours})
    running_day.come(until=last)
    running_day.deliver("interactions", TODAY, flood(1, 0), name="first.jsonl")

    assert (("silence", "interactions", "below") in rung(running_day.look(now))) is rings


def test_a_log_of_which_nothing_comes_by_day_is_not_silent_but_said_to_be_awaited(running_day):
    rows = {key: found for key, found in moved(MADE, WEEK_BEFORE, TODAY).items() if key[0] != "interactions"}
    running_day.come(rows=rows)

    looked = running_day.look("23:30")

    assert {rule for rule, series, _ in rung(looked) if series == "interactions"} == set()
    figures = {row["measure"]: row["amount"] for row in running_day.told("today_figures")}
    assert figures["n_interactions"] == ""
    assert "nothing came yet: interactions" in running_day.html()


FLOODS = [(150, True), (60, False)]


@pytest.mark.parametrize(("n", "rings"), FLOODS)
def test_an_hour_with_far_more_rows_than_usual_is_a_flood(running_day, n, rings):
    running_day.come()
    running_day.deliver("interactions", TODAY, flood(n, 10), name="flood.jsonl")

    looked = running_day.look("23:30")

    assert (("flood", "interactions", "above") in rung(looked)) is rings
    said = [alarm.said for alarm in looked.today.alarms if alarm.rule == "flood"]
    assert [text.en.split(",")[0] for text in said] == [
        f"interactions: {n + at(10)} rows between 10:00 and 11:00"
    ] * rings
    assert all("10 点至 11 点" in text.zh for text in said)


BURSTS = [(8, False), (56, False), (7, True), (57, True)]


@pytest.mark.parametrize(("n_days_ago", "rings"), BURSTS)
def test_many_rows_of_a_log_ring_where_no_day_of_weeks_2_to_8_before_had_as_many(running_day, n_days_ago, rings):
    alert_days = "alert_days where rule = 'deliveries' and series = 'interactions'"
    running_day.change(f"delete from marts.{alert_days} and day = date '{TODAY}' - {n_days_ago}")
    running_day.change(
        f"insert into marts.alert_days by name select * replace (date '{TODAY}' - {n_days_ago} as day, 5000 as value) "
        f"from marts.{alert_days} limit 1"
    )
    running_day.publish()
    running_day.come()
    running_day.deliver("interactions", TODAY, flood(150, 10), name="flood.jsonl")

    rung_now = rung(running_day.look("23:30"))

    assert (("deliveries", "interactions", "above") in rung_now) is rings
    assert ("flood", "interactions", "above") in rung_now


def at(hour: int) -> int:
    """Rows that the usual day brings in an hour, and the file that stays."""
    rows = moved(MADE, WEEK_BEFORE, TODAY)["interactions", TODAY]
    return sum(str(row["occurred_at"])[11:13] == f"{hour:02}" for row in rows)


def test_a_figure_outside_its_band_rings_by_the_limits_of_whole_days(running_day):
    running_day.come()
    crowd = [row | {"kind": "like", "member_id": f"new{n}"} for n, row in enumerate(flood(80, 10))]
    running_day.deliver("interactions", TODAY, crowd, name="crowd.jsonl")

    looked = running_day.look("23:30")

    assert {("community", "dau", "above"), ("community", "n_interactions", "above")} <= rung(looked)
    html = running_day.html()
    assert "Active members so far: " in html
    assert "活跃成员（至今）：" in html
    assert "警报" in looked.today.answer.zh


def test_where_too_few_usual_days_are_known_nothing_rings_and_no_range_is_shown(running_day):
    running_day.change(f"delete from marts.community_days where day < date '{WEEK_BEFORE}' - 14")
    running_day.publish()
    running_day.come()
    running_day.deliver("interactions", TODAY, flood(500, 10), name="flood.jsonl")

    looked = running_day.look("23:30")

    assert rung(looked) == set()
    assert {one.usual for one in looked.today.figures} == {None}


@pytest.mark.parametrize("rule", ["community", "deliveries", "flood", "silence"])
def test_each_alarm_is_a_sentence_in_both_languages(rule):
    row = {"rule": rule, "series": "dau" if rule == "community" else "payments", "hour": 9, "direction": "below"} | {
        "since": "08:15"
    }
    said = bells.said(row | {"value": 3, "baseline": 12.0, "band_low": 5, "band_high": 20})

    assert "12" in said.en
    assert "12" in said.zh
    assert said.en != said.zh
    assert any("\u4e00" <= sign <= "\u9fff" for sign in said.zh)
