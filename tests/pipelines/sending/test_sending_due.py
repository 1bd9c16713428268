"""When what is due: hours, weekdays, days long past, a stop that stands, alarms that ring and end."""

from __future__ import annotations

from datetime import timedelta

import duckdb
import pytest

from pipelines.lake import noted
from pipelines.publishing.outcome import note_failure
from tests.support.mailroom import MORNING, Mailroom, database_of
from tests.support.report_marts import DAY

pytestmark = pytest.mark.slow

FOLDER = "kind: file\ncontent: [{content}]\n"
GATE = "gate facts: fct_member_days 2026-11-20"


def told(outcomes):
    return [(one.key, one.what) for one in outcomes]


def test_a_brief_goes_out_once(room):
    room.target("team", FOLDER.format(content="brief"))

    assert told(room.send()) == [("brief:2026-11-19", "sent")]
    assert room.send() == []
    assert list(room.files("team")) == ["brief-2026-11-19.txt"]
    assert room.states() == ["intended", "sent"]


def test_a_target_with_an_hour_waits_for_it(room):
    room.target("team", FOLDER.format(content="brief") + "hour: 9\n")

    (early,) = room.send(MORNING)
    assert (early.what, early.said) == ("waits", "until 2026-11-20 09:00")
    assert told(room.send(MORNING + timedelta(hours=2))) == [("brief:2026-11-19", "sent")]


def test_what_is_shown_is_not_sent(room):
    room.target("team", FOLDER.format(content="brief"))

    (shown,) = room.send(shows_only=True)

    assert shown.what == "would be sent"
    assert "Recurring revenue" in shown.letter.text
    assert room.files("team") == {}
    assert room.states() == []


def test_days_long_past_are_sent_only_where_that_is_asked_for(room):
    room.target("team", FOLDER.format(content="brief"))
    later = MORNING + timedelta(days=3)

    assert told(room.send(later)) == [("brief:2026-11-19", "old")]
    assert told(room.send(later, old_too=True)) == [("brief:2026-11-19", "sent")]


def test_the_newest_morning_that_counts_as_news_is_three_days_back(room):
    room.target("team", FOLDER.format(content="brief"))
    assert told(room.send(MORNING + timedelta(days=2))) == [("brief:2026-11-19", "sent")]


@pytest.mark.parametrize(
    ("weekday", "key", "what"),
    [
        ("friday", "digest:2026-11-19", "sent"),
        ("thursday", "digest:2026-11-18", "sent"),
        ("monday", "digest:2026-11-15", "old"),
        ("saturday", "digest:2026-11-13", "old"),
    ],
)
def test_a_digest_is_of_the_seven_days_before_its_weekday(room, weekday, key, what):
    room.target("team", FOLDER.format(content="digest") + f"weekday: {weekday}\n")
    assert told(room.send()) == [(key, what)]


def test_each_target_gets_what_it_asks_for_in_its_language(room):
    room.target("all", FOLDER.format(content="brief, digest") + "language: zh\nweekday: friday\n")
    room.target("some", FOLDER.format(content="digest") + "weekday: friday\n")

    room.send()

    assert list(room.files("all")) == ["brief-2026-11-19.txt", "digest-2026-11-19.txt"]
    assert room.files("all")["brief-2026-11-19.txt"].startswith("Gophers晨报：2026年11月19日（周四）")
    assert room.files("some")["digest-2026-11-19.txt"].startswith("Gophers: the week, 13 Nov 2026 to 19 Nov 2026")


def test_a_target_without_a_language_has_that_of_the_community(tmp_path, community):
    room = Mailroom.of(tmp_path / "home", community, language="zh")
    room.target("team", FOLDER.format(content="brief"))
    room.send()
    assert "晨报" in room.files("team")["brief-2026-11-19.txt"]


def test_links_lead_to_the_address_of_the_site(tmp_path, community):
    room = Mailroom.of(tmp_path / "home", community, site_url="https://report.example.org/")
    room.target("team", FOLDER.format(content="brief"))
    room.send()
    assert room.files("team")["brief-2026-11-19.txt"].endswith("\nhttps://report.example.org/index.html\n")


def test_while_a_stop_stands_it_alone_is_sent_and_once(room):
    room.target("team", FOLDER.format(content="brief, alarms, digest, failures"))
    room.target("others", FOLDER.format(content="brief"))
    stop = noted.Stop("run-7", MORNING, GATE, "days add up, found 3: rows were lost")
    noted.note(room.home, room.settings, stop)

    assert told(room.send()) == [("failure:run-7", "sent")]
    assert room.send() == []

    (text,) = room.files("team").values()
    assert text.startswith("Gophers: nothing new was published\n")
    assert f"It stopped at {GATE}: days add up, found 3: rows were lost" in text
    assert "What to do" in text
    assert "with data through 19 Nov 2026" in text
    assert text.rstrip().endswith(str(room.home.last_run / "index.html"))
    assert room.files("others") == {}


def test_a_failure_is_sent_as_it_happens_and_again_where_the_target_was_down(room):
    path = room.target("team", f"kind: file\ncontent: [failures]\nfolder: {room.home.root / 'file'}\n")
    (room.home.root / "file").write_text("in the way")

    note_failure(room.home, room.settings, failed_gate=GATE, reason="rows were lost", run_id="run-7")
    assert room.states() == ["intended", "failed"]
    path.write_text("kind: file\ncontent: [failures]\n", encoding="utf-8")
    assert [one.what for one in room.send(now=None)] == ["sent"]

    note_failure(room.home, room.settings, failed_gate=GATE, reason="rows were lost", run_id="run-8")
    assert list(room.files("team")) == ["failure-run-7.txt", "failure-run-8.txt"]


