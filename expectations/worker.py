"""Great Expectations in a process of its own: its import takes seconds, which pass beside what the run does meanwhile.

    python -m expectations.worker

answers the tasks that come on standard input, pickled, until that ends: with the process that started it.
"""

from __future__ import annotations

import atexit
import pickle
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, cast

if TYPE_CHECKING:
    import pandas as pd

    from expectations.rule import Rule

_LIBRARY = "great_expectations"
_running: list[subprocess.Popen[bytes]] = []


def start() -> None:
    """Start the process, unless it runs or the library is here already. Does not wait."""
    if _running or _LIBRARY in sys.modules:
        return
    command = [sys.executable, "-W", "ignore", "-m", __name__]
    _running.append(
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: S603
    )
    atexit.register(stop)


def stop() -> None:
    """End the process, if it runs."""
    while _running:
        process = _running.pop()
        process.kill()
        process.communicate()


def failing_rows(table_name: str, rules: Sequence[Rule], frame: pd.DataFrame) -> dict[Rule, set[int]]:
    """Return the rows on which each rule fails: as the process says where it runs, else worked out here.

    Raises:
        RuntimeError: A suite could not be evaluated.
    """
    if _running:
        with suppress(OSError, EOFError, pickle.UnpicklingError):  # it was killed; then it is done here
            return _asked(_running[0], (table_name, rules, frame))
        stop()
    from expectations import library  # noqa: PLC0415 - takes seconds

    return library.failing_rows(table_name, rules, frame)


def _asked(process: subprocess.Popen[bytes], task: object) -> dict[Rule, set[int]]:
    pickle.dump(task, cast("BinaryIO", process.stdin))
    cast("BinaryIO", process.stdin).flush()
    found, error = pickle.load(cast("BinaryIO", process.stdout))  # noqa: S301 - from our own process
    if error:
        raise RuntimeError(error)
    return cast("dict[Rule, set[int]]", found)


def _answer(tasks: BinaryIO, answers: BinaryIO) -> None:
    from expectations import library  # noqa: PLC0415 - this is what the process is for

    with suppress(EOFError):
        while True:
            task = pickle.load(tasks)  # noqa: S301 - from the process that started this one
            try:
                answer = (library.failing_rows(*task), "")
            except Exception as error:
                answer = ({}, str(error))
            pickle.dump(answer, answers)
            answers.flush()


if __name__ == "__main__":
    pipe, sys.stdout = sys.stdout.buffer, sys.stderr  # what a library prints is no answer
    _answer(sys.stdin.buffer, pipe)
