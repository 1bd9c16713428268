"""A run of the daemon begins in the process that waited for it; one that was killed is noticed; a run can be ended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import dagster as dg
import pytest

from pipelines.cli.instance import prepare_instance
from pipelines.defs import launcher
from pipelines.home import Home
from pipelines.settings import PROJECT_DIR, Settings, get_settings
from pipelines.watch import alive

TAKES = "import sys; print(sys.stdin.readline().strip())"


@dg.op
def nothing() -> None:
    """Do nothing."""


JOB = dg.GraphDefinition("quiet", node_defs=[nothing]).to_job()


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("DAGSTER_HOME", "is set below")
    monkeypatch.setenv("GUILDBOOK_HOME", str(tmp_path))
    get_settings.cache_clear()
    prepare_instance(Home(tmp_path), Settings(home=tmp_path))
    return Home(tmp_path)


@pytest.fixture
def instance(home):
    with dg.DagsterInstance.get() as instance:
        yield instance


@pytest.fixture
def started(monkeypatch) -> list[subprocess.Popen[str]]:
    """Processes that were started to wait; they print what they are handed."""
    processes: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        command = [sys.executable, "-c", TAKES]
        processes.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        return processes[-1]

    monkeypatch.setattr(launcher, "_start", start)
    yield processes
    for process in processes:
        process.kill()
        if process.stdin is not None and not process.stdin.closed:
            process.stdin.close()
        process.wait()


class Launch:
    """What Dagster hands to a launcher."""

    def __init__(self, run: dg.DagsterRun, origin: Any = "where the code is") -> None:
        self.dagster_run, self.job_code_origin = run, origin


@pytest.fixture
def launch(instance, monkeypatch):
    def begin() -> str:
        run = instance.create_run_for_job(JOB, status=dg.DagsterRunStatus.STARTING)
        instance.run_launcher.launch_run(Launch(run))
        return run.run_id

    class Arguments:
        def __init__(self, origin: Any, run_id: str, ref: Any) -> None:
            self.run_id = run_id

        def get_command_args(self) -> list[str]:
            return ["python", "-m", "dagster", "api", "execute_run", self.run_id]

    monkeypatch.setattr(launcher, "ExecuteRunArgs", Arguments)
    return begin


def handed(process: subprocess.Popen[str]) -> list[str]:
    return json.loads(process.stdout.read())


def until(holds: Callable[[], bool]) -> None:
    """Wait for what another thread does."""
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_run_goes_to_the_process_that_waits_and_the_next_one_begins_to_once_it_is_over(instance, launch, started):
    first = launch()
    until(lambda: len(started) == 2)
    assert started[0].poll() is not None
    second = launch()
    assert [handed(process) for process in started[:2]] == [["api", "execute_run", one] for one in (first, second)]
    for run_id, process in zip((first, second), started, strict=False):
        assert instance.get_run_by_id(run_id).tags[launcher.PROCESS] == str(process.pid)


def test_while_a_run_goes_on_nothing_is_imported_for_the_next_one(instance, launch, started, monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "TAKES", f"{TAKES}; import time; time.sleep(60)")
    launch()
    time.sleep(0.3)
    assert len(started) == 1
    instance.run_launcher.dispose()
    started[0].kill()
    time.sleep(0.3)
    assert len(started) == 1


def test_one_that_was_killed_while_it_waited_is_replaced(launch, started):
    launch()
    until(lambda: len(started) == 2)
    started[1].kill()
    started[1].wait()
    run_id = launch()
    assert handed(started[2]) == ["api", "execute_run", run_id]


def test_a_run_is_interrupted(home, instance, launch, started):
    run_id = launch()
    # A shell that starts something in the background has it ignore interrupts, and what that starts inherits it.
    heeds = "import signal, time; signal.signal(signal.SIGINT, signal.default_int_handler)"
    process = subprocess.Popen(
        [sys.executable, "-c", f"{heeds}; print('up', flush=True); time.sleep(60)"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "up\n"
    instance.add_run_tags(run_id, {launcher.PROCESS: str(process.pid)})
    with alive.marked(home, run_id):
        assert instance.run_launcher.terminate(run_id)
    assert process.wait() in (-signal.SIGINT, 130, 1)
    assert instance.get_run_by_id(run_id).status is dg.DagsterRunStatus.CANCELING


def test_what_is_no_longer_the_runs_process_is_left_alone(home, instance, launch, started):
    """Its number may be another's by now: the mark of a dead run says so."""
    run_id = launch()
    instance.add_run_tags(run_id, {launcher.PROCESS: str(os.getpid())})
    mark = home.dagster / "alive" / f"{run_id}.lock"
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()
    assert not instance.run_launcher.terminate(run_id)


IMPORTED = """
import sys
from pipelines.defs import waiting
waiting.main()
print(sorted(name for name in sys.modules if name.split(".")[0] in ("pipelines", "models", "expectations")))
"""


def python(*words: str, said: str) -> str:
    command = [sys.executable, "-W", "ignore", *words]
    return subprocess.run(command, cwd=PROJECT_DIR, input=said, capture_output=True, text=True, check=True).stdout


@pytest.mark.slow
def test_the_waiting_process_imports_nothing_of_guildbook():
    """Settings and code that change while it waits count for the run."""
    assert python("-c", IMPORTED, said="") == "['pipelines', 'pipelines.defs', 'pipelines.defs.waiting']\n"


@pytest.mark.slow
def test_the_waiting_process_becomes_a_command_of_dagster():
    assert "dagster, version" in python("-m", "pipelines.defs.waiting", said='["--version"]\n')
