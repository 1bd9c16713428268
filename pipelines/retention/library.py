"""Unread pieces for members, by the method that predicted best what members read, compared again each week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from models.retention import content
from models.retention.suggestion import Piece, known
from pipelines.home import Home
from pipelines.retention import reading, store
from pipelines.settings import Settings


@dataclass(frozen=True)
class Library:
    """What there is to read on a day."""

    shelf: content.Shelf
    pieces: dict[str, Piece]
    method: str

    @classmethod
    def open(cls, home: Home, settings: Settings, day: date, run_id: str) -> Library:
        """Read it from the warehouse; judge the methods where the last time is a training interval ago."""
        reads = reading.table(home, "retention.retention_reads", "member_id, content_id")
        pieces = reading.table(home, "retention.retention_pieces", "content_id")
        last = store.last_evaluation(home)
        if not last or abs((day - last[0]["day"]).days) >= settings.training_interval_days:
            frame = content.evaluate(reads, pieces, day)
            plain = frame.astype(object).where(frame.notna(), None)
            rows: list[dict[str, Any]] = [{str(key): row[key] for key in row} for row in plain.to_dict("records")]
            store.keep_evaluation(home, day, rows, run_id)
            last = store.last_evaluation(home)
        method = next(row["method"] for row in last if row["is_used"])
        named = {
            row["content_id"]: Piece(row["content_id"], known(row["kind"]), known(row["title"]))
            for row in pieces.to_dict("records")
        }
        return cls(content.Shelf.of(reads, pieces, day), named, method)

    def unread(self, members: Sequence[str]) -> dict[str, list[Piece]]:
        """Return up to three pieces for each member, best first."""
        found = self.shelf.suggest(self.method, members, content.CUTS[0])
        return {member: [self.pieces[piece] for piece in pieces] for member, pieces in found.items()}
