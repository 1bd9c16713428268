"""The log of messages: what each target was to get, and got.

Before a message goes out it is noted as intended, afterwards as what became of it. One that is still only intended was
on its way when the process died: whether it came is not known.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from pipelines import clock
from pipelines.home import Home
from pipelines.lake import ledger
from pipelines.sending.message import Message
from pipelines.sending.targets import target_files

State = Literal["intended", "sent", "failed", "unsure", "left"]
_LEDGER = "messages"


@dataclass(frozen=True)
class Past:
    """What became of one message to one target so far, by its last row."""

    state: State
    attempt: int
    reply: str
    noted_at: datetime

    @property
    def is_over(self) -> bool:
        """Whether nothing more is done about it."""
        return self.state in ("sent", "left")

    @property
    def may_have_come(self) -> bool:
        """Whether it may have come without an answer."""
        return self.state in ("intended", "unsure")


@dataclass
class Record:
    """The log as it was read, and as it goes on."""

    home: Home
    rows: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def read(cls, home: Home) -> Record:
        """Read the whole log."""
        return cls(home, ledger.read(home, _LEDGER).to_pylist())

    def past(self, target: str, key: str) -> Past | None:
        """What became of a message; None where it was never begun."""
        for row in reversed(self.rows):
            if (row["target"], row["key"]) == (target, key):
                return Past(row["state"], row["attempt"], row["reply"] or "", row["noted_at"])
        return None

    def said_of_alarms(self, target: str) -> list[str]:
        """What a target was told of alarms, or may have been told and is not told again, oldest first."""
        about = [row["about"] for row in self.rows if row["target"] == target and row["state"] in ("sent", "left")]
        return [one for text in about if text for one in json.loads(text)]

    def number_of(self, target: str, key: str) -> int:
        """How many messages whose key begins so a target is done with."""
        rows = {row["key"] for row in self.rows if row["target"] == target and row["state"] in ("sent", "left")}
        return sum(one == key or one.startswith(f"{key}-") for one in rows)

    def note(self, target: str, message: Message, state: State, attempt: int, reply: str = "") -> None:
        """Add a row."""
        row = {
            "target": target,
            "key": message.key,
            "state": state,
            "attempt": attempt,
            "reply": reply or None,
            "about": json.dumps(message.about) if message.about else None,
            "noted_at": clock.now(),
        }
        ledger.append(self.home, _LEDGER, [row])
        self.rows.append(row)


def unsent(home: Home) -> list[str]:
    """A line for each target whose last message could not be sent, while its file is there."""
    last = {row["target"]: row for row in ledger.read(home, _LEDGER).to_pylist()}
    named = {path.stem for path in target_files(home)}
    return [
        f"{name}: {row['key']}, try {row['attempt']} at {row['noted_at']:%Y-%m-%d %H:%M} UTC: "
        f"{row['reply'] or 'it was cut off'}"
        for name, row in sorted(last.items())
        if name in named and row["state"] != "sent"
    ]
