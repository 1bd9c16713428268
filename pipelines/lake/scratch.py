"""A scratch home that reads the lake of a real one: built on without a change to what it reads."""

from __future__ import annotations

import shutil

from pipelines.contract import LOGS
from pipelines.home import Home


def link_lake(home: Home, scratch: Home, *, own_log: str = "") -> None:
    """Link the lake of ``home`` into ``scratch`` and copy its control files; the caller holds the home's lock.

    Args:
        home: The home to read.
        scratch: A home without anything; writing its control files leaves those of ``home`` alone.
        own_log: Log whose folder is the scratch home's own, so that parts may be put beside those that are linked.
    """
    shutil.copytree(home.control, scratch.control)
    scratch.staging.mkdir()
    raw = [home.lake / "raw" / log for log in LOGS if log != own_log]
    if own_log:
        (scratch.lake / "raw" / own_log).mkdir(parents=True)
        raw += (home.lake / "raw" / own_log).glob("log_day=*")
    (scratch.lake / "raw").mkdir(exist_ok=True)
    for path in [*raw, *(home.lake / name for name in ("ledger", "quarantine", "predictions", "candidates"))]:
        (scratch.root / path.relative_to(home.root)).symlink_to(path.resolve())
