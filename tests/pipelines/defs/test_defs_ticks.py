"""What the schedule and the sensors ask for, by a clock that the test sets."""

import json
import os
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import dagster as dg
import pytest

from pipelines.defs import schedules, sensors
from pipelines.defs.partitions import tagged_days
from pipelines.defs.schedules import daily
from pipelines.defs.sensors import changed_files, failed_run, missing_run
from pipelines.ingest import changes
from pipelines.ingest.landing import landing_files
from pipelines.lake import ledger
from pipelines.report.parts.text import Text
from pipelines.settings import Settings, get_settings


def day(number):
    return date(2025, 3, number)


def like(number, log_day):
    return {"interaction_id": f"i{number}", "occurred_at": f"{log_day}T12:00:00", "kind": "like", "member_id": "m1"}


TICKS = [
    ("Asia/Shanghai", datetime(2025, 3, 2, 22, tzinfo=UTC), "2025-03-02"),
    ("UTC", datetime(2025, 3, 3, 6, tzinfo=UTC), "2025-03-02"),
    ("America/Sao_Paulo", datetime(2025, 3, 3, 9, tzinfo=UTC), "2025-03-02"),
    ("Asia/Shanghai", datetime(2024, 12, 31, 22, tzinfo=UTC), "2024-12-31"),
]


@pytest.mark.parametrize(("timezone", "tick", "asked"), TICKS)
def test_the_daily_tick_asks_for_the_communitys_yesterday(monkeypatch, timezone, tick, asked):
    monkeypatch.setattr(schedules, "_settings", Settings(timezone=timezone))

    request = daily(dg.build_schedule_context(scheduled_execution_time=tick))

    assert (request.partition_key, request.run_key) == (asked, f"daily-{asked}")


def test_the_daily_run_is_due_at_the_hour_of_the_settings():
    assert daily.cron_schedule == f"0 {Settings().daily_hour} * * *"
    assert daily.execution_timezone == Settings().timezone
    assert daily.default_status is dg.DefaultScheduleStatus.RUNNING


def asked_by_changed_files():
    """Run requests of one tick, each as its key and log days; None where it asks for nothing and says so."""
    answers = list(changed_files(dg.build_sensor_context()))
    if [type(answer) for answer in answers] == [dg.SkipReason]:
        return None
    return {answer.run_key: tagged_days(answer.tags) for answer in answers}


def test_files_that_come_late_are_asked_for_once_a_stretch_and_once_a_change(watched):
    assert asked_by_changed_files() is None

    for number in (1, 2, 5):
        watched.deliver("interactions", day(number), [like(number, day(number))])
    watched.deliver("members", day(2), [{"member_id": "m1", "occurred_at": "2025-03-02T12:00:00"}])
    first = asked_by_changed_files()
    assert sorted(first.values()) == [[day(1), day(2)], [day(5)]]
    assert asked_by_changed_files() == first, "the same files have the same keys, so that Dagster runs them once"

    watched.deliver("interactions", day(5), [like(5, day(5)), like(6, day(5))])
    second = asked_by_changed_files()
    assert sorted(second.values()) == sorted(first.values())
    assert len(first.keys() & second.keys()) == 1, "one stretch changed again and has a new key"

    watched.accept([day(1), day(2), day(5)])
    assert asked_by_changed_files() is None

    watched.withdraw("interactions", day(2))
    assert asked_by_changed_files() is None, "who clears the landing folder loses nothing unasked"
    watched.deliver("interactions", day(3), [like(3, day(3))])
    assert list(asked_by_changed_files().values()) == [[day(3)]]


