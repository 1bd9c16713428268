"""One run at a time on one home folder: the lock that whoever opens the warehouse holds, and a run's start."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from pipelines.contract import LOGS
from pipelines.lake import ledger, manifest
from pipelines.lake.files import sweep_staging
from pipelines.warehouse.sources import ensure_sources

if TYPE_CHECKING:
    from pipelines.home import Home
    from pipelines.settings import Settings


class DiskFullError(RuntimeError):
    """Less disk is free than a run needs."""


@contextmanager
def hold(home: Home, *, on_wait: Callable[[str], None] | None = None, timeout: float = -1) -> Iterator[None]:
    """Hold the home's lock; the system lets go of it when the process dies, however it dies.

    Args:
        home: Home folder of the community.
        on_wait: Called once with a sentence if another run holds the lock.
        timeout: Seconds to wait; negative waits for ever.

    Raises:
        filelock.Timeout: Another run still holds the lock.
    """
    home.root.mkdir(parents=True, exist_ok=True)
    lock = FileLock(home.lock, mode=0o600, is_singleton=True, thread_local=False)  # so that a run may hold it twice
    try:
        lock.acquire(timeout=0)
    except Timeout:
        if on_wait:
            on_wait(f"another run holds {home.lock}; waiting for it to end")
        lock.acquire(timeout=timeout)
    try:
        yield
    finally:
        lock.release()


def prepare(home: Home, settings: Settings) -> None:
    """Begin a run, holding the lock: check the disk, heal what a killed run left, make sure that every source exists.

    Raises:
        DiskFullError: Less is free than ``GUILDBOOK_MIN_FREE_DISK_GB``; nothing was written.
    """
    check_disk(home, settings)
    sweep_staging(home)
    ledger.tidy(home)
    manifest.finish_moves(home, list(LOGS))
    ensure_sources(home)


def check_disk(home: Home, settings: Settings) -> None:
    """Raise ``DiskFullError`` where less is free than ``GUILDBOOK_MIN_FREE_DISK_GB``."""
    home.root.mkdir(parents=True, exist_ok=True)
    free_gb = shutil.disk_usage(home.root).free / 1e9
    if free_gb < settings.min_free_disk_gb:
        raise DiskFullError(
            f"{free_gb:.1f} GB are free at {home.root}, a run wants {settings.min_free_disk_gb:g} GB: "
            "free some disk, or lower GUILDBOOK_MIN_FREE_DISK_GB"
        )
