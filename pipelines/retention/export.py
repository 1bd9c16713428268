"""The list of a day as a file for operators: only members to contact; operators should not see the control arm."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

from models.retention.arms import TREATED
from pipelines.churn.store import last_scored_day
from pipelines.faults import UserError
from pipelines.files import whole
from pipelines.home import Home
from pipelines.lake.called import called
from pipelines.privacy.known import erased_members
from pipelines.retention import store
from pipelines.spreadsheets import plain_cell

COLUMNS = (
    "day", "rank", "member_id", "display_name", "profile_url", "campaign_id", "kind", "suggestion_en", "suggestion_zh",
    "content_ids", "event_id", "definition", "risk", "reasons_en", "reasons_zh", "value_minor", "currency", "term_end",
)  # fmt: skip


class NoListError(UserError):
    """There is no list of the day."""


def export_list(home: Home, day: date | None = None) -> Path:
    """Write the list of a day, the newest one where none is named, and return the file.

    Raises:
        NoListError: No list of that day was made.
        UnloggedListError: A member on it is not in the log of draws; nothing is written.
    """
    last = store.last_list_day(home)
    chosen = day or max(filter(None, (last, last_scored_day(home))), default=None)
    rows = store.list_of(home, chosen) if chosen else []
    if chosen is None:
        raise NoListError("no list was made yet: a run makes one")
    if not rows:
        older = f"; the last list with members is of {last}: --day {last} writes it" if last and last < chosen else ""
        raise NoListError(
            f"nobody is listed for {chosen}: no candidate is at enough risk, or no list of that day was made{older}"
        )
    arms = store.check_logged(home, chosen, rows)
    erased = erased_members(home)
    treated = [
        row for row in rows if arms[row["campaign_id"], row["member_id"]] == TREATED and row["member_id"] not in erased
    ]
    names = called(home, [row["member_id"] for row in treated])
    target = home.exports / f"retention-actions-{chosen.isoformat()}.csv"
    target.parent.mkdir(parents=True, exist_ok=True)
    # Not in the staging folder: a run that begins sweeps it, whoever else is writing.
    # Spreadsheets take it for UTF-8 by the byte order mark.
    with whole(target) as staged, staged.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for row in treated:
            name, url = names.get(row["member_id"], (None, None))
            cells = _row(row) | {"display_name": name, "profile_url": url}
            writer.writerow({column: plain_cell(value) for column, value in cells.items()})
    return target


def _row(row: dict[str, Any]) -> dict[str, object]:
    lists = {name: "; ".join(json.loads(row[name] or "[]")) for name in ("reasons_en", "reasons_zh", "content_ids")}
    return {name: row.get(name) for name in COLUMNS} | lists | {"risk": row["risk_band"]}