def test_yesterday_is_left_to_its_daily_run_and_days_outside_the_history_alone(watched):
    """It is 10 March, at the hour of the daily run: that takes the 9th, and the running day is not over."""
    watched.at(2025, 3, 9, 22)
    for log_day in (date(2014, 12, 31), day(9), day(10), day(11)):
        watched.deliver("interactions", log_day, [like(1, log_day)])
    assert asked_by_changed_files() is None

    watched.at(2025, 3, 9, 23)
    assert list(asked_by_changed_files().values()) == [[day(9)]], "its daily run was an hour ago"
    watched.at(2025, 3, 11, 0)
    assert list(asked_by_changed_files().values()) == [[day(9), day(10)]]


def look_again(house, monkeypatch, cursor):
    """Log days that a tick asks for and those whose folders it opened; and the cursor it leaves to the next."""
    opened = set()
    monkeypatch.setattr(changes, "landing_files", lambda *given: opened.add(given[2]) or landing_files(*given))
    context = dg.build_sensor_context(cursor=cursor)
    asked = [
        day
        for answer in changed_files(context)
        if isinstance(answer, dg.RunRequest)
        for day in tagged_days(answer.tags)
    ]
    return sorted(asked), sorted(opened), context.cursor


def test_only_folders_that_changed_since_the_last_look_are_opened_and_once_an_hour_all_of_them(watched, monkeypatch):
    """Years after the folders were made, so that none of them looks new."""
    for number in (1, 2, 5):
        watched.deliver("interactions", day(number), [like(number, day(number))])
    watched.accept([day(1), day(2), day(5)])
    watched.at(2040, 1, 1, 4, 0)
    assert look_again(watched, monkeypatch, None)[:2] == ([], [day(1), day(2), day(5)])
    cursor = look_again(watched, monkeypatch, None)[2]

    watched.at(2040, 1, 1, 4, 5)
    asked, opened, cursor = look_again(watched, monkeypatch, cursor)
    assert (asked, opened) == ([], [])

    folder = watched.deliver("interactions", day(2), [like(7, day(2))], "late.jsonl").parent
    seconds = datetime(2040, 1, 1, 4, 7, tzinfo=UTC).timestamp()
    os.utime(folder, (seconds, seconds))
    watched.at(2040, 1, 1, 4, 10)
    asked, opened, cursor = look_again(watched, monkeypatch, cursor)
    assert (asked, opened) == ([day(2)], [day(2)])
    watched.at(2040, 1, 1, 4, 40)
    asked, opened, cursor = look_again(watched, monkeypatch, cursor)
    assert (asked, opened) == ([day(2)], [day(2)]), "it is asked for until it is ingested"
    watched.accept([day(2)])

    with (watched.home.landing_day("interactions", day(5)) / "rows.jsonl").open("a") as file:
        file.write(json.dumps(like(8, day(5))) + "\n")
    watched.at(2040, 1, 1, 4, 55)
    asked, opened, cursor = look_again(watched, monkeypatch, cursor)
    assert (asked, opened) == ([], [day(2)])
    watched.at(2040, 1, 1, 5, 1)
    asked, opened, _ = look_again(watched, monkeypatch, cursor)
    assert (asked, opened) == ([day(5)], [day(1), day(2), day(5)]), "a file was written to in place"


def test_the_newest_days_are_always_opened_for_their_files_are_still_written_to(watched, monkeypatch):
    watched.at(2040, 1, 10, 4)
    days = [date(2040, 1, number) for number in (6, 7, 8, 9)]
    for log_day in days:
        watched.deliver("interactions", log_day, [like(1, log_day)])
    watched.accept(days)
    asked, opened, cursor = look_again(watched, monkeypatch, None)
    assert (asked, opened) == ([], days)
    assert look_again(watched, monkeypatch, cursor)[:2] == ([], days[1:])


def publish(house, version, through_day, moment):
    """A publication as far as the sensors see it."""
    (house.home.versions / str(version) / "site").mkdir(parents=True)
    house.home.published.unlink(missing_ok=True)
    house.home.published.symlink_to(f"versions/{version}")
    row = {"version": version, "through_day": through_day, "status": "published", "published_at": moment}
    ledger.append(house.home, "publications", [row | {"run_id": f"run-{version}"}])


