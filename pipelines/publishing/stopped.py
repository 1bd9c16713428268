"""What a stopped run leaves for people: its page, beside the publication that stays up and in the home folder."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pipelines.contract import LOGS
from pipelines.files import write_text
from pipelines.gates import verdicts
from pipelines.home import Home
from pipelines.ingest.refusals import reasons_of_run
from pipelines.lake import ledger, manifest, versions
from pipelines.report.sections.cures import cures
from pipelines.report.stopped import StoppedRun, render_stopped
from pipelines.settings import Settings

PAGE = "last_run.html"
"""Name of the page beside those of the publication that is up, which link to it."""

_SHOWN = 60


def stopping_verdict(home: Home, run_id: str, last_day: date | None) -> dict[str, Any] | None:
    """Return the verdict that stopped a run; None where no gate did.

    Of the deliveries that of ``last_day``, the run's last log day, can stop it, and any of a log that names who was
    active, while nothing of it was accepted: another one is only withheld.
    """
    never_accepted = {log.name for log in LOGS.values() if log.person} - manifest.accepted_logs(home)
    for row in verdicts.blocking(home, run_id):
        if row["gate"] != "deliveries" or row["day"] == last_day or row["table_name"] in never_accepted:
            return row  # what failed after it may follow from it
    return None


def write_stopped(
    home: Home, settings: Settings, *, run_id: str, stopped_at: datetime, failed_gate: str, reason: str
) -> Path:
    """Write the page of a run that stopped and return it; a copy lies beside the pages that are up."""
    number = versions.current(home)
    last = ledger.rows(home, "publications", version=number)
    failed = sorted(ledger.rows(home, "gate_results", run_id=run_id, is_passed=False), key=_place)
    run = StoppedRun(
        community=settings.title,
        timezone=settings.timezone,
        language=settings.language,
        run_id=run_id,
        stopped_at=stopped_at,
        through_day=last[-1]["through_day"] if last else None,
        failed_gate=failed_gate,
        reason=reason,
        cures=cures(sorted(verdicts.blocking(home, run_id), key=_place), failed_gate),
        refused=tuple(reasons_of_run(home, run_id)),
        verdicts=tuple(failed[:_SHOWN]),
        read=tuple(_read(home, run_id)[-_SHOWN:]),
    )
    html = render_stopped(run)
    page = home.last_run / "index.html"
    write_text(page, html)
    if number is not None:
        write_text(home.versions / str(number) / "site" / PAGE, html)
    return page


def forget_stopped(home: Home) -> None:
    """Remove the page of an earlier run that stopped, and its copy beside the pages: a later one came to its end."""
    shutil.rmtree(home.last_run, ignore_errors=True)
    if (number := versions.current(home)) is not None:
        (home.versions / str(number) / "site" / PAGE).unlink(missing_ok=True)


def _place(row: dict[str, Any]) -> tuple[str, str, str]:
    """Where a verdict stands on the page."""
    return row["severity"], row["table_name"], str(row["day"])


def _read(home: Home, run_id: str) -> list[dict[str, Any]]:
    """Counts of each log day that the run read."""
    days: dict[tuple[str, date], dict[str, Any]] = {}
    for row in ledger.rows(home, "deliveries", run_id=run_id):
        nothing = {"delivered": 0, "accepted": 0, "quarantined": 0, "rejected": 0}
        day = days.setdefault((row["log"], row["log_day"]), nothing)
        for name in ("delivered", "accepted", "quarantined"):
            day[name] += row[name] or 0
        day["rejected"] += row["status"] == "rejected"
    by_day = sorted(days.items(), key=lambda one: one[0][1])
    return [{"log": log, "log_day": day} | counts for (log, day), counts in by_day]
