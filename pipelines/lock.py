"""One run at a time on one home folder: the lock that whoever opens the warehouse holds."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from pipelines import clock
from pipelines.home import Home


@dataclass(frozen=True)
class Holder:
    """Who holds a home's lock, as it wrote itself down: its process, what it does, and since when."""

    pid: int
    what: str
    since: datetime

    def __str__(self) -> str:
        """The holder in words."""
        return f"{self.what} (process {self.pid}, since {self.since:%Y-%m-%d %H:%M} UTC)"

    @property
    def is_there(self) -> bool:
        """Whether a process of that number lives."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True


@contextmanager
def hold(
    home: Home,
    *,
    on_wait: Callable[[str], None] | None = None,
    timeout: float = -1,
    what: str = "another command",
) -> Iterator[None]:
    """Hold the home's lock; the system lets go of it when the process dies, however it dies.

    Args:
        home: Home folder of the community.
        on_wait: Called once with a sentence if another run holds the lock.
        timeout: Seconds to wait; negative waits for ever.
        what: What it is held for, in words for whoever has to wait; no id of anybody.

    Raises:
        filelock.Timeout: Another run still holds the lock.
    """
    home.root.mkdir(parents=True, exist_ok=True)
    lock = FileLock(home.lock, mode=0o600, is_singleton=True, thread_local=False)  # so that a run may hold it twice
    try:
        lock.acquire(timeout=0)
    except Timeout:
        if on_wait:
            on_wait(f"{holder(home) or 'somebody else'} holds {home.lock}; waiting for it to end")
        lock.acquire(timeout=timeout)
    try:
        if lock.lock_counter == 1:
            _write_holder(home, Holder(os.getpid(), what, clock.now()))
        yield
    finally:
        if lock.lock_counter == 1:
            with suppress(OSError):
                _holder_file(home).unlink()
        lock.release()


def holder(home: Home) -> Holder | None:
    """Return who holds the lock; None where it is free, or its holder has not yet written itself down."""
    return last_holder(home) if is_held(home) else None


def last_holder(home: Home) -> Holder | None:
    """Return who wrote itself down as the holder and was not there to take it back; None where nobody did."""
    try:
        return Holder(
            **(said := json.loads(_holder_file(home).read_text())) | {"since": datetime.fromisoformat(said["since"])}
        )
    except (OSError, ValueError, TypeError, KeyError):
        return None


def is_held(home: Home) -> bool:
    """Whether a process holds the lock, this one too; a lock that may not even be opened counts as free."""
    try:
        if home.lock.exists():
            FileLock(home.lock).acquire(timeout=0).lock.release()
    except Timeout:
        return True
    except OSError:
        return False
    return False


def _write_holder(home: Home, one: Holder) -> None:
    """Write down who holds the lock; where that cannot be written, the lock holds all the same."""
    with suppress(OSError):
        said = {"pid": one.pid, "what": one.what, "since": one.since.isoformat()}
        _holder_file(home).write_text(json.dumps(said))


def _holder_file(home: Home) -> Path:
    return home.lock.with_name(".lock_holder")
