"""Erased ids that a later delivery brings back: replaced by their tombstones before the delivery is read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pipelines.contract import Log
from pipelines.erasure import delivered
from pipelines.erasure.files import rewrite
from pipelines.erasure.places import Place
from pipelines.home import Home
from pipelines.ingest.landing import LandingFile
from pipelines.lake import ledger
from pipelines.privacy import known
from pipelines.privacy.needles import Needles
from pipelines.settings import Settings


def replace_returned(
    home: Home, settings: Settings, log: Log, days: Mapping[date, list[LandingFile]]
) -> dict[date, int]:
    """Replace erased ids in the files of log days that are about to be ingested, and empty the rows' texts.

    The id is not stored: each different one is hashed and looked up, in columns that hold ids of members. A file that
    cannot be read is left as it is, as ingestion refuses it.

    Returns:
        Log days with such rows, and how many records were changed.
    """
    if not ledger.read(home, known.LEDGER).num_rows:
        return {}
    found: dict[date, int] = {}
    for day, files in days.items():
        for file in files:
            if n_changed := _replace(home, settings, log, file):
                found[day] = found.get(day, 0) + n_changed
    return found


def _replace(home: Home, settings: Settings, log: Log, file: LandingFile) -> int:
    if not file.path.is_file() or delivered.form(file.path) is None:
        return 0
    try:
        values = delivered.member_values(file.path, log)
    except (OSError, ValueError):
        return 0
    if not (ids := known.tombstones(home, sorted(values))):
        return 0
    return rewrite(Place(file.path, "landing", "delivered", log), Needles(ids), settings, applies=True)
