"""Which log days a run without dates takes: from the first one that was not run yet, or whose files changed."""

from __future__ import annotations

from datetime import date, timedelta

from pipelines.contract import LOGS
from pipelines.defs.launch import changes_through
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.ingest.landing import delivered_days
from pipelines.lake import manifest
from pipelines.settings import Settings
from pipelines.warehouse.arrivals import came_by_log, missing_days

STILL_DELIVERED = timedelta(weeks=4)
"""How long ago a log came last where yesterday's is waited for: what ended before is an export, which ends then."""


def due_days(home: Home, settings: Settings, today: date) -> tuple[date, date]:
    """Return the first and the last day of a run that takes whatever is new.

    A community that delivers each day is run up to yesterday, so that a day that never came is noticed. Where nothing
    is new the last day that came is looked at again: its run finds whatever else changed, such as a setting or a
    waiver, or says that nothing did.

    Raises:
        UserError: No log was ever delivered for a day that is over.
    """
    yesterday = today - timedelta(days=1)
    new = set(changes_through(home, settings, yesterday))
    new |= {one.log_day for one in manifest.withheld_days(home) if not one.is_judged and one.log_day <= yesterday}
    landed = {day for log in LOGS.values() for day in delivered_days(home, log)}
    came = came_by_log(home, [day for day in landed if settings.first_log_day <= day <= yesterday])
    days = {day for one in came.values() for day in one if day <= yesterday}
    if not days:
        early = f" before today; {min(landed)} is not over" if landed and min(landed) > yesterday else " yet"
        raise UserError(
            f"nothing was delivered{early}: put logs under {home.landing}/<log>/<day>/ and run again; "
            "guildbook status names what nothing reads"
        )
    is_awaited = max(days) >= yesterday - STILL_DELIVERED
    if new:
        return min(new), yesterday if is_awaited else max(new)
    is_missing = is_awaited and missing_days(home, [yesterday])
    last = yesterday if is_missing else max(days)
    return last, last
