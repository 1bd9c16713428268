"""How a run begins: is there room, and what did a killed one leave? Whoever calls this holds the home's lock."""

from __future__ import annotations

import shutil

from pipelines import files
from pipelines.connectors.leftovers import sweep_imports
from pipelines.contract import LOGS
from pipelines.erasure.run import resume
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.lake import ledger, manifest, pending, versions
from pipelines.lake.delivery import rename_former
from pipelines.lake.staging import sweep_staging
from pipelines.metrics.targets import read_targets
from pipelines.restating import restatements
from pipelines.settings import Settings
from pipelines.warehouse.sources import ensure_sources


class DiskFullError(UserError):
    """Less disk is free than a run needs."""


def prepare(home: Home, settings: Settings) -> None:
    """Begin a run, holding the lock: check the disk, heal what a kill left, make sure that every source exists.

    Raises:
        DiskFullError: Less is free than ``GUILDBOOK_MIN_FREE_DISK_GB``; nothing was written.
        SettingsError: A target is none that a metric can have.
    """
    check_disk(home, settings)
    if settings.targets:
        read_targets(settings)
    finish_erasure(home, settings)
    sweep_staging(home)
    sweep_imports(home.landing)
    versions.sweep(home)
    for folder in (home.messages, home.exports, home.control, home.last_run, home.versions, home.fetched):
        files.sweep(folder)
    ledger.tidy(home)
    versions.drop_unpublished(home, ledger.read(home, "publications")["version"].to_pylist())
    manifest.finish_moves(home, list(LOGS))
    ensure_sources(home)
    if settings.engine == "spark":  # which takes what lies beside parts for parts, by its name of before
        rename_former(home)
    if pending.due(home, "publications").num_rows:  # a run died as it put it up
        versions.settle(home, kept=settings.publications_kept)
    for name in ("publications", restatements.LEDGER):
        pending.commit(home, name)


def finish_erasure(home: Home, settings: Settings) -> None:
    """Finish an erasure that was broken off before anything else is read or written."""
    if home.erasure_journal.exists():
        resume(home, settings)


def check_disk(home: Home, settings: Settings) -> None:
    """Raise ``DiskFullError`` where less is free than ``GUILDBOOK_MIN_FREE_DISK_GB``."""
    home.root.mkdir(parents=True, exist_ok=True)
    free_gb = shutil.disk_usage(home.root).free / 1e9
    if free_gb < settings.min_free_disk_gb:
        raise DiskFullError(
            f"{free_gb:.1f} GB are free at {home.root}, a run wants {settings.min_free_disk_gb:g} GB: "
            "free some disk, or lower GUILDBOOK_MIN_FREE_DISK_GB"
        )
