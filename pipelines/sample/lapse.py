"""Which of the sample's members let a paid term lapse: probabilities, by drawing the weeks ahead many times.

A month without any activity happens in one way, so ``ground_truth`` can follow it exactly. A renewal has many ways that
lead to it. Each draw goes through the same days as ``trajectories`` does.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipelines.sample.calendar import Calendar, Flags, Floats, Ints
from pipelines.sample.ground_truth import HORIZON, mode_probabilities
from pipelines.sample.population import Population
from pipelines.sample.trajectories import Snapshot, Trajectories, draw_ahead

GRACE = 7
"""Days after the end of a term within which another one still counts as renewal."""
TOGETHER = 50_000
"""Members times draws that are followed at once, so that memory stays small."""


def lapse_probability(
    people: Population, trajectories: Trajectories, calendar: Calendar, seen: Flags, draws: int
) -> pd.DataFrame:
    """Return the probabilities of a lapse: ``member_id``, ``day``, ``probability_observable``.

    One row per cut-off and member whose paid term ends in the ``HORIZON`` days after it. A cut-off has ``HORIZON`` +
    ``GRACE`` days after it. The probabilities are those for an observer of the logs who knows traits and hazards.

    Args:
        people: The members.
        trajectories: Their trajectories.
        calendar: The calendar.
        seen: Whether a day's logs hold any trace of a member; (days, members).
        draws: Draws per member; a probability's standard error is at most 1 / (2 √draws).
    """
    modes = mode_probabilities(people, trajectories, calendar, seen)
    frames = []
    for snapshot in trajectories.snapshots:
        if snapshot.day + HORIZON + GRACE >= calendar.days:
            continue
        who = np.flatnonzero(_is_due(people, snapshot))
        probabilities = _lapse_probabilities(people, calendar, snapshot, modes[snapshot.day], who, draws)
        columns = {
            "member_id": people.ids[who],
            "day": calendar.day(snapshot.day),
            "probability_observable": probabilities,
        }
        frames.append(pd.DataFrame(columns))
    empty = pd.DataFrame({"member_id": [], "day": [], "probability_observable": []})
    return pd.concat(frames, ignore_index=True) if frames else empty


def _is_due(people: Population, snapshot: Snapshot) -> Flags:
    state = snapshot.state
    ends = (state.term_end > snapshot.day) & (state.term_end <= snapshot.day + HORIZON)
    return np.asarray(people.human & ends & (state.term >= 1) & ~snapshot.failed)


def _lapse_probabilities(
    people: Population, calendar: Calendar, snapshot: Snapshot, modes: Floats, who: Ints, draws: int
) -> Floats:
    """Return the probability of a lapse of the members ``who``; ``modes`` are those of their modes, (4, all members).

    Half a lapse is added to a whole draw, so that no probability is 0 or 1.
    """
    rng = np.random.default_rng(snapshot.day)
    lapses = np.zeros(len(who))
    at_once = max(1, TOGETHER // max(1, len(who)))
    for begin in range(0, draws, at_once):
        index = np.tile(who, min(at_once, draws - begin))
        mode = (modes[:, index].cumsum(axis=0) < rng.random(len(index))).sum(axis=0)
        start = Snapshot(snapshot.day, snapshot.state.of(index), np.minimum(mode, 3), snapshot.failed[index])
        lapses += _lapse(rng, people.of(index), calendar, start).reshape(-1, len(who)).sum(axis=0)
    return (lapses + 0.5) / (draws + 1)


def _lapse(rng: np.random.Generator, people: Population, calendar: Calendar, start: Snapshot) -> Flags:
    """Draw whether each member's term lapses."""
    steps = draw_ahead(rng, people, calendar, start, start.day + HORIZON + GRACE)
    member = steps["member"].to_numpy()
    in_time = (steps["day"] <= start.state.term_end[member] + GRACE) | (steps["step"] == "renew")
    renews = steps["step"].isin(["start", "renew"]) & in_time
    lapses = np.ones(people.size, dtype=bool)
    lapses[member[renews]] = False
    return lapses
