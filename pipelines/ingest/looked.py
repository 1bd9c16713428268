"""What was seen of the landing folder before, so that the next look need not open every folder of its history."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from pipelines.contract import Log
from pipelines.home import Home
from pipelines.ingest.landing import delivered_days

_SLACK = timedelta(minutes=10)
"""How far a file system's clock may be behind this machine's."""
_WHOLE_LOOK = timedelta(hours=1)
"""After so long every folder is opened again: of a file that is written to in place its folder tells nothing."""
_RECENT_DAYS = 3
"""Newest log days that are always opened: into their files it is still written."""
_MOST_OPEN = 1_000
"""Days with a change that are remembered; with more, the next look is whole."""


@dataclass(frozen=True)
class Looked:
    """A look: when it was, when the last whole one was (seconds since 1970; 0 for never), and what had changed by then.

    What had changed is opened again until it is ingested.
    """

    at: float = 0
    whole_at: float = 0
    changed: tuple[str, ...] = ()

    @classmethod
    def read(cls, text: str | None, now: datetime) -> Looked:
        """Read what ``write`` gave; nothing counts as seen where the next look has to be whole."""
        seen = cls(**json.loads(text)) if text else NEVER
        return seen if 0 <= now.timestamp() - seen.whole_at < _WHOLE_LOOK.total_seconds() else NEVER

    def write(self) -> str:
        """Return it as text."""
        return json.dumps(asdict(self))

    def then(self, now: datetime, changed: Iterable[date]) -> Looked:
        """Return the look that was made ``now``, after this one."""
        days = tuple(sorted(day.isoformat() for day in changed))
        if len(days) > _MOST_OPEN:
            return NEVER
        return Looked(now.timestamp(), self.whole_at or now.timestamp(), days)

    def days_to_open(self, home: Home, log: Log, newest: date) -> list[date]:
        """Return the delivered log days in which something may have changed since this look, in order."""
        if not self.at:
            return delivered_days(home, log)
        touched = delivered_days(home, log, changed_since=self.at - _SLACK.total_seconds())
        recent = [newest - timedelta(days=back) for back in range(_RECENT_DAYS)]
        waiting = {*map(date.fromisoformat, self.changed), *recent}
        return sorted({*touched, *(day for day in waiting if home.landing_day(log.name, day).is_dir())})


NEVER = Looked()
