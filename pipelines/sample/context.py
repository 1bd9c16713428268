"""What the modules that tell the logs share: trajectories, calendar, session starts, and draws over active days."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from pipelines.sample.calendar import DAY_S, Calendar, Flags, Floats, Ints, Texts, only
from pipelines.sample.population import Population
from pipelines.sample.trajectories import Trajectories

NOBODY = -1
"""Member number of anonymous interactions and of those directed at nobody."""


@dataclass(frozen=True)
class SampleContext:
    """One sample's members, trajectories and calendar."""

    people: Population
    trajectories: Trajectories
    calendar: Calendar
    session: Ints
    """Second of the day at which each member's session starts; shape (days, members)."""

    @property
    def last_s(self) -> int:
        """Last second of the last day."""
        return self.calendar.days * DAY_S - 1

    @cached_property
    def came(self) -> Flags:
        """Who was there at all, reading or acting; shape (days, members)."""
        return self.trajectories.active | self.trajectories.visited

    @cached_property
    def next_came(self) -> Ints:
        """First day, from each day on, on which each member came; ``calendar.days`` where never."""
        return self._next(self.came)

    @cached_property
    def next_active(self) -> Ints:
        """First day, from each day on, on which each member was active; as ``next_came``."""
        return self._next(self.trajectories.active)

    @cached_property
    def joined_s(self) -> Ints:
        """Second at which each member joined, before anything that the member did."""
        day = self.people.join_day
        inside = np.clip(day, 0, self.calendar.days - 1)
        return day * DAY_S + np.maximum(self.session[inside, np.arange(self.people.size)] - 300, 0)

    def within_day(self, day: Ints, member: Ints, after: Ints | Floats) -> Ints:
        """Return a moment ``after`` seconds into each member's session of a day, never past midnight."""
        return day * DAY_S + np.minimum(self.session[day, member] + after.astype(np.int64), DAY_S - 1)

    def draw_active(self, rng: np.random.Generator, day: Ints, weight: Floats) -> Ints:
        """Draw, for each entry of ``day``, a member active on it by ``weight``; ``NOBODY`` where none was."""
        on_day, member = np.nonzero(self.trajectories.active & (weight > 0))
        edges = np.concatenate([[0.0], np.cumsum(weight[member])])
        starts = np.searchsorted(on_day, day, side="left")
        stops = np.searchsorted(on_day, day, side="right")
        point = edges[starts] + rng.random(len(day)) * (edges[stops] - edges[starts])
        chosen = np.clip(np.searchsorted(edges, point, side="right") - 1, starts, stops - 1)
        return np.where(stops > starts, np.append(member, NOBODY)[chosen], NOBODY)

    def name(self, member: Ints) -> Texts:
        """Return member ids, ``None`` for nobody."""
        return only(member >= 0, self.people.ids[member])

    def _next(self, flags: Flags) -> Ints:
        days = np.where(flags, np.arange(len(flags))[:, None], self.calendar.days)
        return np.asarray(np.minimum.accumulate(days[::-1], axis=0)[::-1])


def interactions_frame(kind: str | Texts, at: Ints, member: Ints, **more: object) -> pd.DataFrame:
    """Return a frame of interactions: at, kind, member, and what is known of content_id and event_id."""
    return pd.DataFrame({"at": at, "kind": kind, "member": member} | more)


def numbered(prefix: str, count: int, start: int = 1) -> Texts:
    """Return ``count`` ids with a prefix, counting from ``start``."""
    return np.array([f"{prefix}{number:06d}" for number in range(start, start + count)], dtype=object)