def tick_missing_run(cursor=None):
    """One tick: what it said, and the cursor it leaves to the next."""
    context = dg.build_sensor_context(cursor=cursor)
    answer = missing_run(context)
    return answer.skip_message, context.cursor


def test_a_run_that_never_came_is_said_once_a_day(watched):
    assert "as fresh as it should be" in tick_missing_run()[0], "before the first publication nothing is missing"
    publish(watched, 1, day(8), datetime(2025, 3, 9, tzinfo=UTC))

    watched.at(2025, 3, 9, 23, 59)  # 07:59 on the 10th in Shanghai, within two hours of the daily run
    assert tick_missing_run()[1] is None
    assert watched.alerts() == []

    watched.at(2025, 3, 10, 0, 0)
    said, cursor = tick_missing_run()
    assert said == "said that 2025-03-09 is missing"
    watched.at(2025, 3, 10, 9, 0)
    assert tick_missing_run(cursor)[1] == cursor
    assert len(watched.alerts()) == 1
    assert "the daily run has not published 2025-03-09" in json.loads(watched.alerts()[0])["reason"]
    assert "has not published 2025-03-09" in (watched.home.published / "site" / "status.js").read_text("utf-8")

    watched.at(2025, 3, 11, 1, 0)
    assert tick_missing_run(cursor)[0] == "said that 2025-03-10 is missing"
    assert len(watched.alerts()) == 2

    publish(watched, 2, day(10), datetime(2025, 3, 11, 2, tzinfo=UTC))
    watched.at(2025, 3, 11, 3, 0)
    assert "as fresh as it should be" in tick_missing_run()[0]
    assert len(watched.alerts()) == 2


def test_a_day_that_is_usually_silent_is_not_missed_and_one_that_never_came_is_named(watched):
    """It is Monday the 10th: nothing came on Sunday the 9th, nor on the Sundays before."""
    publish(watched, 1, day(8), datetime(2025, 3, 9, tzinfo=UTC))
    weekdays = [
        date(2025, 2, 10) + timedelta(days=n) for n in range(27) if (date(2025, 2, 10) + timedelta(n)).weekday() < 6
    ]
    for number, log_day in enumerate(weekdays):
        watched.deliver("interactions", log_day, [like(number, log_day)])
    watched.accept(weekdays)

    watched.at(2025, 3, 10, 1)
    assert "no log usually comes on that weekday" in tick_missing_run()[0]
    assert watched.alerts() == []

    watched.at(2025, 3, 11, 1)
    assert tick_missing_run()[0] == "said that 2025-03-10 is missing"
    assert json.loads(watched.alerts()[0])["reason"].startswith(
        "no log came for 2025-03-10; expected by their past: interactions."
    )


