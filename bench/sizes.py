"""How much data a measurement is made on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Size:
    """A community of a stated size; ``rounds`` is how often each way is measured."""

    name: str
    interactions: int
    members: int
    days: int
    rounds: int
    memory: str = "3GB"
    """What DuckDB may use before it spills to disk, in every way that uses it."""

    @property
    def log_days(self) -> list[date]:
        """The log days, in order."""
        return [FIRST_DAY + timedelta(days=n) for n in range(self.days)]


FIRST_DAY = date(2022, 1, 1)

SIZES = {
    size.name: size
    for size in (
        Size("tiny", 2_000, 100, 2, 1),
        Size("1m", 1_000_000, 100_000, 365, 3),
        Size("10m", 10_000_000, 100_000, 365, 3),
        Size("100m", 100_000_000, 1_000_000, 1_095, 1, "5GB"),
    )
}

DAILY = Size("daily", 5_000, 5_000, 1, 1)
"""A day of a community of medium size, for the cost of one more day."""
