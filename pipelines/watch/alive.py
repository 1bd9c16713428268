"""The mark of a run that is at work: a file per run that its process keeps locked for as long as it lives.

The system lets go of a lock when the process dies, however it dies, so the mark is right where a process id would be
that of another process, or of another container.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from pipelines.home import Home


@contextmanager
def marked(home: Home, run_id: str) -> Iterator[None]:
    """Mark a run as alive while its process is in this block; a process may mark the same run twice."""
    path = _mark(home, run_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path, is_singleton=True, thread_local=False)
    with lock:
        try:
            yield
        finally:
            if lock.lock_counter == 1:
                forget(home, run_id)


def is_alive(home: Home, run_id: str) -> bool | None:
    """Whether the process of a run lives; None where the run left no mark, as in its first moments."""
    path = _mark(home, run_id)
    if not path.exists():
        return None
    try:
        FileLock(path).acquire(timeout=0).lock.release()
    except Timeout:
        return True
    return False


def say_why(home: Home, run_id: str, reason: str) -> None:
    """Leave word of why a run is about to be ended."""
    _word(home, run_id).write_text(reason, encoding="utf-8")


def why(home: Home, run_id: str) -> str:
    """Return why a run was ended; empty where nobody left word."""
    with suppress(OSError):
        return _word(home, run_id).read_text(encoding="utf-8")
    return ""


def forget(home: Home, run_id: str) -> None:
    """Remove the mark of a run that came to its end."""
    for path in (_mark(home, run_id), _word(home, run_id)):
        path.unlink(missing_ok=True)


def _mark(home: Home, run_id: str) -> Path:
    return home.dagster / "alive" / f"{os.path.basename(run_id)}.lock"  # noqa: PTH119 - no path


def _word(home: Home, run_id: str) -> Path:
    return _mark(home, run_id).with_suffix(".why")
