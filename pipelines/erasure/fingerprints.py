"""Log days whose files an erasure rewrote take their new fingerprint, so that nothing looks newly delivered."""

from __future__ import annotations

from datetime import date

from pipelines.contract import LOGS, Log
from pipelines.home import Home
from pipelines.ingest.landing import delivered_days, fingerprint, landing_files
from pipelines.lake import ledger
from pipelines.settings import Settings


def as_ingested(home: Home, settings: Settings) -> dict[str, str]:
    """Return the recorded fingerprint of every log day whose files are those that were ingested last.

    A day whose files wait to be ingested stays stale: the next run reads what the erasure left of them.
    """
    recorded = {
        (row["log"], row["log_day"]): str(row["fingerprint"])
        for row in ledger.read(home, "deliveries").select(["log", "log_day", "fingerprint"]).to_pylist()
    }
    found = {}
    for log in LOGS.values():
        for day in delivered_days(home, log):
            known = recorded.get((log.name, day))
            if known and known.partition("-")[0] == _of_files(home, settings, log, day):
                found[f"{log.name}/{day}"] = known
    return found


def renamed(home: Home, settings: Settings, before: dict[str, str]) -> dict[str, str]:
    """Return old and new ids of the deliveries whose files have changed since ``as_ingested``."""
    changed = {}
    for log in LOGS.values():
        for day in delivered_days(home, log):
            known = before.get(f"{log.name}/{day}")
            if known is None:
                continue
            files, _, rules = known.partition("-")
            now = _of_files(home, settings, log, day)
            if now != files:
                changed[f"{log.name}/{day}/{known}"] = f"{log.name}/{day}/{now}-{rules}"
    return changed


def _of_files(home: Home, settings: Settings, log: Log, day: date) -> str:
    return fingerprint(landing_files(home, log, day), log, settings).partition("-")[0]
