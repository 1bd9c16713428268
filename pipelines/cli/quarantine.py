"""``guildbook quarantine``: what was refused, by file, line and reason. Reads the lake, writes nothing."""

from __future__ import annotations

from datetime import date
from itertools import groupby

from pipelines.contract import LOGS
from pipelines.home import Home
from pipelines.ingest.refusals import Refusal, refused

_SHOWN_DAYS = 30
_SHOWN_PER_DAY = 20


def quarantine_lines(home: Home, log: str | None, day: date | None) -> list[str]:
    """Lines of one log or of all, of one day or of the newest with anything refused; those of one day are complete."""
    lines: list[str] = []
    for name in [log] if log else LOGS:
        found = refused(home, name, None if day is None else [day])
        days = [(log_day, list(ones)) for log_day, ones in groupby(found, lambda one: one.log_day)]
        for log_day, ones in days[:_SHOWN_DAYS]:
            lines += _day_lines(name, log_day, ones, shown=len(ones) if day else _SHOWN_PER_DAY)
        if len(days) > _SHOWN_DAYS:
            lines.append(f"{name}  … and {len(days) - _SHOWN_DAYS:,} earlier log days; name a day to see it")
    return lines or ["nothing was refused"]


def _day_lines(log: str, log_day: date, ones: list[Refusal], *, shown: int) -> list[str]:
    n_files = sum(one.line is None for one in ones)
    n_rows = sum(one.n_rows for one in ones if one.line is not None)
    counted = [f"{n:,} {what}{'' if n == 1 else 's'}" for n, what in ((n_files, "file"), (n_rows, "row")) if n]
    lines = [f"{log} {log_day}  {' and '.join(counted)} refused", *(f"  {one}" for one in ones[:shown])]
    if len(ones) > shown:
        lines.append(f"  … and {len(ones) - shown:,} more: guildbook quarantine {log} {log_day}")
    return lines