def test_a_sensor_that_cannot_look_says_so_once_a_day(watched, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied", str(watched.home.ledger))

    monkeypatch.setattr("pipelines.defs.sensors.changes_through", refuse)
    monkeypatch.setattr("pipelines.defs.schedules.delivered_logs", refuse)
    publish(watched, 1, day(8), datetime(2025, 3, 9, tzinfo=UTC))
    for _ in range(3):
        with pytest.raises(PermissionError):
            list(changed_files(dg.build_sensor_context()))
    with pytest.raises(PermissionError):
        daily(dg.build_schedule_context(scheduled_execution_time=datetime(2025, 3, 2, 22, tzinfo=UTC)))

    (alert,) = [json.loads(line)["reason"] for line in watched.alerts()]
    assert alert.startswith(f"Permission denied: '{watched.home.ledger}'; the user ")
    assert "Permission denied" in (watched.home.published / "site" / "status.js").read_text("utf-8")
    watched.at(2025, 3, 11, 5)
    with pytest.raises(PermissionError):
        list(changed_files(dg.build_sensor_context()))
    assert len(watched.alerts()) == 2


def test_a_run_that_failed_before_its_first_step_is_said_with_its_reason(watched):
    @dg.resource
    def disk():
        raise OSError(28, "No space left on device", "/srv/x")

    @dg.op(required_resource_keys={"disk"})
    def waits():
        pass

    with dg.DagsterInstance.ephemeral() as instance:
        result = (
            dg.GraphDefinition("broken", node_defs=[waits])
            .to_job(resource_defs={"disk": disk})
            .execute_in_process(instance=instance, raise_on_error=False)
        )
        failure = next(event for event in result.all_events if event.event_type is dg.DagsterEventType.RUN_FAILURE)
        context = dg.build_run_status_sensor_context("failed_run", failure, instance, result.dagster_run)
        failed_run(context.for_run_failure())
        failed_run(context.for_run_failure())

    (alert,) = [json.loads(line)["reason"] for line in watched.alerts()]
    assert alert == (
        "No space left on device: '/srv/x'; the disk is full: free some space for "
        f"{watched.home.root}, then do the same again"
    )


def test_a_failed_run_is_said_on_the_pages_and_to_the_operator(watched):
    @dg.op
    def fails():
        raise RuntimeError("the disk is on fire")

    publish(watched, 1, day(8), datetime(2025, 3, 9, tzinfo=UTC))
    with dg.DagsterInstance.ephemeral() as instance:
        result = (
            dg.GraphDefinition("broken", node_defs=[fails])
            .to_job()
            .execute_in_process(instance=instance, raise_on_error=False)
        )
        failure = next(event for event in result.all_events if event.event_type is dg.DagsterEventType.RUN_FAILURE)
        context = dg.build_run_status_sensor_context("failed_run", failure, instance, result.dagster_run)
        failed_run(context.for_run_failure())

    assert [json.loads(line)["failed_gate"] for line in watched.alerts()] == [""]
    banner = (watched.home.published / "site" / "status.js").read_text("utf-8")
    assert '"runSucceeded": false' in banner
    assert '"reason": "the disk is on fire"' in banner
    assert '"throughDay": "2025-03-08"' in banner


def test_the_day_so_far_is_looked_at_every_so_many_minutes_where_a_setting_says_so(watched, monkeypatch):
    looks = []
    monkeypatch.setattr(sensors, "look", lambda *_, pulls: looks.append(pulls) or looked())
    context = dg.build_sensor_context()
    assert "is 0" in sensors.day_so_far(context).skip_message

    monkeypatch.setenv("GUILDBOOK_TODAY_MINUTES", "30")
    get_settings.cache_clear()
    assert sensors.day_so_far(context).skip_message == "All is well.; a bell"
    watched.at(2025, 3, 10, 4, 29)
    assert "every 30 minutes" in sensors.day_so_far(context).skip_message
    watched.at(2025, 3, 10, 4, 30)
    assert "All is well" in sensors.day_so_far(context).skip_message
    watched.at(2025, 3, 9, 4, 30)  # the clock was set back by a day
    assert "All is well" in sensors.day_so_far(context).skip_message
    assert looks == [False, False, False]


def looked():
    alarm = SimpleNamespace(said=Text("a bell", "警报"))
    return SimpleNamespace(today=SimpleNamespace(answer=Text("All is well.", "一切正常。"), alarms=(alarm,)))


def test_a_look_that_gave_way_is_taken_again_at_the_next_tick(watched, monkeypatch):
    monkeypatch.setenv("GUILDBOOK_TODAY_MINUTES", "30")
    get_settings.cache_clear()
    context = dg.build_sensor_context()
    monkeypatch.setattr(sensors, "look", gives_way)
    assert sensors.day_so_far(context).skip_message == "a run is at work"

    monkeypatch.setattr(sensors, "look", lambda *_, pulls: looked())
    assert "All is well" in sensors.day_so_far(context).skip_message


def gives_way(*_, pulls):
    raise sensors.GaveWayError("a run is at work")