def test_a_failure_is_sent_nowhere_while_sending_is_off(tmp_path, community):
    room = Mailroom.of(tmp_path / "home", community)
    room.settings = room.settings.model_copy(update={"send_enabled": False})
    room.target("team", FOLDER.format(content="failures"))

    note_failure(room.home, room.settings, failed_gate=GATE, reason="rows were lost", run_id="run-7")

    assert room.states() == []


def test_a_failure_without_a_publication_says_that_there_is_none(tmp_path):
    room = Mailroom.of(tmp_path / "home", None, site_url="https://report.example.org")
    room.target("team", FOLDER.format(content="failures, brief"))
    noted.note(room.home, room.settings, noted.Stop("", MORNING, "", "the disk is full"))

    room.send()

    (text,) = room.files("team").values()
    assert "Nothing is published yet." in text
    assert text.rstrip().endswith(str(room.home.last_run / "index.html"))  # no site has it


ALARM = """
    insert into marts.alert_days by name
    select '{rule}' as rule, '{series}' as series, date '{day}' as day, {value} as value, 100.0 as baseline,
        80.0 as band_low, 120.0 as band_high, true as is_judged, {value} not between 80 and 120 as is_alarm;
    insert into marts.alerts by name
    select rule, series, day, if(value > band_high, 'above', 'below') as direction, value, baseline, band_low,
        band_high, 'open' as outcome, (value - baseline) / baseline as relative_change, 9.0 as robust_z
    from marts.alert_days
    where is_alarm and day = date '{day}' and series = '{series}'
"""
CLEAR_OF_ALARMS = "delete from marts.alert_days; delete from marts.alerts;"


@pytest.fixture
def watched(tmp_path):
    path = database_of(tmp_path / "analytics.duckdb", "schema")
    with duckdb.connect(str(path)) as con:
        con.execute(CLEAR_OF_ALARMS + ALARM.format(rule="community", series="dau", day=DAY, value=100))
    room = Mailroom.of(tmp_path / "home", path)
    room.target("team", FOLDER.format(content="alarms"))
    return room


def next_day(room, day, **values):
    """Publish a day on which the series have these values."""
    series = "".join(
        ALARM.format(rule="community", series=name, day=day, value=value) + ";" for name, value in values.items()
    )
    room.change(CLEAR_OF_ALARMS + f"update marts.publication set through_day = date '{day}';" + series)


def test_an_alarm_is_said_once_and_its_end_once(watched):
    days = [DAY + timedelta(days=n) for n in range(6)]
    values = [(100, 100), (50, 100), (45, 100), (50, 150), (100, 150), (100, 100)]
    said = []
    for day, (dau, mau) in zip(days, values, strict=True):
        next_day(watched, day, dau=dau, mau=mau)
        said.append(told(watched.send(MORNING + (day - DAY))))

    assert said == [
        [],
        [(f"alarms:{days[1]}", "sent")],
        [],
        [(f"alarms:{days[3]}", "sent")],
        [(f"alarms:{days[4]}", "sent")],
        [(f"alarms:{days[5]}", "sent")],
    ]
    first, second, third, fourth = watched.files("team").values()
    assert first.startswith("Gophers: 1 alarm\n")
    assert "Active that day · DAU: 50, below the band 80–120 (usual 100)" in first
    assert "Active in 30 days · MAU: 150, above the band" in second
    assert "Active that day · DAU" not in second
    assert third.startswith("Gophers: all clear\n")
    assert "Active that day · DAU: 100, within 80–120 again" in third
    assert "Active in 30 days · MAU: 100, within" in fourth


def test_a_day_that_is_published_again_says_what_is_new_alone(watched):
    next_day(watched, DAY, dau=50)
    watched.send()
    next_day(watched, DAY, dau=50, mau=150)

    assert told(watched.send()) == [(f"alarms:{DAY}-2", "sent")]
    assert "Active that day · DAU" not in watched.files("team")[f"alarms-{DAY}-2.txt"]


def test_a_series_that_turns_is_an_alarm_of_the_other_side(watched):
    next_day(watched, DAY, dau=50)
    watched.send()
    next_day(watched, DAY, dau=150)
    watched.send()
    text = watched.files("team")[f"alarms-{DAY}-2.txt"]
    assert "150, above" in text
    assert "All clear" not in text

    next_day(watched, DAY, dau=100)
    watched.send()
    assert watched.files("team")[f"alarms-{DAY}-3.txt"].startswith("Gophers: all clear\n")
    assert watched.send() == []


def test_a_series_that_is_not_judged_is_neither_an_alarm_nor_over(watched):
    next_day(watched, DAY, dau=50)
    watched.send()
    watched.change(CLEAR_OF_ALARMS)
    assert watched.send() == []


def test_a_new_target_is_told_what_rings(watched):
    next_day(watched, DAY, dau=50)
    watched.send()
    watched.target("late", FOLDER.format(content="alarms"))
    assert [(one.target, one.what) for one in watched.send()] == [("late", "sent")]


def test_a_publication_of_an_earlier_version_is_said_with_what_mends_it(room):
    room.change("alter table marts.dim_members drop column display_name")
    room.target("team", FOLDER.format(content="brief"))

    (failed,) = room.send()

    assert (failed.what, failed.said) == (
        "failed",
        "what is published is of another version of Guildbook: the next guildbook run publishes it anew",
    )
