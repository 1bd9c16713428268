"""A home with a publication and a day under way: what came of it, a look at any moment, what the look left."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pipelines import clock
from pipelines.contract import LOGS, Type
from pipelines.lake import versions
from pipelines.publishing.database import copy_marts
from pipelines.today.look import Looked, look
from tests.support.house import House
from tests.support.tiny_logs import tiny_community

if TYPE_CHECKING:
    import pytest

    from tests.support.house import Deliveries, Row

MADE = tiny_community(2, members=40)
LAST = max(day for _, day in MADE)
"""Last day that is published."""
TODAY = LAST + timedelta(days=1)
WEEK_BEFORE = TODAY - timedelta(weeks=1)
_OWN_IDS = {log.name: next(name for name in log.key if log.column(name).type is Type.ID) for log in LOGS.values()}
_TELLING = ("interactions", "content", "payments", "members")


def moved(delivered: Deliveries, day: date, to: date) -> Deliveries:
    """Rows of some logs of a day as if they had happened on another one, with new ids and at other minutes."""
    return {
        (log, to): [
            _moved(row, log, day, to)
            for row in delivered.get((log, day), [])
            if str(row["occurred_at"]).startswith(str(day)) and "op" not in row
        ]
        for log in _TELLING
    }


def _moved(row: Row, log: str, day: date, to: date) -> Row:
    """Move a row in time; the same rows at the same minutes would be another day again, which a gate withholds."""
    times = {}
    for name in ("occurred_at", "published_at", "joined_at"):
        if str(row.get(name, "")).startswith(str(day)):
            moment = datetime.fromisoformat(row[name]) + timedelta(minutes=13)
            times[name] = datetime.combine(to, moment.time()).isoformat()
    return row | times | {_OWN_IDS[log]: f"{row[_OWN_IDS[log]]}-later"}


class RunningDay(House):
    """A copy of a built home whose last day is published; the day after it is under way."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch, **settings: Any) -> None:
        super().__init__(root, **settings)
        self.monkeypatch = monkeypatch

    def publish(self, through: date = LAST) -> int:
        """Publish the warehouse's marts with a site of no pages."""
        number = versions.next_number(self.home)
        draft = versions.draft_folder(self.home, number)
        copy_marts(self.home.marts, draft / "analytics.duckdb", self.settings, version=number, through_day=through)
        (draft / "site" / "data").mkdir(parents=True)
        (draft / "site" / "today.js").write_text("", encoding="utf-8")
        versions.publish(self.home, number, kept=3)
        return number

    def come(self, until: str = "23:59", rows: Deliveries | None = None) -> None:
        """Deliver what happened of the day until a time; a week before, much the same happened."""
        for (log, day), found in (rows or moved(MADE, WEEK_BEFORE, TODAY)).items():
            if so_far := [row for row in found if str(row["occurred_at"])[11:16] <= until]:
                self.deliver(log, day, so_far)

    def at(self, time: str, day: date = TODAY) -> None:
        """Set the clock."""
        local = datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=ZoneInfo(self.settings.timezone))
        self.monkeypatch.setattr(clock, "now", lambda: local.astimezone(ZoneInfo("UTC")))

    def look(self, time: str, day: date = TODAY, **options: Any) -> Looked:
        """Look at the day at a time of it."""
        self.at(time, day)
        return look(self.home, self.settings, **options)

    @property
    def site(self) -> Path:
        return self.home.published / "site"

    def told(self, name: str) -> list[dict[str, str]]:
        """Rows of one of the look's files."""
        with (self.site / "data" / f"{name}.csv").open(encoding="utf-8-sig") as file:
            return list(csv.DictReader(file))

    def html(self) -> str:
        return (self.site / "today.html").read_text(encoding="utf-8")

    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.site / "data" / "today.json").read_text(encoding="utf-8"))
        return found
