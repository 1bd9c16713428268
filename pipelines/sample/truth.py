"""What is true of the sample and what nobody could see: hazards, best possible predictions, who left.

Exact, not estimated: along the one future in which a member does nothing, everything observable that the law
reads is determined, so only the latent mode and whether a payment is open remain; their chances are carried
forward day by day.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from pipelines.sample import law
from pipelines.sample.clock import Clock, Flags, Floats, Ints
from pipelines.sample.law import ABSENT, ENGAGED, FADING, LEFT, PAUSED, State
from pipelines.sample.lives import Lives
from pipelines.sample.population import Population

HORIZON = 30
"""Days without an act after which a member counts as inactive."""

Frames = dict[str, pd.DataFrame]


def tell(people: Population, lives: Lives, clock: Clock, seen: Flags) -> Frames:
    """Return the tables ``hazard``, ``inactivity_probability`` and ``left``; staff and bots are in none of them.

    Args:
        people: The members.
        lives: Their lives.
        clock: The calendar.
        seen: Whether a day's logs hold any trace of a member, reads and attendance included; (days, members).
    """
    human = people.human
    day_, member = np.nonzero((lives.mode < LEFT) & human)
    mode = lives.mode[day_, member]
    hazard = np.select(
        [mode == ENGAGED, mode == FADING],
        [lives.hazard_engaged[day_, member], lives.hazard_fading[day_, member]],
        law.P_LEAVE_PAUSED,
    )
    days = np.array([clock.day(day) for day in range(clock.days)], dtype=object)
    left = pd.Series(lives.left_day[human])
    return {
        "hazard": pd.DataFrame({"member_id": people.ids[member], "day": days[day_], "hazard": hazard}),
        "inactivity_probability": _inactivity_probability(people, lives, clock, seen),
        "left": pd.DataFrame(
            {
                "member_id": people.ids[human],
                "left_day": left.map(lambda day: clock.day(day) if day >= 0 else None),
            }
        ),
    }


def no_activity(people: Population, state: State, mode: Floats, failed: Flags, clock: Clock, day: int) -> Floats:
    """Chance that each member does nothing in the ``HORIZON`` days after ``day``.

    Args:
        people: The members.
        state: What the law reads at the end of ``day``; left as it is.
        mode: Chances of the modes engaged, fading, paused, left at the end of ``day``; shape (4, members).
        failed: Whose payment is open.
        clock: The calendar.
        day: The day.
    """
    state, nobody = state.copy(), np.zeros(people.size, dtype=bool)
    # Rows: engaged and fading with all bills paid, then the same with a payment open.
    here = np.concatenate([mode[:2] * ~failed, mode[:2] * failed])
    paused, left = mode[2].copy(), mode[3].copy()
    factors = clock.weekday_factors
    for ahead in range(day + 1, day + 1 + HORIZON):
        here[:2] += law.P_PAYMENT_RECOVERS * here[2:]
        here[2:] *= 1 - law.P_PAYMENT_RECOVERS
        due = state.term_end == ahead
        billed = here[:2] + here[2:]
        here[:2] = np.where(due, (1 - law.P_PAYMENT_FAILS) * billed, here[:2])
        here[2:] = np.where(due, law.P_PAYMENT_FAILS * billed, here[2:])
        state.next_term(due, people, clock)

        factor = float(factors[ahead])
        word = law.word_works(state, people, ahead, clock.days)
        here[::2] *= 1 - law.p_active(law.pace(people, word), factor)
        here[1::2] *= 1 - law.p_active(law.pace(people, word) * law.FADING_RATE, factor)
        paused *= 1 - law.p_return(word)

        state.age(nobody, nobody, nobody)
        leave = np.concatenate(
            [
                law.hazards(state, people, nobody, ahead, clock.days),
                law.hazards(state, people, ~nobody, ahead, clock.days),
            ]
        )
        here, paused, left = _evening(here, paused, left, leave)
    return np.asarray(here.sum(axis=0) + paused + left)


def _evening(here: Floats, paused: Floats, left: Floats, leave: Floats) -> tuple[Floats, Floats, Floats]:
    """Leave, then pause, then fade, as ``lives`` does; even rows of ``here`` are engaged, odd ones fading."""
    left = left + (here * leave).sum(axis=0) + paused * law.P_LEAVE_PAUSED
    stay = here * (1 - leave)
    pause = np.array([law.P_PAUSE[ENGAGED], law.P_PAUSE[FADING]] * (len(here) // 2))[:, None]
    paused = paused * (1 - law.P_LEAVE_PAUSED) + (stay * pause).sum(axis=0)
    stay = stay * (1 - pause)
    engaged, fading = stay[::2], stay[1::2]
    here = np.empty_like(stay)
    here[::2] = engaged * (1 - law.P_FADE) + fading * law.P_REVIVE
    here[1::2] = fading * (1 - law.P_REVIVE) + engaged * law.P_FADE
    return here, paused, left


def _inactivity_probability(people: Population, lives: Lives, clock: Clock, seen: Flags) -> pd.DataFrame:
    known_modes = beliefs(people, lives, clock, seen)
    frames = []
    for snapshot in lives.snapshots:
        known: Any = np.arange(4)[:, None] == snapshot.mode
        best = no_activity(people, snapshot.state, known.astype(float), snapshot.failed, clock, snapshot.day)
        seen_best = no_activity(people, snapshot.state, known_modes[snapshot.day], snapshot.failed, clock, snapshot.day)
        who = people.human & (snapshot.mode != ABSENT)
        columns = {"member_id": people.ids[who], "day": clock.day(snapshot.day)}
        frames.append(pd.DataFrame(columns | {"probability": best[who], "probability_observable": seen_best[who]}))
    empty = pd.DataFrame({"member_id": [], "day": [], "probability": [], "probability_observable": []})
    return pd.concat(frames, ignore_index=True) if frames else empty


def beliefs(people: Population, lives: Lives, clock: Clock, seen: Flags) -> dict[int, Floats]:
    """Return, per cut-off, the chances of the four modes for an observer of the logs who knows traits and law.

    A filter: each day multiplies the chances by how likely the day's trace is in each mode. Registering for
    an event without attending it is the only trace that it leaves unused.
    """
    wanted = {snapshot.day for snapshot in lives.snapshots}
    bills = _bills(lives, people.size, clock.days)
    chances = np.zeros((4, people.size))
    modes: dict[int, Floats] = {}
    open_before = np.zeros(people.size, dtype=bool)
    for day, factor in enumerate(clock.weekday_factors[: clock.days]):
        arriving = (people.join_day == day) | ((day == 0) & (people.join_day < 0))
        chances[ENGAGED, arriving] = 1.0

        renewed, failing, expired = (bills[day] == code for code in (1, 2, 3))
        recovered = open_before & ~lives.failed[day] & renewed
        here, away = np.ones(people.size), np.ones(people.size)
        here = np.where(expired, 0.0, here)
        away = np.where(failing | recovered, 0.0, away)
        gone = np.where(failing | renewed, 0.0, np.ones(people.size))
        due = renewed & ~recovered
        here = np.where(due, 1 - law.P_PAYMENT_FAILS, here)
        away = np.where(due, 1 - law.P_LAPSE_PAUSED, np.where(expired, law.P_LAPSE_PAUSED, away))
        here = np.where(open_before & ~recovered & ~renewed & ~failing, here * (1 - law.P_PAYMENT_RECOVERS), here)

        active, visited = lives.active[day], lives.visited[day]
        pace, back = law.pace(people, lives.word[day]), law.p_return(lives.word[day])
        for mode, slower in ((ENGAGED, 1.0), (FADING, law.FADING_RATE)):
            acts, reads = law.p_active(pace * slower, float(factor)), law.p_visit(people.rate * slower, float(factor))
            chances[mode] *= here * np.where(active, acts, (1 - acts) * np.where(visited, reads, 1 - reads))
        returned = chances[PAUSED] * away * back * active
        chances[PAUSED] *= away * (1 - back) * ~seen[day]
        chances[LEFT] *= gone * ~seen[day]
        chances[ENGAGED] += returned

        leave = np.stack([lives.hazard_engaged[day], lives.hazard_fading[day]])
        loud = lives.announced & (lives.left_day == day)
        silent = leave * (1 - law.P_ANNOUNCE) / (1 - leave * law.P_ANNOUNCE)
        present, chances[PAUSED], chances[LEFT] = _evening(
            chances[:2] * (1 - leave * law.P_ANNOUNCE), chances[PAUSED], chances[LEFT], silent
        )
        chances[:2] = present
        chances[:, loud] = np.arange(4)[:, None] == LEFT
        total = chances.sum(axis=0)
        chances /= np.where(total > 0, total, 1.0)
        open_before = lives.failed[day]
        if day in wanted:
            modes[day] = chances.copy()
    return modes


def _bills(lives: Lives, members: int, days: int) -> Ints:
    """What the subscription log shows on each day: 0 nothing, 1 a term paid, 2 a payment failed, 3 an end."""
    codes = {"start": 1, "renew": 1, "payment_failed": 2, "expired": 3, "cancelled": 3, "unpaid": 3}
    shown = np.zeros((days, members), dtype=np.int64)
    steps = lives.steps[lives.steps["step"].isin(list(codes))]
    shown[steps["day"].to_numpy(), steps["member"].to_numpy()] = steps["step"].map(codes).to_numpy()
    return shown
