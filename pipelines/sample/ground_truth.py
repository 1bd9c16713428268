"""What is true of the sample and what nobody could see: hazards, best possible predictions, who left.

Exact, not estimated: along the one future in which a member does nothing, everything observable that the hazards
read is determined, so only the latent mode and whether a payment is open remain; their probabilities are carried
forward day by day.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from pipelines.sample import hazards
from pipelines.sample.calendar import Calendar, Flags, Floats, Ints
from pipelines.sample.hazards import ABSENT, ENGAGED, FADING, LEFT, PAUSED, State
from pipelines.sample.population import Population
from pipelines.sample.trajectories import Trajectories

HORIZON = 30
"""Days without any activity after which a member counts as inactive."""

Frames = dict[str, pd.DataFrame]


def ground_truth_tables(people: Population, trajectories: Trajectories, calendar: Calendar, seen: Flags) -> Frames:
    """Return the tables ``hazard``, ``inactivity_probability`` and ``left``; staff and bots are in none of them.

    Args:
        people: The members.
        trajectories: What they did.
        calendar: The calendar.
        seen: Whether a day's logs hold any trace of a member, reads and attendance included; (days, members).
    """
    human = people.human
    day_, member = np.nonzero((trajectories.mode < LEFT) & human)
    mode = trajectories.mode[day_, member]
    hazard = np.select(
        [mode == ENGAGED, mode == FADING],
        [trajectories.hazard_engaged[day_, member], trajectories.hazard_fading[day_, member]],
        hazards.P_LEAVE_PAUSED,
    )
    days = np.array([calendar.day(day) for day in range(calendar.days)], dtype=object)
    left = pd.Series(trajectories.left_day[human])
    return {
        "hazard": pd.DataFrame({"member_id": people.ids[member], "day": days[day_], "hazard": hazard}),
        "inactivity_probability": _inactivity_probability(people, trajectories, calendar, seen),
        "left": pd.DataFrame(
            {
                "member_id": people.ids[human],
                "left_day": left.map(lambda day: calendar.day(day) if day >= 0 else None),
            }
        ),
    }


def no_activity(people: Population, state: State, mode: Floats, failed: Flags, calendar: Calendar, day: int) -> Floats:
    """Probability that each member does nothing in the ``HORIZON`` days after ``day``.

    Args:
        people: The members.
        state: What the hazards read at the end of ``day``; left as it is.
        mode: Probabilities of the modes engaged, fading, paused, left at the end of ``day``; shape (4, members).
        failed: Whose payment is open.
        calendar: The calendar.
        day: The day.
    """
    state, nobody = state.copy(), np.zeros(people.size, dtype=bool)
    # Rows: engaged and fading with all bills paid, then the same with a payment open.
    here = np.concatenate([mode[:2] * ~failed, mode[:2] * failed])
    paused, left = mode[2].copy(), mode[3].copy()
    factors = calendar.weekday_factors
    for ahead in range(day + 1, day + 1 + HORIZON):
        here[:2] += hazards.P_PAYMENT_RECOVERS * here[2:]
        here[2:] *= 1 - hazards.P_PAYMENT_RECOVERS
        due = state.term_end == ahead
        billed = here[:2] + here[2:]
        here[:2] = np.where(due, (1 - hazards.P_PAYMENT_FAILS) * billed, here[:2])
        here[2:] = np.where(due, hazards.P_PAYMENT_FAILS * billed, here[2:])
        state.next_term(due, people, calendar)

        factor = float(factors[ahead])
        word = hazards.word_works(state, people, ahead, calendar.days)
        here[::2] *= 1 - hazards.p_active(hazards.pace(people, word), factor)
        here[1::2] *= 1 - hazards.p_active(hazards.pace(people, word) * hazards.FADING_RATE, factor)
        paused *= 1 - hazards.p_return(word)

        state.age(nobody, nobody, nobody)
        leave = np.concatenate(
            [
                hazards.p_leave(state, people, nobody, ahead, calendar.days),
                hazards.p_leave(state, people, ~nobody, ahead, calendar.days),
            ]
        )
        here, paused, left = _evening(here, paused, left, leave)
    return np.asarray(here.sum(axis=0) + paused + left)


def _evening(here: Floats, paused: Floats, left: Floats, leave: Floats) -> tuple[Floats, Floats, Floats]:
    """Leave, then pause, then fade, as ``trajectories`` does; even rows of ``here`` are engaged, odd ones fading."""
    left = left + (here * leave).sum(axis=0) + paused * hazards.P_LEAVE_PAUSED
    stay = here * (1 - leave)
    pause = np.array([hazards.P_PAUSE[ENGAGED], hazards.P_PAUSE[FADING]] * (len(here) // 2))[:, None]
    paused = paused * (1 - hazards.P_LEAVE_PAUSED) + (stay * pause).sum(axis=0)
    stay = stay * (1 - pause)
    engaged, fading = stay[::2], stay[1::2]
    here = np.empty_like(stay)
    here[::2] = engaged * (1 - hazards.P_FADE) + fading * hazards.P_REVIVE
    here[1::2] = fading * (1 - hazards.P_REVIVE) + engaged * hazards.P_FADE
    return here, paused, left


def _inactivity_probability(
    people: Population, trajectories: Trajectories, calendar: Calendar, seen: Flags
) -> pd.DataFrame:
    known_modes = mode_probabilities(people, trajectories, calendar, seen)
    frames = []
    for snapshot in trajectories.snapshots:
        known: Any = np.arange(4)[:, None] == snapshot.mode
        best = no_activity(people, snapshot.state, known.astype(float), snapshot.failed, calendar, snapshot.day)
        seen_best = no_activity(
            people, snapshot.state, known_modes[snapshot.day], snapshot.failed, calendar, snapshot.day
        )
        who = people.human & (snapshot.mode != ABSENT)
        columns = {"member_id": people.ids[who], "day": calendar.day(snapshot.day)}
        frames.append(pd.DataFrame(columns | {"probability": best[who], "probability_observable": seen_best[who]}))
    empty = pd.DataFrame({"member_id": [], "day": [], "probability": [], "probability_observable": []})
    return pd.concat(frames, ignore_index=True) if frames else empty


def mode_probabilities(
    people: Population, trajectories: Trajectories, calendar: Calendar, seen: Flags
) -> dict[int, Floats]:
    """Return, per cut-off, the probabilities of the four modes for an observer of the logs who knows hazards, traits.

    A filter: each day multiplies the probabilities by how likely the day's trace is in each mode. Registering for
    an event without attending it is the only trace that it leaves unused.
    """
    wanted = {snapshot.day for snapshot in trajectories.snapshots}
    bills = _bills(trajectories, people.size, calendar.days)
    probabilities = np.zeros((4, people.size))
    modes: dict[int, Floats] = {}
    open_before = np.zeros(people.size, dtype=bool)
    for day, factor in enumerate(calendar.weekday_factors[: calendar.days]):
        arriving = (people.join_day == day) | ((day == 0) & (people.join_day < 0))
        probabilities[ENGAGED, arriving] = 1.0

        renewed, failing, expired = (bills[day] == code for code in (1, 2, 3))
        recovered = open_before & ~trajectories.failed[day] & renewed
        here, away = np.ones(people.size), np.ones(people.size)
        here = np.where(expired, 0.0, here)
        away = np.where(failing | recovered, 0.0, away)
        gone = np.where(failing | renewed, 0.0, np.ones(people.size))
        due = renewed & ~recovered
        here = np.where(due, 1 - hazards.P_PAYMENT_FAILS, here)
        away = np.where(due, 1 - hazards.P_LAPSE_PAUSED, np.where(expired, hazards.P_LAPSE_PAUSED, away))
        here = np.where(open_before & ~recovered & ~renewed & ~failing, here * (1 - hazards.P_PAYMENT_RECOVERS), here)

        active, visited = trajectories.active[day], trajectories.visited[day]
        pace, back = hazards.pace(people, trajectories.word[day]), hazards.p_return(trajectories.word[day])
        for mode, slower in ((ENGAGED, 1.0), (FADING, hazards.FADING_RATE)):
            p_active, p_visit = (
                hazards.p_active(pace * slower, float(factor)),
                hazards.p_visit(people.rate * slower, float(factor)),
            )
            silent_or_read = (1 - p_active) * np.where(visited, p_visit, 1 - p_visit)
            probabilities[mode] *= here * np.where(active, p_active, silent_or_read)
        returned = probabilities[PAUSED] * away * back * active
        probabilities[PAUSED] *= away * (1 - back) * ~seen[day]
        probabilities[LEFT] *= gone * ~seen[day]
        probabilities[ENGAGED] += returned

        leave = np.stack([trajectories.hazard_engaged[day], trajectories.hazard_fading[day]])
        loud = trajectories.announced & (trajectories.left_day == day)
        silent = leave * (1 - hazards.P_ANNOUNCE) / (1 - leave * hazards.P_ANNOUNCE)
        present, probabilities[PAUSED], probabilities[LEFT] = _evening(
            probabilities[:2] * (1 - leave * hazards.P_ANNOUNCE), probabilities[PAUSED], probabilities[LEFT], silent
        )
        probabilities[:2] = present
        probabilities[:, loud] = np.arange(4)[:, None] == LEFT
        total = probabilities.sum(axis=0)
        probabilities /= np.where(total > 0, total, 1.0)
        open_before = trajectories.failed[day]
        if day in wanted:
            modes[day] = probabilities.copy()
    return modes


def _bills(trajectories: Trajectories, members: int, days: int) -> Ints:
    """What the subscription log shows on each day: 0 nothing, 1 a term paid, 2 a payment failed, 3 an end."""
    codes = {"start": 1, "renew": 1, "payment_failed": 2, "expired": 3, "cancelled": 3, "unpaid": 3}
    shown = np.zeros((days, members), dtype=np.int64)
    steps = trajectories.steps[trajectories.steps["step"].isin(list(codes))]
    shown[steps["day"].to_numpy(), steps["member"].to_numpy()] = steps["step"].map(codes).to_numpy()
    return shown
