"""Community events: planning, invitations, registrations, attendance, and the interactions of those who take part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipelines.sample.calendar import DAY_S, Flags, Ints
from pipelines.sample.context import SampleContext, interactions_frame, numbered
from pipelines.sample.words import TOPICS, titles

_KINDS = ("talk", "contest", "showcase", "workshop", "meetup", "live", "ama")
_KIND_SHARES = (0.24, 0.08, 0.1, 0.16, 0.12, 0.18, 0.12)
P_EVENT_DAY = 0.36
"""Chance that an event takes place on a day: about two and a half a week."""
P_INVITED, P_CANCELS, P_ATTENDS = 0.06, 0.08, 0.62


@dataclass(frozen=True)
class Events:
    """Frames of the logs events and event_participation, the interactions during events, and who attended."""

    events: pd.DataFrame
    participation: pd.DataFrame
    interactions: pd.DataFrame
    attended: Flags
    """Shape (days, members)."""


def hold_events(rng: np.random.Generator, context: SampleContext) -> Events:
    """Plan all events and let members take part; an event after the last day is planned only."""
    events = _plan(rng, context)
    attended = np.zeros_like(context.trajectories.active)
    states, doings = [], []
    for event in events.itertuples(index=False):
        rows, done = _take_part(rng, context, event, attended)
        states.append(rows)
        doings.append(done)
    participation = pd.concat(states, ignore_index=True)
    return Events(events, participation, pd.concat(doings, ignore_index=True), attended)


def _plan(rng: np.random.Generator, context: SampleContext) -> pd.DataFrame:
    days = context.calendar.days
    day = 3 + np.flatnonzero(rng.random(days + 6) < P_EVENT_DAY)
    day = np.union1d(day, [3])
    announced = np.maximum(day - rng.integers(6, 13, len(day)), 0)
    day, announced = day[announced < days], announced[announced < days]
    size = len(day)
    kind = rng.choice(_KINDS, size=size, p=_KIND_SHARES).astype(object)
    weekend = context.calendar.weekday(day) >= 5
    hour = np.where(weekend, rng.integers(14, 17, size), rng.integers(19, 21, size))
    starts = day * DAY_S + hour * 3600
    offline = np.isin(kind, ["meetup", "contest"]) & (rng.random(size) < 0.7)
    topic = rng.integers(0, len(TOPICS), size)
    hosts = [_host(rng, context, at) for at in announced.tolist()]
    wording = np.where(kind == "live", "talk", kind).astype(object)
    return pd.DataFrame(
        {
            "event_id": numbered("e", size),
            "at": announced * DAY_S + rng.integers(9 * 3600, 11 * 3600, size),
            "kind": kind,
            "starts": starts,
            "ends": starts + rng.choice([3600, 5400, 7200], size=size),
            "title": titles(rng, wording, topic, rng.random(size) < 0.7),
            "host": hosts,
            "capacity": np.where(offline, rng.choice([20, 30, 40], size=size), rng.choice([100, 200, 500], size=size)),
            "cost_minor": np.where(offline, rng.integers(80_000, 300_000, size), rng.integers(5_000, 60_000, size)),
            "mode": np.where(offline, "offline", "online").astype(object),
            "topic": topic,
            "quality": rng.normal(0, 0.5, size),
        }
    )


def _host(rng: np.random.Generator, context: SampleContext, day: int) -> int:
    people = context.people
    willing = np.flatnonzero(np.isin(people.role, ["host", "contributor"]) & context.trajectories.present[day])
    candidates = willing if len(willing) and rng.random() < 0.7 else np.flatnonzero(people.staff)
    return int(rng.choice(candidates))


def _take_part(
    rng: np.random.Generator, context: SampleContext, event: object, attended: Flags
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the participation rows and interactions of one event; marks those who attend in ``attended``."""
    people, trajectories, days = context.people, context.trajectories, context.calendar.days
    planned, start = int(event.at) // DAY_S, int(event.starts) // DAY_S  # type: ignore[attr-defined]
    event_id, capacity = event.event_id, int(event.capacity)  # type: ignore[attr-defined]
    chance = rng.random((5, people.size))
    known_gone = trajectories.announced & (trajectories.left_day < planned)
    invited = people.human & (people.join_day <= planned) & ~known_gone & (chance[0] < P_INVITED)
    # Invitations go out on the day after the announcement; who comes between then and the eve may register.
    first, last = planned + 1, min(start - 1, days - 1)
    came = context.next_came[first] if first < days else np.full(people.size, days)
    liking = people.outgoing * np.where(invited, 2.0, 1.0) * np.where(people.topic == event.topic, 1.6, 1.0)  # type: ignore[attr-defined]
    registered = people.human & (came <= last) & (chance[1] < liking)
    who = np.flatnonzero(registered)
    seconds = context.within_day(came[who], who, rng.integers(60, 1800, len(who)))
    order = np.argsort(seconds, kind="stable")
    who, seconds = who[order], seconds[order]
    waiting = np.arange(len(who)) >= capacity
    cancels = ~waiting & (chance[2, who] < P_CANCELS)

    frames = []
    if first < days:
        asked = np.flatnonzero(invited)
        frames.append(_rows(event_id, asked, first * DAY_S + 9 * 3600 + rng.integers(0, 600, len(asked)), "invited"))
    frames.append(_rows(event_id, who[~waiting], seconds[~waiting], "registered"))
    frames.append(_rows(event_id, who[waiting], seconds[waiting], "waitlisted"))
    frames.append(
        _rows(
            event_id,
            who[cancels],
            np.minimum(seconds[cancels] + 1200, (came[who[cancels]] + 1) * DAY_S - 1),
            "cancelled",
        )
    )
    if start >= days:
        return pd.concat(frames, ignore_index=True), interactions_frame(
            "join_live", np.array([], dtype=np.int64), np.array([], dtype=np.int64)
        )

    expected = who[~waiting & ~cancels]
    there = expected[trajectories.present[start, expected] & (chance[3, expected] < P_ATTENDS)]
    attended[start, there] = True
    absent = np.setdiff1d(expected, there)
    begins, ends = int(event.starts), int(event.ends)  # type: ignore[attr-defined]
    talks = there[trajectories.active[start, there]] if event.mode == "online" else there[:0]  # type: ignore[attr-defined]
    n_chats = rng.poisson(2.2, len(talks))
    joins = interactions_frame("join_live", begins + rng.integers(-300, 900, len(talks)), talks, event_id=event_id)
    joins["duration_s"] = (ends - begins) * rng.uniform(0.3, 1.0, len(talks)).round(3)
    chatter = np.repeat(talks, n_chats)
    chats = interactions_frame("chat_live", rng.integers(begins + 900, ends, len(chatter)), chatter, event_id=event_id)
    n_interactions = np.zeros(people.size, dtype=np.int64)
    n_interactions[talks] = 1 + n_chats
    stay = np.round((ends - begins) / 60 * rng.uniform(0.3, 1.0, len(there)))
    frames.append(
        _rows(event_id, there, ends + rng.integers(0, 300, len(there)), "attended").assign(
            minutes=stay, n_interactions=n_interactions[there]
        )
    )
    frames.append(_rows(event_id, absent, np.full(len(absent), ends + 600), "no_show"))
    return pd.concat(frames, ignore_index=True), pd.concat([joins, chats], ignore_index=True)


def _rows(event_id: object, member: Ints, at: Ints, state: str) -> pd.DataFrame:
    return pd.DataFrame({"event_id": event_id, "at": at, "member": member, "state": state})
