"""Runs that hang or are killed in the middle are found, and the next run ends where an undisturbed one does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import dagster as dg
import pytest

from pipelines.settings import PROJECT_DIR
from pipelines.watch.dead import KILLED
from tests.support.house import differences
from tests.support.running import GOOD_DAYS, Running

pytestmark = [pytest.mark.job, pytest.mark.long]

_COMMAND = "from pipelines.cli import app; app()"


def start(running, until):
    """A run in a process of its own that has come as far as ``until``; what it said so far beside it."""
    command = [sys.executable, "-c", _COMMAND, "run", "--from", str(GOOD_DAYS[0]), "--to", str(GOOD_DAYS[-1])]
    child = subprocess.Popen(
        command, cwd=PROJECT_DIR, env=dict(os.environ), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    said = []
    for line in child.stderr:
        said.append(line)
        if until in line:
            break
    return child, said


def test_the_run_after_a_hung_and_a_killed_one_ends_as_an_undisturbed_one(good_home, tmp_path, monkeypatch):
    running = Running(tmp_path / "home", monkeypatch)
    running.deliver_days(GOOD_DAYS)

    monkeypatch.setenv("GUILDBOOK_MAX_RUN_HOURS", str(5 / 3600))
    hung, said = start(running, "raw/")
    hung.send_signal(signal.SIGSTOP)
    assert hung.wait(timeout=60) == -signal.SIGKILL, "".join(said)
    deadline = time.monotonic() + 60
    while not running.alerts() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert [one["reason"].partition(";")[0] for one in running.alerts()] == [
        "it took longer than 5 seconds and was ended"
    ]
    monkeypatch.delenv("GUILDBOOK_MAX_RUN_HOURS")

    killed, said = start(running, "build_plan")
    try:
        deadline = time.monotonic() + 60
        while not running.home.warehouse.exists() and killed.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(1)  # into the building of the warehouse, which takes several seconds
    finally:
        killed.send_signal(signal.SIGKILL)
        killed.communicate()
    assert killed.returncode == -signal.SIGKILL, "".join(said)
    assert running.home.warehouse.exists(), "".join(said)
    assert running.version is None
    (running.home.staging / "half-written").mkdir(parents=True, exist_ok=True)

    outcome = running.execute(GOOD_DAYS[0], GOOD_DAYS[-1])

    assert outcome.succeeded, outcome
    assert not (running.home.staging / "half-written").exists()
    with dg.DagsterInstance.get() as instance:
        assert sorted(run.status.value for run in instance.get_runs()) == ["FAILURE", "FAILURE", "SUCCESS"]
    assert [one["reason"] for one in running.alerts()[1:]] == [KILLED], "said once, by the guard or by the next run"
    assert not running.home.last_run.exists(), "a run that came to its end stands for those before it"
    assert running.version == 1
    assert differences(running, good_home) == {}
