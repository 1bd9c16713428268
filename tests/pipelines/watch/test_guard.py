"""The guard of a run, with real processes: one that is stopped, one that is killed, one that comes to its end."""

from __future__ import annotations

import signal
import time

import pytest

from pipelines import lock
from pipelines.watch import alive
from pipelines.watch.dead import KILLED

pytestmark = pytest.mark.slow


def wait_for_failure(watched, run_id):
    deadline = time.monotonic() + 60
    while watched.status(run_id) != "FAILURE" or not watched.alerts():
        assert time.monotonic() < deadline, "the guard did not see to the run"
        time.sleep(0.1)


def test_a_run_that_hangs_is_ended_at_its_time_limit(watched, at_work):
    run_id = watched.run()
    process = at_work(run_id, "all")
    process.send_signal(signal.SIGSTOP)

    assert process.wait(timeout=60) == -signal.SIGKILL
    wait_for_failure(watched, run_id)

    (alert,) = watched.alerts()
    assert alert["reason"] == (
        "it took longer than 2 seconds and was ended; the next run does its work; "
        "GUILDBOOK_MAX_RUN_HOURS says how long one may take"
    )
    with lock.hold(watched.home, timeout=30):
        pass


def test_a_run_that_is_killed_is_failed_at_once(watched, at_work, monkeypatch):
    monkeypatch.setenv("GUILDBOOK_MAX_RUN_HOURS", "1")
    run_id = watched.run()
    process = at_work(run_id, "all")
    process.kill()
    process.wait()

    wait_for_failure(watched, run_id)

    assert [one["reason"] for one in watched.alerts()] == [KILLED]


def test_a_run_that_comes_to_its_end_is_let_go(watched, at_work):
    run_id = watched.run()
    process = at_work(run_id, "all")
    started = time.monotonic()
    process.communicate("")

    assert process.returncode == 0
    assert time.monotonic() - started < 2, "nobody waits for the guard"
    assert watched.status(run_id) == "STARTED", "Dagster itself ends a run that came to its end"
    assert alive.is_alive(watched.home, run_id) is None
    assert watched.alerts() == []
