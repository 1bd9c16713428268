"""A run killed in the middle is found, and the next run ends where an undisturbed one does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import dagster as dg
import pytest
from house import differences
from running import GOOD_DAYS, Running

from pipelines.settings import PROJECT_DIR

pytestmark = pytest.mark.xdist_group("job")

_COMMAND = "from pipelines.cli import app; app()"


def test_the_run_after_a_kill_ends_as_an_undisturbed_one(good_home, tmp_path, monkeypatch):
    running = Running(tmp_path / "home", monkeypatch)
    running.deliver_days(GOOD_DAYS)
    command = [sys.executable, "-c", _COMMAND, "run", "--from", str(GOOD_DAYS[0]), "--to", str(GOOD_DAYS[-1])]
    child = subprocess.Popen(
        command, cwd=PROJECT_DIR, env=dict(os.environ), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    said = []
    try:
        for line in child.stderr:
            said.append(line)
            if "build_plan" in line:
                break
        deadline = time.monotonic() + 60
        while not running.home.warehouse.exists() and child.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(1)  # into the building of the warehouse, which takes several seconds
    finally:
        child.send_signal(signal.SIGKILL)
        child.communicate()
    assert child.returncode == -signal.SIGKILL, "".join(said)
    assert running.home.warehouse.exists(), "".join(said)
    assert running.version is None
    (running.home.staging / "half-written").mkdir(parents=True, exist_ok=True)

    outcome = running.execute(GOOD_DAYS[0], GOOD_DAYS[-1])

    assert outcome.succeeded, outcome
    assert running.said == ["1 killed run(s) marked as failed"]
    assert not (running.home.staging / "half-written").exists()
    with dg.DagsterInstance.get() as instance:
        assert sorted(run.status.value for run in instance.get_runs()) == ["FAILURE", "SUCCESS"]
    assert running.version == 1
    assert differences(running, good_home) == {}
