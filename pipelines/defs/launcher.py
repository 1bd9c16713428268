"""Where the runs of the daemon happen: in a process that waited for one, with the libraries imported.

Dagster's own launcher starts Python anew for each run, which then imports for seconds. The waiting process has imported
libraries only, nothing of Guildbook and no setting, so a run begins with code and settings as they are by then.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from typing import Any

import dagster as dg
from dagster._grpc.types import ExecuteRunArgs

from pipelines.home import Home
from pipelines.settings import get_settings
from pipelines.watch import alive

PROCESS = "guildbook/process"
"""Tag of a run: the id of its process on this machine."""

_WAITS = "pipelines.defs.waiting"


class WaitingLauncher(dg.DefaultRunLauncher):
    """Launches a run in the process that waits, and starts the next one that does once that run is over."""

    _waiting: subprocess.Popen[str] | None = None
    _is_disposed = False
    _changes = threading.Lock()

    def launch_run(self, context: Any) -> None:  # noqa: ANN401 - its class is private
        """Hand a run to the waiting process; the first one after a start of the daemon waits for its imports."""
        run, origin = context.dagster_run, context.job_code_origin
        if origin is None:
            raise dg.DagsterInvariantViolationError(f"run {run.run_id} does not say where its code is")
        words = ExecuteRunArgs(origin, run.run_id, self._instance.get_ref()).get_command_args()
        process = self._hand_over(json.dumps(list(words[-3:])))
        self._instance.add_run_tags(run.run_id, {PROCESS: str(process.pid)})
        self._instance.report_engine_event(f"Started in process {process.pid}", run, cls=type(self))
        self._run_ids.add(run.run_id)
        threading.Thread(target=self._prepare_next, args=(process,), daemon=True).start()

    def terminate(self, run_id: str) -> bool:
        """Interrupt a run; False where it has ended or its process is gone."""
        run = self._instance.get_run_by_id(run_id)
        if run is None or run.is_finished:
            return False
        self._instance.report_run_canceling(run)
        process = run.tags.get(PROCESS)
        if process is None or alive.is_alive(Home(get_settings().home), run_id) is False:
            return False
        with suppress(ProcessLookupError):
            os.kill(int(process), signal.SIGINT)
            return True
        return False

    def dispose(self) -> None:
        """End the waiting process."""
        with self._changes:
            self._is_disposed = True
            waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.kill()
            waiting.wait()
        super().dispose()

    def _prepare_next(self, process: subprocess.Popen[str]) -> None:
        """Start the next waiting process at the end of a run: its imports would take a core from that run."""
        process.wait()
        with self._changes:
            if self._waiting is None and not self._is_disposed:
                self._waiting = _start()

    def _hand_over(self, task: str) -> subprocess.Popen[str]:
        with self._changes:
            waiting, self._waiting = self._waiting, None
        for process in (waiting or _start(), None):
            taking = process or _start()  # the one that waited may have been killed meanwhile
            assert taking.stdin is not None
            with suppress(BrokenPipeError):
                taking.stdin.write(task + "\n")
                taking.stdin.close()
                if taking.poll() is None:
                    return taking
        raise dg.DagsterInvariantViolationError("a process for a run cannot be started; look at the daemon's log")


def _start() -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-W", "ignore", "-m", _WAITS], stdin=subprocess.PIPE, text=True)  # noqa: S603
