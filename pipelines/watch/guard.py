"""The guard of a run: a process of its own that ends the run at its time limit and sees to it if it was killed.

A run that hangs or was stopped cannot end itself. The guard waits at the end of a pipe: the run says there that it is
through, and the system closes it when the run's process dies.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.home import Home
from pipelines.watch import alive

if TYPE_CHECKING:
    from pipelines.settings import Settings

_THROUGH = b"through\n"
_CURE = "the next run does its work; GUILDBOOK_MAX_RUN_HOURS says how long one may take"
_LOOK_SECONDS = 5.0
_LOCK_SECONDS = 60.0
"""How long the guard waits for the home's lock once the run is dead; whoever holds it then finds the run himself."""


@contextmanager
def guarded(home: Home, settings: Settings, run_id: str) -> Iterator[None]:
    """Have this process guarded while it does the run: killed at its time limit, and seen to if it dies before."""
    command = [sys.executable, "-m", __name__, str(home.root), run_id, str(os.getpid())]
    command.append(str(settings.max_run_hours * 3600))
    with subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True) as process:  # noqa: S603
        assert process.stdin is not None
        try:
            yield
        finally:
            with suppress(BrokenPipeError):
                process.stdin.write(_THROUGH)
                process.stdin.flush()


def main(home: Home, run_id: str, parent: int, seconds: float) -> None:
    """Watch the process ``parent`` until it is through, is gone, or its time is over."""
    ending = _wait(parent, seconds)
    if ending is _THROUGH:
        return
    if ending is None:
        alive.say_why(home, run_id, f"it took longer than {_said(seconds)} and was ended; {_CURE}")
        with suppress(ProcessLookupError):
            os.kill(parent, signal.SIGKILL)
        while os.getppid() == parent:
            time.sleep(0.05)
    _see_to(home)


def _wait(parent: int, seconds: float) -> bytes | None:
    """Return what the run said last, nothing if it died, None if its time is over."""
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        if os.getppid() != parent:
            return b""
        if select.select([sys.stdin.fileno()], [], [], min(left, _LOOK_SECONDS))[0]:
            return _THROUGH if os.read(sys.stdin.fileno(), len(_THROUGH)) else b""
    return None


def _see_to(home: Home) -> None:
    """Fail the dead run in Dagster's history and tell the pages and the operator."""
    import dagster as dg  # noqa: PLC0415 - what a guard seldom needs takes seconds to import
    from filelock import Timeout  # noqa: PLC0415

    from pipelines import lock  # noqa: PLC0415
    from pipelines.settings import get_settings  # noqa: PLC0415
    from pipelines.watch.dead import fail_dead_runs  # noqa: PLC0415

    with suppress(Timeout), lock.hold(home, timeout=_LOCK_SECONDS), dg.DagsterInstance.get() as instance:
        for dead in fail_dead_runs(home, get_settings(), instance):
            sys.stderr.write(f"{dead}\n")


def _said(seconds: float) -> str:
    return f"{seconds / 3600:g} hours" if seconds >= 3600 else f"{seconds:g} seconds"


if __name__ == "__main__":
    main(Home(Path(sys.argv[1])), sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
