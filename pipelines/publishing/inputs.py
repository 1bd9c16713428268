"""Does a run have anything to publish that is not up already? Compares all that a publication is made from."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from pipelines import clock
from pipelines.contract import LOGS
from pipelines.files import write_text
from pipelines.home import Home
from pipelines.lake import ledger, manifest, versions
from pipelines.publishing.stopped import forget_stopped
from pipelines.reading import sums
from pipelines.report.status import SiteStatus, write_status
from pipelines.settings import PROJECT_DIR, Settings
from pipelines.warehouse.plan import BuildPlan

_CODE = ("pipelines", "models", "expectations")
_NO_PAGE_USES = {
    "home", "memory_limit", "threads", "alert_command", "min_free_disk_gb", "publications_kept", "arm_key",
    "readers_group", "max_run_hours", "backups", "send_enabled", "site_url", "today_minutes", "today_silent_hours",
    "owner",
}  # fmt: skip


def begin(home: Home, settings: Settings, plan: BuildPlan, run_id: str) -> None:
    """Note that a run builds from now on, and from what; only the run noted last can have built what is up."""
    write_text(_note(home), json.dumps({"run_id": run_id, "inputs": inputs(home, settings, plan)}))


def unchanged_since(home: Home, settings: Settings, plan: BuildPlan) -> int | None:
    """Return the version that is up if it is whole and a run by ``plan`` would publish the same again, else None."""
    number = versions.current(home)
    if number is None or plan.is_full or plan.training_days or not _note(home).is_file():
        return None
    try:
        noted = json.loads(_note(home).read_bytes())
    except ValueError:  # it is damaged, so nobody knows what is up was made of
        return None
    made_by = [row["run_id"] for row in ledger.rows(home, "publications", version=number)]
    is_made_of_it = made_by[-1:] == [noted.get("run_id")] and noted.get("inputs") == inputs(home, settings, plan)
    return number if is_made_of_it and not sums.unlike(home.versions / str(number)) else None


def note_unchanged(home: Home, number: int) -> None:
    """Tell the pages that are up that a run came to its end and had nothing to change."""
    forget_stopped(home)
    row = ledger.rows(home, "publications", version=number)[-1]
    status = SiteStatus(
        through_day=row["through_day"],
        published_at=row["published_at"],
        run_finished_at=clock.now(),
        run_succeeded=True,
    )
    write_status(home.versions / str(number) / "site", status)


def inputs(home: Home, settings: Settings, plan: BuildPlan) -> str:
    """Digest of all that decides a publication: deliveries, what gate 1 withholds, waivers, settings, code, days."""
    accepted = sorted(tuple(map(str, row.values())) for row in manifest.current(home).to_pylist())
    n_delivered = ledger.read(home, "deliveries").num_rows
    waiting = [one for log in LOGS for one in manifest.candidates(home, log)]
    held = [(one.log, one.log_day, one.delivery["fingerprint"]) for one in waiting]
    waived = ledger.read(home, "waivers").to_pylist()
    used = settings.model_dump(mode="json", exclude=_NO_PAGE_USES)
    said = home.annotations.read_bytes() if home.annotations.is_file() else b""
    parts = (accepted, n_delivered, held, waived, sorted(used.items()), _code(), plan.fingerprint, said)
    days = (plan.first_day, plan.through_day)
    return hashlib.sha256(repr((parts, days)).encode()).hexdigest()


def _code() -> str:
    digest = hashlib.sha256()
    for room in _CODE:
        for path in sorted((PROJECT_DIR / room).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(str(path.relative_to(PROJECT_DIR)).encode() + path.read_bytes())
    return digest.hexdigest()


def _note(home: Home) -> Path:
    return home.control / "inputs.json"
