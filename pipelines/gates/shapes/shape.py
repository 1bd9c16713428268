"""What the rules look at: the shape of a log day as ingestion measured it, and what a rule says of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from pipelines.ingest.profile import HEX, KEPT_HEX, SAMPLED

PAST_DAYS = 56
"""Log days that a day is compared with, the latest of those that say enough: eight of each weekday, two of a month."""
SURE_DAYS = 28
"""Days of the past from which a rule may withhold a day."""
LEAST_DAYS = 14
"""Days of the past from which a rule may warn."""
OUTLIERS = 3
"""A day warns beyond the third most extreme of its past, so that two odd days there hide nothing."""

PLANNED = ("events", "event_participation", "feedback", "actions")
"""Logs whose rows come when somebody plans an event, a survey, a campaign: their hours and kinds follow the plan."""

_ALL = "g"
"""Sorts after every hash."""


@dataclass(frozen=True)
class Seen:
    """What a rule found in a day: zero where nothing is wrong; certain is what the past supports strongly."""

    value: float = 0.0
    is_certain: bool = False
    said: str = ""


NOTHING = Seen()


@dataclass(frozen=True)
class Measured:
    """Counts of one column: rows that fill it, whether all have one value, rows per class."""

    filled: int = 0
    same: bool = False
    classes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Shape:
    """The shape of one log day; see ``pipelines.ingest.profile.measure``."""

    day: date
    rows: int
    measured: int = 0
    hours: tuple[int, ...] = (0,) * 24
    on_the_hour: int = 0
    late: int = 0
    ahead: int = 0
    withdrawn: int = 0
    people: int = 0
    most_of_one: int = 0
    people_of_most: int = 0
    columns: Mapping[str, Measured] = field(default_factory=dict)
    ids: str = ""
    keys: str = ""
    bodies: str = ""
    files: tuple[int, ...] = ()

    @cached_property
    def people_sample(self) -> Sample:
        """Sample of the people that the day's rows name."""
        return Sample.of(self.ids)

    @cached_property
    def bodies_sample(self) -> Sample:
        """Sample of its rows without their keys and days."""
        return Sample.of(self.bodies)

    @cached_property
    def keys_sample(self) -> dict[str, str]:
        """Sample of its keys, each with what it stands for."""
        width = HEX + KEPT_HEX
        return {self.keys[n : n + HEX]: self.keys[n + HEX : n + width] for n in range(0, len(self.keys), width)}

    @cached_property
    def in_hours(self) -> int:
        """People in all hours of the day, each once in an hour."""
        return sum(self.hours)

    def share(self, name: str) -> float:
        """Share of the measured rows that are counted under ``name``."""
        return float(getattr(self, name)) / self.measured if self.measured else 0.0


@dataclass(frozen=True)
class Sample:
    """The lowest hashes of a day; with the most that are kept, those above the last are not known."""

    hashes: frozenset[str]
    limit: str
    n_rows: int

    @classmethod
    def of(cls, text: str) -> Sample:
        """Read a sample as ingestion wrote it: hashes in order, one after the other."""
        every = [text[n : n + HEX] for n in range(0, len(text), HEX)]
        return cls(frozenset(every), max(every) if len(every) >= SAMPLED else _ALL, len(every))

    def below(self, limit: str) -> frozenset[str]:
        """Return the hashes that a sample with this limit would hold too."""
        return self.hashes if limit >= self.limit else frozenset(one for one in self.hashes if one <= limit)


def shape_of(day: date, delivery: Mapping[str, Any]) -> Shape | None:
    """Return the shape in what a delivery says of itself; none where it was ingested before shapes were measured."""
    found = delivery.get("shape")
    if not found:
        return None
    columns = {name: Measured(**column) for name, column in found.get("columns", {}).items()}
    files = tuple(file["delivered"] for file in delivery.get("files", []) if file.get("delivered"))
    hours = tuple(found.get("hours", (0,) * 24))
    return Shape(**found | {"day": day, "hours": hours, "columns": columns, "files": files})


def usable(past: Sequence[Shape], says_enough: Callable[[Shape], bool]) -> list[Shape]:
    """Return the latest days of the past that say enough."""
    found: list[Shape] = []
    for one in reversed(past):
        if says_enough(one):
            found.append(one)
            if len(found) == PAST_DAYS:
                break
    return found[::-1]


def highest(values: Iterable[float]) -> tuple[float, float]:
    """Return the highest of the values, and the one beyond which a day warns."""
    ordered = sorted(values, reverse=True)
    return ordered[0], ordered[min(OUTLIERS, len(ordered)) - 1]


def lowest(values: Iterable[float]) -> tuple[float, float]:
    """Return the lowest of the values, and the one below which a day warns."""
    most, third = highest(-value for value in values)
    return -most, -third


def others(days: Sequence[Shape]) -> list[tuple[Shape, list[Shape]]]:
    """Return each day with all the others: what a rule would have said of it."""
    return [(one, [other for other in days if other is not one]) for one in days]


def bound(extreme: float, third: float, word: str = "over") -> str:
    """Say how far a share went in the past."""
    often = f", mostly not {word} {percent(third)}" if abs(extreme - third) >= 0.05 else ""
    return f"never {word} {percent(extreme)}{often}"


def percent(share: float) -> str:
    """Write a share."""
    return f"{100 * share:.0f} %" if share >= 0.01 or share == 0 else f"{100 * share:.1f} %"
