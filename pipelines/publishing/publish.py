"""Publishing what a run built: re-reads the stored verdicts first, so that no other way leads around the gates."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from pipelines import clock
from pipelines.gates import verdicts
from pipelines.home import Home
from pipelines.lake import ledger, pending, versions
from pipelines.privacy import readers
from pipelines.publishing.database import copy_marts
from pipelines.publishing.stopped import forget_stopped
from pipelines.reading import sums
from pipelines.report.context import site_context
from pipelines.report.site import render_site
from pipelines.report.status import SiteStatus, write_status
from pipelines.settings import Settings


class UnpassedGateError(RuntimeError):
    """A stored verdict forbids publishing."""


@dataclass(frozen=True)
class Publication:
    """What was published."""

    version: int
    through_day: date
    n_pages: int
    database_bytes: int


def publish(
    home: Home, settings: Settings, through_day: date, run_id: str, *, fingerprint: str | None = None
) -> Publication:
    """Copy the marts, render the site, and swap both in with one rename.

    Args:
        home: Home folder of the community.
        settings: Time zone, name, publications kept.
        through_day: Last day of the marts.
        run_id: The run that made them.
        fingerprint: That of the transformations and settings they are made with, for the ledger.

    Raises:
        UnpassedGateError: The run's own verdicts on facts or predictions are missing or not all passed.
    """
    check_verdicts(home, run_id)
    number = versions.next_number(home)
    draft = versions.draft_folder(home, number)
    database = draft / "analytics.duckdb"
    copy_marts(home.marts, database, settings, version=number, through_day=through_day)
    context = site_context(settings, through_day, number)
    pages = render_site(database, draft / "site", context=context)
    published_at = clock.now()
    status = SiteStatus(
        through_day=through_day, published_at=published_at, run_finished_at=published_at, run_succeeded=True
    )
    write_status(draft / "site", status)
    sums.write(draft)
    with suppress(PermissionError):  # said wherever the home is opened
        readers.share(draft, settings)
    size = database.stat().st_size
    row = {
        "version": number,
        "through_day": through_day,
        "status": "published",
        "run_id": run_id,
        "published_at": published_at,
        "fingerprint": fingerprint,
    }
    pending.keep(home, "publications", [row])
    versions.publish(home, number, kept=settings.publications_kept)
    pending.commit(home, "publications")
    forget_stopped(home)
    return Publication(number, through_day, sum(page.suffix == ".html" for page in pages), size)


def check_verdicts(home: Home, run_id: str) -> None:
    """Raise unless this run's verdicts on facts and predictions are stored and none of them blocks."""
    missing = {"facts", "predictions"} - {row["gate"] for row in ledger.rows(home, "gate_results", run_id=run_id)}
    if missing:
        raise UnpassedGateError(f"this run has no verdict of the gate {', '.join(sorted(missing))}; run all of it")
    for row in verdicts.blocking(home, run_id):
        if row["gate"] != "deliveries":  # a day of these that blocks is withheld already
            raise UnpassedGateError(f"{row['table_name']} {row['day']}: {row['expectation']}, found {row['observed']}")
