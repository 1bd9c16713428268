"""The last run that failed or never came, as a note in the home folder until a run comes to its end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock

from pipelines.files import write_text
from pipelines.home import Home
from pipelines.settings import Settings


@dataclass(frozen=True)
class Stop:
    """A run that stopped, when and why; ``run_id`` is empty where none came, ``failed_gate`` where no gate did it.

    ``before`` are the ids of the runs that stopped before it, back to the last run that came to its end.
    """

    run_id: str
    stopped_at: datetime
    failed_gate: str
    reason: str
    before: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The stop in a line."""
        when = f"{self.stopped_at:%Y-%m-%d %H:%M} UTC"
        if not self.run_id:
            return f"none came, said {when}: {self.reason}"
        return f"{self.run_id} failed {when}: {': '.join(filter(None, (self.failed_gate, self.reason)))}"


def note(home: Home, settings: Settings, stop: Stop) -> None:
    """Keep the stop until a run comes to its end."""
    del settings  # one of several ways to say a stop, which ask for them
    write_text(_file(home), json.dumps(asdict(stop) | {"stopped_at": stop.stopped_at.isoformat()}, ensure_ascii=False))


@contextmanager
def one_at_a_time(home: Home) -> Iterator[None]:
    """Let one process at a time say a stop: command, daemon and guard may find the same one at the same moment.

    Where the home cannot be written there is nothing to wait at, and the stop is said nonetheless.
    """
    with ExitStack() as stack:
        with suppress(OSError):
            stack.enter_context(FileLock(home.root / ".stop.lock"))
        yield


def last(home: Home) -> Stop | None:
    """Return the stop that stands; None where the last run came to its end, or there was none."""
    try:
        said = json.loads(_file(home).read_text(encoding="utf-8"))
        stopped_at, before = datetime.fromisoformat(said["stopped_at"]), tuple(said.get("before", ()))
        return Stop(**said | {"stopped_at": stopped_at, "before": before})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _file(home: Home) -> Path:
    return home.last_run / "stop.json"
