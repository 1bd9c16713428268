"""A home with something published, targets as files, and sending at a moment that a test names."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from pipelines.home import Home
from pipelines.lake import versions
from pipelines.sending.deliver import Pace
from pipelines.sending.one import Outcome, Wish
from pipelines.sending.record import Record
from pipelines.sending.send import send_due
from pipelines.settings import Settings
from tests.support.report_marts import DAY, build, full

ZONE = "Asia/Shanghai"
MORNING = datetime(2026, 11, 20, 7, 0, tzinfo=ZoneInfo(ZONE))
"""The morning after the last day of the data, a Friday."""


def database_of(path: Path, *parts: str) -> Path:
    """Write a published database: the full community's, or these parts of it."""
    return with_publication(build(path, *parts) if parts else full(path))


def with_publication(path: Path) -> Path:
    """Say in a database which day it is of, as publishing does."""
    with duckdb.connect(str(path)) as con:
        con.execute("create or replace table marts.publication (version bigint, through_day date)")
        con.execute("insert into marts.publication values (1, ?)", [DAY])
    return path


@dataclass
class Mailroom:
    """One home; ``slept`` holds the pauses between tries."""

    home: Home
    settings: Settings
    slept: list[float] = field(default_factory=list)

    @classmethod
    def of(cls, root: Path, database: Path | None, **settings: Any) -> Mailroom:
        home = Home(root)
        root.mkdir(parents=True)
        room = cls(home, Settings(home=root, timezone=ZONE, send_enabled=True, name="Gophers", **settings))
        if database is not None:
            room.publish(database)
        return room

    def publish(self, database: Path) -> None:
        """Put a database up as the next version."""
        number = versions.next_number(self.home)
        draft = versions.draft_folder(self.home, number)
        shutil.copyfile(database, draft / "analytics.duckdb")
        versions.publish(self.home, number, kept=3)

    def change(self, sql: str) -> None:
        """Change what is up, as the next publication would."""
        path = self.home.root / "next.duckdb"
        shutil.copyfile(self.home.published / "analytics.duckdb", path)
        with duckdb.connect(str(path)) as con:
            con.execute(sql)
        self.publish(path)
        path.unlink()

    def target(self, name: str, text: str) -> Path:
        """Write the file of a target."""
        path = self.home.targets / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def send(self, now: datetime = MORNING, *, tries: int = 1, by_hand: bool = True, **wish: Any) -> list[Outcome]:
        pace = Pace(tries=tries, by_hand=by_hand, sleep=self.slept.append)
        return send_due(self.home, self.settings, Wish(**wish), pace, now=now)

    def states(self, key: str = "") -> list[str]:
        """What the log says of messages, oldest first."""
        return [row["state"] for row in Record.read(self.home).rows if row["key"].startswith(key)]

    def files(self, name: str) -> dict[str, str]:
        """What a target that is a folder of the home got."""
        folder = self.home.messages / name
        return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*"))}
