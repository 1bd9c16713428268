"""A process with everything imported: each piece of work is done in a fork of it, as in a fresh one, seconds sooner.

    python -m tests.torture.forking MODULE …

imports the modules, calls those written ``MODULE:FUNCTION``, takes one piece of work a line on standard input, as JSON,
does it in a child, and answers with a line: how the child ended, and what the work returned.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import IO, Any


@dataclass(frozen=True)
class Ended:
    """How a child ended: below zero, the signal that ended it; what its work returned, or the words of its error."""

    code: int
    answer: Any
    error: str = ""


class Template:
    """The process; it ends with the one that started it, and what is being done in it ends too."""

    def __init__(self, libraries: Iterable[str], settings: Mapping[str, str]) -> None:
        """Start it.

        Args:
            libraries: Modules that are imported before the first fork, ``MODULE:FUNCTION`` where one is called too.
            settings: More variables of the environment.
        """
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", __name__, *libraries],
            env=os.environ | settings,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        atexit.register(self._kill)

    def do(self, work: Callable[..., Any], **given: Any) -> Ended:
        """Have a function of a module done in a fork, with what JSON can say, and wait for its end."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        task = {"work": f"{work.__module__}:{work.__qualname__}", "given": given}
        self._process.stdin.write(json.dumps(task) + "\n")
        self._process.stdin.flush()
        if not (line := self._process.stdout.readline()):
            raise RuntimeError("the process that is forked is gone")
        return Ended(**json.loads(line))

    def _kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)


def main() -> None:
    """Import, and fork a child for each piece of work until there is none."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for name in sys.argv[1:]:
        _bring(name)
    for line in sys.stdin:
        with tempfile.TemporaryFile() as said:  # a pipe would end with the child's own children
            if (child := os.fork()) == 0:
                sys.stdin.close()
                _in_child(**json.loads(line), said=said)
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            said.seek(0)
            answers.write(json.dumps({"code": code, "answer": None} | json.loads(said.read() or "{}")) + "\n")
        answers.flush()


def _bring(name: str) -> None:
    module, _, function = name.partition(":")
    found = import_module(module)
    if function:
        getattr(found, function)()


def _in_child(work: str, given: dict[str, Any], said: IO[bytes]) -> None:
    try:
        module, _, name = work.partition(":")
        found = {"answer": getattr(import_module(module), name)(**given)}
    except BaseException:
        found = {"error": traceback.format_exc()}
    try:
        said.write(json.dumps(found).encode())
        said.flush()
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
