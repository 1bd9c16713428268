"""Which log days changed since they were last ingested, and why: by their files, the rules, and the parts in place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from pipelines.contract import Log
from pipelines.home import Home
from pipelines.ingest.landing import LandingFile, fingerprint, is_delivered, landing_files
from pipelines.lake import ledger
from pipelines.lake.delivery import read_delivery
from pipelines.lake.seal import DamagedError, check
from pipelines.settings import Settings


def changed_days(home: Home, settings: Settings, log: Log, days: Sequence[date]) -> dict[date, str]:
    """Return the days that ``ingest_days`` would ingest, in order, each with the reason; reads no file of theirs."""
    looked = look_for_changes(home, settings, log, days, last_deliveries(home, log) if days else {})
    return {log_day: change for log_day, _, change in looked if change}


def look_for_changes(
    home: Home, settings: Settings, log: Log, days: Iterable[date], recorded: dict[date, list[dict[str, Any]]]
) -> Iterator[tuple[date, list[LandingFile], str]]:
    """Yield the days that are or were delivered, their files and why to ingest them (empty if unchanged)."""
    for log_day in sorted(set(days)):
        files = landing_files(home, log, log_day, settings)
        is_there = is_delivered(home, log.name, log_day)
        if is_there or log_day in recorded:
            yield log_day, files, _change(home, settings, log, log_day, files, recorded.get(log_day))


def last_deliveries(home: Home, log: Log) -> dict[date, list[dict[str, Any]]]:
    """Return the rows of each log day's latest delivery; rows of one delivery are appended together."""
    last: dict[date, list[dict[str, Any]]] = {}
    for row in ledger.rows(home, "deliveries", log=log.name):
        known = last.get(row["log_day"])
        if known and known[0]["ingested_at"] == row["ingested_at"] and known[0]["run_id"] == row["run_id"]:
            known.append(row)
        else:
            last[row["log_day"]] = [row]
    return last


def _change(
    home: Home,
    settings: Settings,
    log: Log,
    log_day: date,
    files: list[LandingFile],
    last: list[dict[str, Any]] | None,
) -> str:
    if last is None:
        return "delivered for the first time"
    now, then = fingerprint(files, log, settings), str(last[0]["fingerprint"])
    if now.partition("-")[0] != then.partition("-")[0]:
        return "its files changed" if files else "its files are gone"
    if now.split("-")[2:] != then.split("-")[2:]:
        return "pseudonyms were switched on or off, or their key changed"
    if now != then:
        return "the log contract, the time zone, the community's name or a limit changed"
    return _lacking(home, log, log_day, now)


def _lacking(home: Home, log: Log, log_day: date, expected: str) -> str:
    """Say what a day's part lacks; nothing where the candidate is whole and of the expected files, else the raw part.

    Where power was lost the delivery may be recorded, and the candidate that was made of it gone.
    """
    candidate, quarantine = home.candidate_part(log.name, log_day), home.quarantine_part(log.name, log_day)
    part = candidate if candidate.parent.is_dir() else home.raw_part(log.name, log_day)
    try:
        for path in (part, quarantine) if quarantine.is_file() else (part,):
            check(path)
        delivery = read_delivery(part)
    except FileNotFoundError:
        return "its part is missing"
    except DamagedError:
        return "its part is damaged"
    is_expected = delivery is not None and delivery["fingerprint"] == expected
    return "" if is_expected else "its part is missing"
