"""What a run is asked to do, whoever asks: the command, the schedule or the sensor."""

from collections.abc import Sequence
from datetime import date

from pipelines.contract import LOGS
from pipelines.defs.partitions import FULL_TAG, range_tags
from pipelines.home import Home
from pipelines.ingest import changed_days
from pipelines.ingest.landing import is_delivered, landing_files
from pipelines.ingest.looked import NEVER, Looked
from pipelines.settings import Settings


def delivered_logs(
    home: Home, settings: Settings, days: Sequence[date], *, full: bool = False
) -> dict[str, dict[date, str]]:
    """Logs with something to ingest on ``days``: log -> log day -> reason. A full run takes every delivered day."""
    found = {}
    for log in LOGS.values():
        changed = changed_days(home, settings, log, days)
        if full:
            changed |= {day: "everything is asked for" for day in days if is_delivered(home, log.name, day)}
        waiting = home.lake / "candidates" / log.name
        held = {day: "was withheld by gate 1" for day in days if (waiting / f"log_day={day.isoformat()}").is_dir()}
        if changed or held:
            found[log.name] = held | changed
    return found


def run_tags(first: date, last: date, *, full: bool = False) -> dict[str, str]:
    """Tags of a run over the log days from ``first`` to ``last``."""
    return range_tags(first, last) | ({FULL_TAG: "yes"} if full else {})


def changes_through(home: Home, settings: Settings, newest: date, seen: Looked = NEVER) -> dict[date, list[str]]:
    """Log days up to ``newest`` whose files are new or changed, each with what is there now.

    The text differs when the files change again, so that a change during a run asks for another one. A landing folder
    that is gone is no change here: whoever clears old folders must not lose their rows unasked. Folders in which
    nothing can be new since an earlier look are passed over.
    """
    changes: dict[date, list[str]] = {}
    for log in LOGS.values():
        days = [day for day in seen.days_to_open(home, log, newest) if settings.first_log_day <= day <= newest]
        for day, reason in changed_days(home, settings, log, days).items():
            files = landing_files(home, log, day)
            stamp = " ".join(f"{file.name}:{file.size}:{file.mtime_ns}" for file in files)
            changes.setdefault(day, []).append(f"{log.name} {day} {reason} {stamp}")
    return changes
