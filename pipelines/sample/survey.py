"""Feedback: ratings after events and of pieces, and the community survey every two months."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipelines.sample.calendar import DAY_S, Flags, Floats, Ints, Texts, only
from pipelines.sample.context import SampleContext, numbered
from pipelines.sample.events import Events
from pipelines.sample.words import COMMENTS

P_EVENT_ANSWER, P_SURVEY_ANSWER, P_RATING = 0.4, 0.3, 0.015
SURVEY_EVERY, SURVEY_DAYS = 60, 5


def ask_feedback(
    rng: np.random.Generator, context: SampleContext, events: Events, interactions: pd.DataFrame
) -> pd.DataFrame:
    """Return the rows of the feedback log; everybody answers on a day on which they came or attended."""
    parts = [_after_events(rng, events), _of_pieces(rng, context, interactions), _of_community(rng, context)]
    rows = pd.concat(parts, ignore_index=True).sort_values("at", kind="stable", ignore_index=True)
    happy = np.where(rows["scale"] == "nps10", rows["score"] >= 8, rows["score"] >= 4)
    rows["comment"] = _comments(rng, happy)
    return rows.assign(feedback_id=numbered("f", len(rows)))


def _after_events(rng: np.random.Generator, events: Events) -> pd.DataFrame:
    there = events.participation[events.participation["state"] == "attended"]
    there = there[rng.random(len(there)) < P_EVENT_ANSWER]
    quality = there["event_id"].map(events.events.set_index("event_id")["quality"]).to_numpy(dtype=np.float64)
    score = np.clip(np.round(4.05 + quality + rng.normal(0, 0.8, len(there))), 1, 5)
    at = there["at"].to_numpy() + rng.integers(300, 3600, len(there))
    return _rows(at, there["member"].to_numpy(), "event", score, "csat5").assign(about_id=there["event_id"].to_numpy())


def _of_pieces(rng: np.random.Generator, context: SampleContext, interactions: pd.DataFrame) -> pd.DataFrame:
    reads = interactions[(interactions["kind"] == "read") & (interactions["member"] >= 0)]
    reads = reads[context.people.human[reads["member"]]]
    reads = reads[rng.random(len(reads)) < P_RATING].drop_duplicates(["member", "content_id"])
    score = np.clip(np.round(rng.normal(4.1, 0.9, len(reads))), 1, 5)
    at = reads["at"].to_numpy()
    at = np.minimum(at + 120, (at // DAY_S + 1) * DAY_S - 1)
    return _rows(at, reads["member"].to_numpy(), "content", score, "csat5").assign(
        about_id=reads["content_id"].to_numpy()
    )


def _of_community(rng: np.random.Generator, context: SampleContext) -> pd.DataFrame:
    people, parts = context.people, []
    for start in range(20, context.calendar.days, SURVEY_EVERY):
        until = min(start + SURVEY_DAYS, context.calendar.days) - 1
        day = context.next_came[start]
        who = np.flatnonzero(people.human & (day <= until) & (rng.random(people.size) < P_SURVEY_ANSWER))
        day = day[who]
        mood = (
            7.4
            + 1.2 * np.minimum(context.trajectories.answered[: start + 1, who].sum(axis=0), 1)
            - 1.5 * context.trajectories.failed[day, who]
        )
        score = np.clip(np.round(mood + rng.normal(0, 1.8, len(who))), 0, 10)
        at = context.within_day(day, who, rng.integers(300, 1200, len(who)))
        rows = _rows(at, who, "community", score, "nps10")
        parts.append(rows.assign(needs=only(rng.random(len(who)) < 0.7, people.needs[who])))
    return pd.concat(parts, ignore_index=True)


def _rows(at: Ints, member: Ints, about_kind: str, score: Floats, scale: str) -> pd.DataFrame:
    return pd.DataFrame({"at": at, "member": member, "about_kind": about_kind, "score": score, "scale": scale})


def _comments(rng: np.random.Generator, happy: Flags) -> Texts:
    pick = rng.integers(0, 5, len(happy))
    praise, blame = (np.array(COMMENTS[side], dtype=object) for side in (True, False))
    words = np.where(happy, praise[pick], blame[pick]).astype(object)
    return only(rng.random(len(happy)) < 0.3, words)
