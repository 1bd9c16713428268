"""A process with everything imported, whose disk can be watched: each attempt at an errand is a fork of it.

    python -m tests.torture.forking

takes one task a line on standard input, as JSON, and answers with a line.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import traceback
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from tests.torture import disk

WORDS = sys.__stdout__


@dataclass(frozen=True)
class Watch:
    """How the disk of an attempt is watched; see ``disk.watched``. ``root`` is the home where nothing is said."""

    root: str = ""
    record: str = ""
    how: int = 0
    at: int = -1
    error: int = 0


@dataclass(frozen=True)
class Task:
    """One attempt: ``number`` counts those on a home, each begins an hour after the one before."""

    errand: str
    root: str
    beside: str
    number: int = 0
    watch: Watch | None = None
    settings: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What became of an attempt: exit code, what was said, how many changes of the disk were refused."""

    code: int
    said: list[str]
    n_refused: int = 0


class Template:
    """The process; it ends with the block it was opened for."""

    def __init__(self) -> None:
        """Start it; without what a disk needs to be watched, it runs without."""
        command = [sys.executable, "-W", "ignore", "-m", __name__]
        environment = os.environ | ({} if disk.missing() else disk.preloaded())
        self._process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Self:
        """Use it for a block."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def attempt(self, task: Task) -> Answer:
        """Have one attempt made in a fork, and wait for its end."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asdict(task)) + "\n")
        self._process.stdin.flush()
        if not (line := self._process.stdout.readline()):
            raise RuntimeError("the process of the errands is gone")
        return Answer(**json.loads(line))


def main() -> None:
    """Answer tasks until there are none."""
    from tests.torture import errands, run_home  # noqa: F401, PLC0415 - what attempts need, once for all of them

    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        task = json.loads(line)
        if task["errand"] in ("run", "build run"):
            run_home.bring_libraries()
        come, go = os.pipe()
        if (child := os.fork()) == 0:
            os.close(come)
            sys.stdin.close()
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what Dagster says on the way
            _in_child(task, go)
        os.close(go)
        with os.fdopen(come) as pipe:
            said = pipe.read()
        _, status = os.waitpid(child, 0)
        answers.write((said or json.dumps({"code": -1, "said": [f"the process ended with {status}"]})) + "\n")
        answers.flush()


def _in_child(task: dict[str, Any], go: int) -> None:
    try:
        answer = _attempt(Task(**task | {"watch": Watch(**task["watch"]) if task["watch"] else None}))
        os.write(go, json.dumps(asdict(answer)).encode())
    except BaseException:
        os.write(go, json.dumps({"code": -1, "said": [traceback.format_exc()]}).encode())
    finally:
        os._exit(0)


def _attempt(task: Task) -> Answer:
    from pipelines import clock  # noqa: PLC0415
    from pipelines.privacy import readers  # noqa: PLC0415
    from pipelines.settings import get_settings  # noqa: PLC0415
    from tests.support.mailroom import MORNING  # noqa: PLC0415
    from tests.torture.acknowledged import note_promises  # noqa: PLC0415

    readers.close_umask()
    root, beside = Path(task.root), Path(task.beside)
    os.environ |= task.settings | {"GUILDBOOK_HOME": task.root}
    get_settings.cache_clear()
    readings = iter(range(10**9))
    begun = MORNING + timedelta(hours=task.number)
    clock.now = lambda: begun + timedelta(milliseconds=next(readings))
    watch = task.watch
    if watch is None:
        return Answer(*_do(task.errand, root, beside))
    control = root.with_name(f"{root.name}.control")
    record = Path(watch.record) if watch.record else None
    how = disk.How(watch.how) if watch.how else None
    with disk.watched(Path(watch.root or root), control, record, how=how, at=watch.at, error=watch.error):
        with note_promises(root) if record else nullcontext():
            code, said = _do(task.errand, root, beside)
        if record:
            disk.mark("end")
    return Answer(code, said, disk.n_refused(control))


def _do(name: str, root: Path, beside: Path) -> tuple[int, list[str]]:
    from tests.torture import errands  # noqa: PLC0415

    if name.startswith("build "):
        said: list[str] = []
        return errands.build(name.removeprefix("build "), root, beside, said.append), said
    return errands.attempt(errands.named(name), root, beside)


if __name__ == "__main__":
    main()
