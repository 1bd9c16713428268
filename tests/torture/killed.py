"""One command on one home, in a fork that dies where it is told to."""

from __future__ import annotations

import os
import sys
import traceback
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from pipelines import clock
from pipelines.cli import app
from pipelines.settings import get_settings
from tests.torture import kill_plain
from tests.torture.forking import Template
from tests.torture.kill_points import die, watch

LIGHT = ("duckdb", "pyarrow.parquet", "pipelines.cli", "tests.torture.killed")
"""What commands import that run no job."""

JOB = (
    "great_expectations", "dagster", "pandas", "scipy.stats", "skops.io", "sklearn.compose",
    "sklearn.ensemble", "sklearn.impute", "sklearn.linear_model", "sklearn.neighbors", "sklearn.svm",
    "expectations.library", "models.train", "models.score", "models.artifacts", "pipelines.cli.run",
    "pipelines.retention.lists", "pipelines.definitions", *LIGHT,
)  # fmt: skip
"""What a run of the job imports."""


@cache
def _template(libraries: tuple[str, ...], settings: tuple[tuple[str, str], ...]) -> Template:
    return Template(libraries, {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"} | dict(settings))


def command(*, libraries: tuple[str, ...], settings: dict[str, str], **given: Any) -> int:
    """Do a command in a fork as ``carry_out`` does, and return its exit code: below zero, the signal that ended it."""
    ended = _template(libraries, tuple(sorted(settings.items()))).do(carry_out, **given)
    assert not ended.error, ended.error
    return ended.code or int(ended.answer)


def carry_out(
    words: list[str], home: str, said: str, now: str, at: str = "", after_ms: float = 0, points: str = ""
) -> int:
    """Do a command in this process and return its exit code.

    Args:
        words: The words after ``guildbook``; after ``plain``, a function of ``kill_plain`` and its arguments.
        home: The home folder.
        said: File that gets what the command says.
        now: What the clock says at its first reading; it is a second later at each further one.
        at: The point at which it dies; it lives where there is none.
        after_ms: How long after that point.
        points: File that gets every point, one a line, where it is wanted.
    """
    out = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.environ |= {"GUILDBOOK_HOME": home, "DAGSTER_HOME": f"{home}/dagster"}
    get_settings.cache_clear()
    moment = [datetime.fromisoformat(now).replace(tzinfo=UTC)]

    def ticking() -> datetime:
        moment[0] += timedelta(seconds=1)
        return moment[0]

    clock.now = ticking
    if "dagster" in sys.modules:
        from pipelines.watch import guard  # noqa: PLC0415

        guard.guarded = lambda *_: nullcontext()  # it would see to the dead run at a time of its own
    reached: Any = None
    if points:
        lines = Path(points).open("a", encoding="utf-8")  # noqa: SIM115 - as long as the process lives

        def reached(point: str) -> None:
            lines.write(f"{point}\n")
            lines.flush()

    elif at:

        def reached(point: str) -> None:
            if point == at:
                die(after_ms)

    if reached:
        watch(Path(home), reached)
    try:
        if words[0] == "plain":
            getattr(kill_plain, words[1])(*words[2:])
        else:
            app(words)
    except SystemExit as ended:
        return int(ended.code or 0) if isinstance(ended.code, int | None) else 1
    except BaseException:
        traceback.print_exc()
        return 70
    finally:
        sys.stdout.flush()
    return 0
