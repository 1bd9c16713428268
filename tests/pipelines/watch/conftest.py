"""A home with Dagster's history in it, and a process that is at work on a run there."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import dagster as dg
import pytest
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin

from pipelines.cli.instance import prepare_instance
from pipelines.home import Home
from pipelines.settings import PROJECT_DIR, Settings, get_settings
from pipelines.warehouse.dbt import ensure_manifest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ensure_manifest()  # the definitions read dbt's manifest when they are imported

AT_WORK = """
import sys
from pathlib import Path
from pipelines import lock
from pipelines.home import Home
from pipelines.settings import get_settings
from pipelines.watch import alive, guard

settings = get_settings()
home, run_id, holds = Home(settings.home), sys.argv[1], sys.argv[2]
with alive.marked(home, run_id):
    if holds == "mark":
        print("at work", flush=True)
        sys.stdin.read()
    else:
        with lock.hold(home, what="a run of this test"), guard.guarded(home, settings, run_id):
            print("at work", flush=True)
            sys.stdin.read()
"""


@dg.op
def nothing() -> None:
    """Do nothing."""


_PLACE = RegisteredCodeLocationOrigin("guildbook")
_ORIGIN = RemoteJobOrigin(RemoteRepositoryOrigin(_PLACE, "guildbook"), "quiet")
"""Where the daemon finds the job of a run in its queue."""

JOB = dg.GraphDefinition("quiet", node_defs=[nothing]).to_job()


class Watched:
    """A home, Dagster's instance in it, and what was said of runs there."""

    def __init__(self, home: Home, instance: dg.DagsterInstance) -> None:
        self.home, self.settings, self.instance = home, get_settings(), instance
        self.alerts_file = home.root.with_name("alerts.jsonl")

    def run(self, status: dg.DagsterRunStatus = dg.DagsterRunStatus.STARTED) -> str:
        """A run that stands in Dagster's history as it would be left."""
        origin = _ORIGIN if status is dg.DagsterRunStatus.QUEUED else None
        return self.instance.create_run_for_job(JOB, status=status, remote_job_origin=origin).run_id

    def status(self, run_id: str) -> str:
        run = self.instance.get_run_by_id(run_id)
        assert run is not None
        return run.status.value

    def alerts(self) -> list[dict[str, Any]]:
        text = self.alerts_file.read_text(encoding="utf-8") if self.alerts_file.exists() else ""
        return [json.loads(line) for line in text.splitlines() if line]


@pytest.fixture(scope="session")
def no_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which Dagster has made its databases and nothing was run; not to be changed."""
    root = tmp_path_factory.mktemp("no_runs") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", "is set below")
        prepare_instance(Home(root), Settings(home=root))
        with dg.DagsterInstance.get() as instance:
            assert instance.get_runs_count() == 0
    return root


@pytest.fixture
def watched(no_runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    root = shutil.copytree(no_runs, tmp_path / "home")
    monkeypatch.setenv("GUILDBOOK_HOME", str(root))
    monkeypatch.setenv("GUILDBOOK_ALERT_COMMAND", f"(cat; echo) >> '{tmp_path / 'alerts.jsonl'}'")
    monkeypatch.setenv("GUILDBOOK_MAX_RUN_HOURS", str(2 / 3600))
    monkeypatch.setenv("DAGSTER_HOME", "is set below")
    prepare_instance(Home(root), get_settings())
    with dg.DagsterInstance.get() as instance:
        yield Watched(Home(root), instance)


class AtWork:
    """Starts processes that work on a run, and ends what a test leaves of them."""

    def __init__(self) -> None:
        self.processes: list[subprocess.Popen[str]] = []

    def __call__(self, run_id: str, holds: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", AT_WORK, run_id, holds],
            cwd=PROJECT_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.processes.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "at work\n"
        return process


@pytest.fixture
def at_work() -> Iterator[AtWork]:
    starts = AtWork()
    yield starts
    for process in starts.processes:
        process.send_signal(signal.SIGKILL)
        process.communicate()
