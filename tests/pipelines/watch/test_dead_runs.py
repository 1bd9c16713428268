"""Which runs in Dagster's history count as dead, and what becomes of them."""

from __future__ import annotations

from datetime import timedelta

import dagster as dg
import pytest
from typer.testing import CliRunner

from pipelines import clock, lock
from pipelines.cli import app
from pipelines.cli.unlock import free_of_dead_runs
from pipelines.defs.errors import UNKNOWN
from pipelines.defs.sensors import dead_runs, failed_run
from pipelines.watch import alive
from pipelines.watch.dead import FIRST_MOMENTS, KILLED, fail_dead_runs

pytestmark = pytest.mark.slow

UNFINISHED = [
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def killed(at_work, run_id, holds="mark"):
    process = at_work(run_id, holds)
    process.kill()
    process.wait()
    return process


def fail(watched):
    with lock.hold(watched.home):
        return [one.run_id for one in fail_dead_runs(watched.home, watched.settings, watched.instance)]


@pytest.mark.parametrize("status", UNFINISHED, ids=lambda status: status.value)
def test_a_run_whose_process_is_gone_is_failed_and_said_once(watched, at_work, status):
    run_id = watched.run(status)
    killed(at_work, run_id)

    assert fail(watched) == [run_id]

    assert watched.status(run_id) == "FAILURE"
    assert [one["reason"] for one in watched.alerts()] == [KILLED]
    assert f"last run    {run_id} failed " in (said := CliRunner().invoke(app, ["status"]).output)
    assert KILLED in said
    assert fail(watched) == []
    assert len(watched.alerts()) == 1
    assert alive.is_alive(watched.home, run_id) is None, "its mark is gone too"


def test_a_run_that_waits_for_the_lock_is_alive(watched, at_work):
    run_id = watched.run()
    at_work(run_id, "mark")

    assert fail(watched) == []
    assert watched.status(run_id) == "STARTED"


@pytest.mark.parametrize("direction", [1, -1], ids=["later", "the clock was set back"])
def test_a_run_without_a_mark_is_left_alone_in_its_first_minutes(watched, monkeypatch, direction):
    run_id = watched.run(dg.DagsterRunStatus.STARTING)
    assert fail(watched) == []

    later = clock.now() + direction * (FIRST_MOMENTS + timedelta(minutes=1))
    monkeypatch.setattr(clock, "now", lambda: later)
    assert fail(watched) == [run_id]


def test_what_waits_in_the_queue_or_is_finished_is_not_dead(watched, monkeypatch):
    queued = watched.run(dg.DagsterRunStatus.QUEUED)
    done = watched.run(dg.DagsterRunStatus.SUCCESS)
    later = clock.now() + timedelta(days=9)
    monkeypatch.setattr(clock, "now", lambda: later)

    assert fail(watched) == []
    assert (watched.status(queued), watched.status(done)) == ("QUEUED", "SUCCESS")


def test_the_daemon_looks_for_dead_runs_while_nobody_is_at_work(watched, at_work):
    """A command that was killed with its guard, as by a container's end, must not block the daemon's queue."""
    dead = watched.run()
    killed(at_work, dead)
    context = dg.build_sensor_context(instance=watched.instance)
    process = at_work("other-run", "all")

    answer = dead_runs(context).skip_message
    assert answer.startswith(f"a run of this test (process {process.pid}, since ")
    assert answer.endswith("is at work")
    assert watched.alerts() == [], "a run at work is no failure"
    assert watched.status(dead) == "STARTED"

    process.communicate("")
    assert dead_runs(context).skip_message == f"run {dead[:8]} is marked as failed: {KILLED}"
    assert watched.status(dead) == "FAILURE"
    assert dead_runs(context).skip_message == "no run is dead"


def said_by_the_daemon(watched, run_id):
    """Let Dagster find that a process is gone before anybody else does, and the sensor say so."""
    run = watched.instance.get_run_by_id(run_id)
    event = watched.instance.report_run_failed(run)
    context = dg.build_run_status_sensor_context("failed_run", event, watched.instance, run)
    failed_run(context.for_run_failure())
    return watched.alerts()[-1]["reason"]


def test_a_killed_run_that_dagster_fails_first_is_said_as_killed_and_leaves_no_mark(watched, at_work):
    dead = watched.run()
    killed(at_work, dead)

    assert said_by_the_daemon(watched, dead) == KILLED
    assert alive.is_alive(watched.home, dead) is None
    assert said_by_the_daemon(watched, watched.run()) == UNKNOWN, "nobody knows of a run that left no mark"


def test_a_run_that_ended_while_it_was_looked_for_is_not_dead(watched, monkeypatch):
    """The mark goes when the run has let go of the home, moments before Dagster writes that it succeeded."""
    run_id = watched.run()
    later = clock.now() + FIRST_MOMENTS + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)

    def dagster_writes_the_end(_):
        run = watched.instance.get_run_by_id(run_id)
        watched.instance.report_dagster_event(
            dg.DagsterEvent(event_type_value=dg.DagsterEventType.RUN_SUCCESS.value, job_name=run.job_name), run_id
        )

    monkeypatch.setattr("pipelines.watch.dead.time.sleep", dagster_writes_the_end)
    assert fail(watched) == []
    assert (watched.status(run_id), watched.alerts()) == ("SUCCESS", [])


def test_unlock_names_who_is_at_work_and_touches_nothing(watched, at_work):
    dead = watched.run()
    killed(at_work, dead)
    process = at_work("other-run", "all")

    result = CliRunner().invoke(app, ["unlock"])

    assert result.exit_code == 1
    assert f"a run of this test (process {process.pid}, since " in result.output
    assert f"kill -9 {process.pid}" in result.output
    assert watched.status(dead) == "STARTED"
    assert "is at work; its run goes on" in free_of_dead_runs(watched.home, watched.settings)[0].en
    assert f"running     a run of this test (process {process.pid}" in CliRunner().invoke(app, ["status"]).output


def test_unlock_says_what_held_the_home_and_clears_it_away(watched, at_work):
    dead, young = watched.run(), watched.run(dg.DagsterRunStatus.STARTING)
    watched.run(dg.DagsterRunStatus.QUEUED)
    lock_holder = at_work("some-run", "all")
    lock_holder.kill()
    lock_holder.wait()
    killed(at_work, dead)

    lines = CliRunner().invoke(app, ["unlock"]).output.splitlines()

    assert lines[0].startswith(f"the lock is free; a run of this test (process {lock_holder.pid}, since ")
    assert lines[1:] == [
        f"run {dead[:8]} is marked as failed: {KILLED}",
        f"run {young[:8]} has only just begun and is left alone",
        "1 run(s) wait in the queue of Dagster's daemon (make dev), which starts them",
    ]
    assert CliRunner().invoke(app, ["unlock"]).output.splitlines()[:2] == ["the lock is free", "no dead run was found"]


def test_unlock_before_anything_says_so_and_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("GUILDBOOK_HOME", str(tmp_path / "home"))
    result = CliRunner().invoke(app, ["unlock"])
    assert result.exit_code == 0
    assert result.output.startswith("nothing to do: no run was ever started on ")
    assert not (tmp_path / "home").exists()


def test_make_dev_starts_with_dead_runs_cleared_away(watched, at_work):
    dead = watched.run()
    killed(at_work, dead)
    assert [line.en for line in free_of_dead_runs(watched.home, watched.settings)] == [
        f"run {dead[:8]} is marked as failed: {KILLED}"
    ]
    assert free_of_dead_runs(watched.home, watched.settings) == []
