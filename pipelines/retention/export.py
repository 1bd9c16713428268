"""The list of a day for operators and their tools: only members to contact; nobody should see the control arm."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal

from models.retention.arms import TREATED
from pipelines.churn.store import last_scored_day
from pipelines.faults import UserError
from pipelines.files import whole, write_text
from pipelines.home import Home
from pipelines.lake.called import called
from pipelines.privacy.known import erased_members
from pipelines.retention import store
from pipelines.spreadsheets import plain_cell

Form = Literal["csv", "json"]
Rows = list[dict[str, Any]]

COLUMNS = (
    "day", "rank", "member_id", "display_name", "profile_url", "campaign_id", "kind", "suggestion_en", "suggestion_zh",
    "content_ids", "event_id", "definition", "risk", "reasons_en", "reasons_zh", "value_minor", "currency", "term_end",
)  # fmt: skip
_NAMES = ("display_name", "profile_url")
_LISTS = ("reasons_en", "reasons_zh", "content_ids")


class NoListError(UserError):
    """There is no list of the day."""


def export_list(home: Home, day: date | None = None, form: Form = "csv") -> Path:
    """Write the list of a day, the newest one where none is named, and return the file.

    Raises:
        NoListError: No list of that day was made.
        UnloggedListError: A member on it is not in the log of draws; nothing is written.
    """
    chosen, rows = to_contact(home, day)
    return write_rows(home, f"retention-actions-{chosen.isoformat()}", COLUMNS, rows, form)


def to_contact(home: Home, day: date | None = None) -> tuple[date, Rows]:
    """Return the day of a list and its treated members; those of the control arm, and who was erased, are left out.

    Raises:
        NoListError: No list of that day was made.
        UnloggedListError: A member on it is not in the log of draws.
    """
    last = store.last_list_day(home)
    chosen = day or max(filter(None, (last, last_scored_day(home))), default=None)
    rows = store.list_of(home, chosen) if chosen else []
    if chosen is None:
        raise NoListError("no list was made yet: a run makes one")
    if not rows:
        said = [f"nobody is listed for {chosen}: no candidate is at enough risk, or no list of that day was made"]
        if last and last < chosen:
            said.append(f"the last list with members is of {last}: --day {last} writes it")
        raise NoListError("; ".join(said))
    arms = store.check_logged(home, chosen, rows)
    erased = erased_members(home)
    treated = [
        row for row in rows if arms[row["campaign_id"], row["member_id"]] == TREATED and row["member_id"] not in erased
    ]
    names = called(home, [row["member_id"] for row in treated])
    return chosen, [
        {name: row.get(name) for name in COLUMNS}
        | {name: json.loads(row[name] or "[]") for name in _LISTS}
        | {"risk": row["risk_band"]}
        | dict(zip(_NAMES, names.get(row["member_id"], (None, None)), strict=True))
        for row in treated
    ]


def write_rows(home: Home, name: str, columns: Sequence[str], rows: Rows, form: Form) -> Path:
    """Write rows about members into the folder of exports and return the file."""
    target = home.exports / f"{name}.{form}"
    target.parent.mkdir(parents=True, exist_ok=True)
    if form == "json":
        write_text(target, json.dumps(rows, ensure_ascii=False, indent=1, default=str) + "\n")
        return target
    # Not in the staging folder: a run that begins sweeps it, whoever else is writing.
    with whole(target) as staged, staged.open("w", encoding="utf-8", newline="") as file:
        file.write(as_csv(rows, columns))
    return target


def as_csv(rows: Rows, columns: Sequence[str] = ()) -> str:
    """Return rows as CSV that spreadsheets take for UTF-8, by the mark that it begins with, and run nothing of."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns or list(rows[0] if rows else ()))
    writer.writeheader()
    for row in rows:
        cells = {key: "; ".join(value) if isinstance(value, list) else value for key, value in row.items()}
        writer.writerow({key: plain_cell(value) for key, value in cells.items()})
    return f"\ufeff{text.getvalue()}"
