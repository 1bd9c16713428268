"""Commands in processes that are forked from one with everything imported: as fresh ones, seconds sooner.

    python -m tests.torture.warm

takes one task after another as a line of JSON on standard input, does each in a child, and answers with the child's
exit code: below zero, the signal that ended it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

LIGHT = ("duckdb", "pyarrow.parquet", "pipelines.cli", "tests.torture.kill_points", "tests.torture.kill_plain")
"""What commands import that run no job."""

JOB = (
    "great_expectations", "dagster", "pandas", "scipy.stats", "skops.io", "sklearn.compose",
    "sklearn.ensemble", "sklearn.impute", "sklearn.linear_model", "sklearn.neighbors", "sklearn.svm",
    "expectations.library", "models.train", "models.score", "models.artifacts", "pipelines.cli.run",
    "pipelines.retention.lists", "pipelines.definitions", *LIGHT,
)  # fmt: skip
"""What a run of the job imports."""


@dataclass(frozen=True)
class Task:
    """One command on one home.

    Attributes:
        words: the words after ``guildbook``; after ``plain``, a function of ``kill_plain`` and its arguments.
        home: the home folder.
        settings: more variables of the environment.
        libraries: what is imported before the fork.
        now: what the clock says at its first reading; it is a second later at each further one.
        said: file that gets what the command says.
        at: the point at which it dies; it lives where there is none.
        after_ms: how long after that point.
        points: file that gets every point, one a line, where it is wanted.
    """

    words: tuple[str, ...]
    home: str
    settings: dict[str, str]
    libraries: tuple[str, ...]
    now: str
    said: str
    at: str = ""
    after_ms: float = 0
    points: str = ""


@cache
def _process(settings: str, libraries: tuple[str, ...]) -> subprocess.Popen[str]:
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"} | dict(json.loads(settings))
    command = [sys.executable, "-W", "ignore", "-m", __name__, *libraries]
    return subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def begin(task: Task) -> subprocess.Popen[str]:
    """Start a task; ``end`` waits for it."""
    process = _process(json.dumps(task.settings, sort_keys=True), task.libraries)
    assert process.stdin is not None
    process.stdin.write(json.dumps(asdict(task)) + "\n")
    process.stdin.flush()
    return process


def end(process: subprocess.Popen[str]) -> int:
    """Wait for the task that was begun and return its exit code."""
    assert process.stdout is not None
    return int(process.stdout.readline())


def main() -> None:
    """Import, and fork a child for each task."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for name in sys.argv[1:]:
        import_module(name)
    for line in sys.stdin:
        task = json.loads(line)
        child = os.fork()
        if child == 0:
            os._exit(_carry_out(Task(**task)))
        answers.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        answers.flush()


def _carry_out(task: Task) -> int:
    from contextlib import nullcontext  # noqa: PLC0415

    from pipelines import clock  # noqa: PLC0415
    from pipelines.cli import app  # noqa: PLC0415
    from pipelines.settings import get_settings  # noqa: PLC0415
    from tests.torture.kill_points import die, watch  # noqa: PLC0415

    out = os.open(task.said, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.environ |= {"GUILDBOOK_HOME": task.home, "DAGSTER_HOME": f"{task.home}/dagster"}
    get_settings.cache_clear()
    moment = [datetime.fromisoformat(task.now).replace(tzinfo=UTC)]

    def ticking() -> datetime:
        moment[0] += timedelta(seconds=1)
        return moment[0]

    clock.now = ticking
    if "dagster" in sys.modules:
        from pipelines.watch import guard  # noqa: PLC0415

        guard.guarded = lambda *_: nullcontext()  # it would see to the dead run at a time of its own
    reached: Any = None
    if task.points:
        points = Path(task.points).open("a", encoding="utf-8")  # noqa: SIM115 - as long as the process lives

        def reached(point: str) -> None:
            points.write(f"{point}\n")
            points.flush()

    elif task.at:

        def reached(point: str) -> None:
            if point == task.at:
                die(task.after_ms)

    if reached:
        watch(Path(task.home), reached)
    try:
        if task.words[0] == "plain":
            from tests.torture import kill_plain  # noqa: PLC0415

            getattr(kill_plain, task.words[1])(*task.words[2:])
        else:
            app(list(task.words))
    except SystemExit as ended:
        return int(ended.code or 0) if isinstance(ended.code, int | None) else 1
    except BaseException:
        import traceback  # noqa: PLC0415

        traceback.print_exc()
        return 70
    finally:
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    main()
