"""The members' trajectories, drawn day by day: who is active, asks, finds an answer, fades, pauses, pays and leaves.

Everything else in the sample (content, interactions, events, bills) is told from these records and never changes
them, so what ``ground_truth`` computes from the hazards stays true of the logs.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from pipelines.sample import hazards
from pipelines.sample.calendar import Calendar, Flags, Floats, Ints
from pipelines.sample.hazards import ABSENT, ENGAGED, FADING, LEFT, PAUSED, State
from pipelines.sample.population import Population

DUNNING_DAYS = 5
"""Days after which an unpaid subscription of somebody who stopped is closed."""
CUTOFF_EVERY = 30
"""Days between two cut-offs of the ground truth; the last one is the last day."""
_FLAGS = ("active", "visited", "present", "asked", "answered", "befriended", "failed", "word")


@dataclass(frozen=True)
class Snapshot:
    """Everything the hazards read at the end of a day."""

    day: int
    state: State
    mode: Ints
    failed: Flags


@dataclass(frozen=True)
class Trajectories:
    """Records of all days; arrays have the shape (days, members)."""

    active: Flags
    visited: Flags
    """Came without an interaction that counts."""
    present: Flags
    """Neither paused nor gone nor yet to come, during the day."""
    asked: Flags
    answered: Flags
    """Asked, and somebody else will answer."""
    befriended: Flags
    failed: Flags
    """A payment was open at the end of the day."""
    mode: Ints
    """Latent mode at the end of the day, before leaving, pausing or fading is drawn."""
    hazard_engaged: Floats
    hazard_fading: Floats
    word: Flags
    """A personal word worked on the day."""
    left_day: Ints
    """Day at whose end the member left, -1 where not; shape (members,)."""
    announced: Flags
    """Cancelled on that day; shape (members,)."""
    steps: pd.DataFrame
    """Subscription steps: day, member, step, number (of the member's subscription), term, anchor."""
    snapshots: tuple[Snapshot, ...]


@dataclass
class _Steps:
    """Collects subscription steps, those of a day and kind together."""

    days: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    rows: list[Ints] = field(default_factory=list)

    def add(self, day: int, who: Flags, step: str, number: Ints, state: State) -> None:
        index = np.flatnonzero(who)
        if len(index):
            self.days.append(day)
            self.names.append(step)
            self.rows.append(np.stack([index, number[index], state.term[index], state.anchor[index]]))

    def table(self) -> pd.DataFrame:
        """Return one row per step: day, member, step, number, term, anchor."""
        sizes = [rows.shape[1] for rows in self.rows]
        member, number, term, anchor = np.concatenate([np.empty((4, 0), dtype=np.int64), *self.rows], axis=1)
        columns = {"day": np.repeat(np.array(self.days, dtype=np.int64), sizes), "member": member}
        step = np.repeat(np.array(self.names, dtype=object), sizes)
        return pd.DataFrame(columns | {"step": step, "number": number, "term": term, "anchor": anchor})


class _Town:
    """All members on the way through the days; one instance draws one sample."""

    def __init__(self, rng: np.random.Generator, people: Population, calendar: Calendar) -> None:
        """Start before the first day, when nobody has arrived."""
        shape = (calendar.days, people.size)
        self.rng, self.people, self.calendar = rng, people, calendar
        self.flags = {name: np.zeros(shape, dtype=bool) for name in _FLAGS}
        self.modes, self.hazard = np.zeros(shape, dtype=np.int64), np.zeros((2, *shape))
        self.state, self.steps = hazards.begin(people, calendar), _Steps()
        self.snapshots: list[Snapshot] = []
        self.mode = np.full(people.size, ABSENT, dtype=np.int64)
        self.failed, self.paying = np.zeros(people.size, dtype=bool), ~people.comped
        self.number = np.ones(people.size, dtype=np.int64)
        self.left_day, self.announced = (
            np.full(people.size, -1, dtype=np.int64),
            np.zeros(people.size, dtype=bool),
        )
        self.closes = np.full(people.size, -1, dtype=np.int64)

    def step(self, day: int, who: Flags, name: str) -> None:
        """Record a subscription step of the members ``who`` in their current term."""
        self.steps.add(day, who, name, self.number, self.state)

    def paid(self, day: int, who: Flags) -> None:
        """Record that the current term was paid."""
        self.step(day, who & (self.state.term > 1), "renew")
        self.step(day, who & (self.state.term == 1), "start")

    def arrive(self, day: int) -> None:
        """Let members join; those from before the first day are there on it."""
        arriving = (self.people.join_day == day) | ((day == 0) & (self.people.join_day < 0))
        self.mode[arriving] = ENGAGED
        self.step(day, arriving & self.paying & (self.state.term == 0), "trial")
        self.paid(day, arriving & self.paying)

    def morning(self, day: int) -> None:
        """Send bills. Those who pause are billed too; those who left do not renew."""
        recovers, lapses, fails = self.rng.random((3, self.people.size))
        here = self.mode < PAUSED
        recovered = self.failed & here & (recovers < hazards.P_PAYMENT_RECOVERS)
        self.failed &= ~recovered
        self.paid(day, recovered)

        due = self.paying & (self.mode != ABSENT) & (self.state.term_end == day)
        lapsing = due & ((self.mode == LEFT) | ((self.mode == PAUSED) & (lapses < hazards.P_LAPSE_PAUSED)))
        self.step(day, lapsing & self.announced, "cancelled")
        self.step(day, lapsing & ~self.announced, "expired")
        self.step(day, self.closes == day, "unpaid")
        self.paying &= ~lapsing

        renewing = due & ~lapsing
        self.state.next_term(renewing, self.people, self.calendar)
        failing = renewing & here & (fails < hazards.P_PAYMENT_FAILS)
        self.failed = np.where(renewing, failing, self.failed)
        self.step(day, failing, "payment_failed")
        self.paid(day, renewing & ~failing)

    def daytime(self, day: int, factor: float) -> None:
        """Let members come, interact, ask, find an answer and make contacts."""
        people, flags = self.people, self.flags
        returns, interacts, reads, asks, finds, meets = self.rng.random((6, people.size))
        word = flags["word"][day] = hazards.word_works(self.state, people, day, self.calendar.days)
        back = (self.mode == PAUSED) & (returns < hazards.p_return(word))
        self.mode[back] = ENGAGED
        here = self.mode < PAUSED
        slower = np.where(self.mode == FADING, hazards.FADING_RATE, 1.0)
        active = here & (back | (interacts < hazards.p_active(hazards.pace(people, word) * slower, factor)))
        asked = active & (asks < people.asks)
        flags["present"][day], flags["active"][day], flags["asked"][day] = here, active, asked
        flags["visited"][day] = here & ~active & (reads < hazards.p_visit(people.rate * slower, factor))
        flags["answered"][day] = asked & (finds < hazards.P_ANSWERED)
        flags["befriended"][day] = active & (meets < people.sociable)
        self._subscribe_again(day, back & ~self.paying & ~people.comped)

    def _subscribe_again(self, day: int, who: Flags) -> None:
        self.step(day, who & (self.closes > day), "unpaid")
        self.closes[who] = -1
        self.number[who] += 1
        self.paying |= who
        self.state.anchor[who], self.state.term[who] = day, 0
        self.state.next_term(who, self.people, self.calendar)
        self.step(day, who, "start")

    def go_through(self, days: range) -> None:
        """Go through days one after the other."""
        factors = self.calendar.weekday_factors.tolist()
        for day in days:
            self.arrive(day)
            self.morning(day)
            self.daytime(day, factors[day])
            self.evening(day)

    def evening(self, day: int) -> None:
        """Draw who leaves, pauses, fades or revives."""
        leaves, announces, pauses, turns = self.rng.random((4, self.people.size))
        flags, mode, here = self.flags, self.mode, self.mode < PAUSED
        self.state.age(flags["active"][day], flags["answered"][day], flags["befriended"][day])
        self.hazard[:, day] = hazards.p_leave(self.state, self.people, self.failed, day, self.calendar.days)
        flags["failed"][day], self.modes[day] = self.failed, mode

        fading = mode == FADING
        chance = np.select(
            [mode == ENGAGED, fading, mode == PAUSED], [*self.hazard[:, day], hazards.P_LEAVE_PAUSED], 0.0
        )
        leaving = leaves < chance
        loud = leaving & here & (announces < hazards.P_ANNOUNCE)
        self.left_day[leaving] = day
        self.announced |= loud
        self.step(day, loud & self.paying & ~self.failed, "cancel_scheduled")

        staying = here & ~leaving & self.people.human
        pausing = staying & (pauses < np.where(fading, hazards.P_PAUSE[FADING], hazards.P_PAUSE[ENGAGED]))
        turning = staying & ~pausing & (turns < np.where(fading, hazards.P_REVIVE, hazards.P_FADE))
        self.mode = np.select([leaving, pausing, turning & fading, turning], [LEFT, PAUSED, ENGAGED, FADING], mode)
        unpaid = self.failed & (leaving | pausing)
        self.closes[unpaid] = day + DUNNING_DAYS
        self.paying &= ~unpaid
        self.failed = self.failed & ~unpaid
        if (self.calendar.days - 1 - day) % CUTOFF_EVERY == 0 and day >= CUTOFF_EVERY - 1:
            self.snapshots.append(Snapshot(day, self.state.copy(), self.mode.copy(), self.failed.copy()))


def draw_trajectories(rng: np.random.Generator, people: Population, calendar: Calendar) -> Trajectories:
    """Draw all days of all members."""
    town = _Town(rng, people, calendar)
    town.go_through(range(calendar.days))
    return Trajectories(
        **town.flags,
        mode=town.modes,
        hazard_engaged=town.hazard[0],
        hazard_fading=town.hazard[1],
        left_day=town.left_day,
        announced=town.announced,
        steps=town.steps.table(),
        snapshots=tuple(town.snapshots),
    )


def draw_ahead(
    rng: np.random.Generator, people: Population, calendar: Calendar, snapshot: Snapshot, until: int
) -> pd.DataFrame:
    """Draw the days after a snapshot up to ``until`` once more, for members whose bills are paid.

    Args:
        rng: Where chance comes from.
        people: The members of the snapshot.
        calendar: The calendar.
        snapshot: What is true of them at the end of its day.
        until: The last day; one of the sample's.

    Returns:
        The subscription steps of those days, as in ``Trajectories.steps``.
    """
    town = _Town(rng, people, calendar)
    town.state, town.mode = snapshot.state.copy(), snapshot.mode.copy()
    town.go_through(range(snapshot.day + 1, until + 1))
    return town.steps.table()
