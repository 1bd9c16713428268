"""The running day as messages: the summary once, from its hour on, and each early warning once, at once."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pipelines.report.parts.text import Text
from pipelines.today.kept import Alarm, Figure, Today
from tests.support.mailroom import MORNING, ZONE
from tests.support.report_marts import DAY

pytestmark = pytest.mark.slow

TODAY = MORNING.date()
BELL = Alarm("silence", "interactions", "below", Text("interactions: no row since 11:02", "互动：11:02 以来没有任何行"))
LOOK = Today(
    day=TODAY,
    as_of=datetime(2026, 11, 20, 15, 5),  # noqa: DTZ001 - a time on the community's wall
    through_day=DAY,
    answer=Text("Until 15:05: 30 active members.", "截至 15:05：活跃成员 30。"),
    figures=(Figure("dau", Text("Active members", "活跃成员"), "30", "", Text("usual 25–40", "常见 25–40")),),
    alarms=(),
    n_questions=2,
    n_new_questions=1,
    questions=(Text("How? @all, for 3.0 hours", "How? @all，已等 3.0 小时"),),
    withheld=(),
)


def at(hour: int, minute: int = 10) -> datetime:
    return datetime(TODAY.year, TODAY.month, TODAY.day, hour, minute, tzinfo=ZoneInfo(ZONE))


def looked(room, look: Today) -> None:
    data = room.home.published / "site" / "data"
    data.mkdir(parents=True, exist_ok=True)
    (data / "today.json").write_text(json.dumps(asdict(look), ensure_ascii=False, default=str), encoding="utf-8")


@pytest.fixture
def team(room):
    room.target("team", "kind: file\ncontent: [today]\n")
    return room


def keys(outcomes) -> list[str]:
    return [one.key for one in outcomes if one.what == "sent"]


def test_the_summary_goes_out_once_from_its_hour_on(team):
    assert team.send(at(9)) == []
    looked(team, replace(LOOK, as_of=LOOK.as_of.replace(hour=14)))
    assert team.send(at(14)) == []

    looked(team, LOOK)
    assert keys(team.send(at(15))) == [f"today:{TODAY}"]
    looked(team, replace(LOOK, as_of=LOOK.as_of.replace(hour=17)))
    assert team.send(at(17)) == []

    (text,) = team.files("team").values()
    for part in ("the day so far", "Active members: 30 (usual 25–40)", "2 questions wait, 1 of today", "today.html"):
        assert part in text
    assert "Not whole yet" in text


def test_each_early_warning_is_sent_once_and_at_once(team):
    other = Alarm("flood", "content", "above", Text("content: 900 rows", "内容：900 行"))
    looked(team, replace(LOOK, as_of=LOOK.as_of.replace(hour=11), alarms=(BELL,)))
    assert len(keys(team.send(at(11)))) == 1
    looked(team, replace(LOOK, as_of=LOOK.as_of.replace(hour=12), alarms=(BELL, other)))
    assert keys(team.send(at(12))) == [f"today:{TODAY}:flood-content-above"]
    assert team.send(at(12, 30)) == []


def test_a_look_of_another_day_is_no_news(team):
    looked(team, replace(LOOK, day=date(2026, 11, 19), alarms=(BELL,)))

    assert team.send(at(16)) == []
    assert team.send(at(16) + timedelta(days=1)) == []


def test_it_is_said_in_the_targets_language(room):
    room.target("team", "kind: file\ncontent: [today]\nlanguage: zh\n")
    looked(room, replace(LOOK, alarms=(BELL,)))

    room.send(at(15))

    texts = "".join(room.files("team").values())
    assert "互动：11:02 以来没有任何行" in texts
    assert "截至 15:05：活跃成员 30。" in texts
