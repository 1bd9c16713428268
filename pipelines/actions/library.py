"""Unread pieces for members, by the method that foretold best what members read, judged anew each week."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.actions import content
from pipelines.actions import reading, store

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from pipelines.home import Home
    from pipelines.settings import Settings


@dataclass(frozen=True)
class Library:
    """What there is to read on a day."""

    shelf: content.Shelf
    titles: dict[str, str]
    method: str

    @classmethod
    def open(cls, home: Home, settings: Settings, day: date, run_id: str) -> Library:
        """Read it from the warehouse; judge the methods where the last time is a training interval ago."""
        reads = reading.table(home, "intermediate.int_actions__reads", "member_id, content_id")
        pieces = reading.table(home, "intermediate.int_actions__pieces", "content_id")
        last = store.last_evaluation(home)
        if not last or abs((day - last[0]["day"]).days) >= settings.training_interval_days:
            frame = content.evaluate(reads, pieces, day)
            plain = frame.astype(object).where(frame.notna(), None)
            rows: list[dict[str, Any]] = [{str(key): row[key] for key in row} for row in plain.to_dict("records")]
            store.keep_evaluation(home, day, rows, run_id)
            last = store.last_evaluation(home)
        method = next(row["method"] for row in last if row["is_used"])
        titles = {
            str(name): str(title or name) for name, title in zip(pieces["content_id"], pieces["title"], strict=True)
        }
        return cls(content.Shelf.of(reads, pieces, day), titles, method)

    def unread(self, members: Sequence[str]) -> dict[str, dict[str, str]]:
        """Return up to three pieces for each member, best first: title by id."""
        found = self.shelf.suggest(self.method, members, content.CUTS[0])
        return {member: {piece: self.titles[piece] for piece in pieces} for member, pieces in found.items()}
