"""What is published: the opening catalogue, articles, courses, announcements, questions and answers.

Comments are written with the other small interactions in ``activity``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipelines.sample.calendar import DAY_S, Ints, Texts
from pipelines.sample.context import NOBODY, SampleContext, interactions_frame
from pipelines.sample.words import TOPICS, titles

CATALOGUE = 40
"""Pieces by staff from before the first day; they are delivered on it."""
P_ACCEPT = 0.55
"""Chance that an asker accepts an answer, given that they are active in the week after it."""
P_EDITED = 0.05
"""Share of articles whose author corrects them on a later active day: a version with a higher source_seq."""
P_LOGGED = 0.6
"""Share of questions, answers and comments that are in the interactions log too."""


@dataclass(frozen=True)
class Published:
    """Rows of the content log and the interactions that go with them."""

    content: pd.DataFrame
    """content_id, at, kind, published, author, parent_id, root_id, topic, title, n_chars, access,
    price_minor, accepted_answer_id, source_seq, op; ``answered`` tells questions that found an answer."""
    interactions: pd.DataFrame


def publish(rng: np.random.Generator, context: SampleContext, events: pd.DataFrame) -> Published:
    """Write everything but comments."""
    questions = _questions(rng, context)
    answers = _answers(rng, context, questions)
    accepted, accepts = _accept(rng, context, questions, answers)
    content = pd.concat(
        [_catalogue(rng, context), _articles(rng, context), _by_staff(rng, context, events), questions, answers],
        ignore_index=True,
    )
    content["title"] = titles(
        rng,
        content["kind"].to_numpy(dtype=object),
        content["topic"].to_numpy(dtype=np.int64),
        rng.random(len(content)) < 0.75,
    )
    versions = pd.concat([accepted, _edits(rng, context, content)], ignore_index=True)
    versions["title"] = versions["content_id"].map(content.set_index("content_id")["title"])
    told = [logged(rng, questions, "ask", NOBODY), logged(rng, answers, "answer", answers["asker"]), accepts]
    return Published(pd.concat([content, versions], ignore_index=True), pd.concat(told, ignore_index=True))


def logged(rng: np.random.Generator, content: pd.DataFrame, kind: str | Texts, target: object) -> pd.DataFrame:
    """Return the interactions that created ``content``, for the share of it that the interactions log holds too."""
    created = interactions_frame(
        kind,
        content["at"].to_numpy(),
        content["author"].to_numpy(),
        content_id=content["content_id"].to_numpy(),
        target=target,
    )
    return created[rng.random(len(created)) < P_LOGGED]


def content_frame(
    prefix: str, kind: str | Texts, at: Ints, author: Ints, topic: Ints, n_chars: Ints, **more: object
) -> pd.DataFrame:
    """Return content rows in order of publication, with ids of a prefix and a number."""
    frame = pd.DataFrame(
        {"at": at, "published": at, "kind": kind, "author": author, "topic": topic, "n_chars": n_chars} | more
    )
    frame = frame.sort_values("at", kind="stable", ignore_index=True)
    frame.insert(0, "content_id", [f"{prefix}{number:06d}" for number in range(1, len(frame) + 1)])
    return frame.assign(source_seq=1, access=frame.get("access", "free"))


def _sizes(rng: np.random.Generator, middle: float, count: int) -> Ints:
    return np.maximum(rng.lognormal(np.log(middle), 0.7, count), 8).astype(np.int64)


def _catalogue(rng: np.random.Generator, context: SampleContext) -> pd.DataFrame:
    kind = rng.choice(["article", "course"], size=CATALOGUE, p=[0.8, 0.2]).astype(object)
    paid = kind == "course"
    return content_frame(
        "k",
        kind,
        -rng.integers(1, 300 * DAY_S, CATALOGUE),
        rng.choice(np.flatnonzero(context.people.staff), CATALOGUE),
        rng.integers(0, len(TOPICS), CATALOGUE),
        _sizes(rng, 5000, CATALOGUE),
        access=np.where(paid, "paid", "free").astype(object),
        price_minor=np.where(paid, 19_900, np.nan),
    )


def _articles(rng: np.random.Generator, context: SampleContext) -> pd.DataFrame:
    day, author = np.nonzero(context.trajectories.active & (rng.random(context.came.shape) < context.people.writes))
    at = context.within_day(day, author, rng.integers(300, 3600, len(day)))
    paid = rng.random(len(day)) < 0.2
    return content_frame(
        "a",
        "article",
        at,
        author,
        _topics(rng, context, author),
        _sizes(rng, 3500, len(day)),
        access=np.where(paid, "paid", "free").astype(object),
        price_minor=np.where(paid, rng.choice([900, 1900, 2900], size=len(day)), np.nan),
    )


def _by_staff(rng: np.random.Generator, context: SampleContext, events: pd.DataFrame) -> pd.DataFrame:
    """Announcements, courses, one notice per event and a recording of each talk that took place online."""
    days = np.arange(context.calendar.days)
    staff = np.flatnonzero(context.people.staff)
    news = days[(context.calendar.weekday(days) < 5) & (rng.random(len(days)) < 0.3)]
    courses = days[(context.calendar.weekday(days) == 1) & (rng.random(len(days)) < 0.4)]
    shown = events[(events["mode"] == "online") & events["kind"].isin(["talk", "live", "workshop", "ama"])]
    shown = shown[shown["ends"] + 3600 <= context.last_s]
    parts = [
        ("announcement", news * DAY_S + 10 * 3600, rng.integers(0, len(TOPICS), len(news)), 600.0),
        ("course", courses * DAY_S + 11 * 3600, rng.integers(0, len(TOPICS), len(courses)), 12_000.0),
        ("event_notice", events["at"].to_numpy() + 60, events["topic"].to_numpy(), 400.0),
        ("live", shown["ends"].to_numpy() + 1800, shown["topic"].to_numpy(), 300.0),
    ]
    kind = np.concatenate([np.full(len(at), name, dtype=object) for name, at, _, _ in parts])
    at = np.concatenate([at for _, at, _, _ in parts]).astype(np.int64)
    at += rng.integers(0, 900, len(at))
    size = np.concatenate([_sizes(rng, middle, len(at)) for _, at, _, middle in parts])
    paid = kind == "course"
    return content_frame(
        "s",
        kind,
        np.minimum(at, context.last_s),
        rng.choice(staff, len(at)),
        np.concatenate([topic for _, _, topic, _ in parts]),
        size,
        access=np.where(paid, "paid", "free").astype(object),
        price_minor=np.where(paid, 19_900, np.nan),
    )


def _questions(rng: np.random.Generator, context: SampleContext) -> pd.DataFrame:
    day, author = np.nonzero(context.trajectories.asked)
    at = context.within_day(day, author, rng.integers(30, 1500, len(day)))
    return content_frame(
        "q",
        "question",
        at,
        author,
        _topics(rng, context, author),
        _sizes(rng, 420, len(day)),
        answered=context.trajectories.answered[day, author],
    )


def _answers(rng: np.random.Generator, context: SampleContext, questions: pd.DataFrame) -> pd.DataFrame:
    """One answer or more to each question that finds one, by members active on the day, else by staff."""
    found = questions[questions["answered"]]
    asked = found.loc[found.index.repeat(rng.geometric(0.62, len(found)))].reset_index(drop=True)
    wait = np.maximum(rng.lognormal(np.log(2.5 * 3600), 1.5, len(asked)), 120)
    earliest = asked["at"].to_numpy() + np.minimum(wait, 20 * DAY_S).astype(np.int64)
    day = earliest // DAY_S
    in_time = day < context.calendar.days
    asked, earliest, day = asked[in_time].reset_index(drop=True), earliest[in_time], day[in_time]
    weight = np.where(context.people.human, context.people.expertise, 0.0)
    author = context.draw_active(rng, day, weight)
    helper = rng.choice(np.flatnonzero(context.people.staff), len(asked))
    author = np.where((author == NOBODY) | (author == asked["author"].to_numpy()), helper, author)
    return content_frame(
        "r",
        "answer",
        np.maximum(earliest, context.within_day(day, author, rng.integers(60, 1800, len(day)))),
        author,
        asked["topic"].to_numpy(),
        _sizes(rng, 600, len(asked)),
        parent_id=asked["content_id"].to_numpy(),
        root_id=asked["content_id"].to_numpy(),
        asker=asked["author"].to_numpy(),
    )


def _accept(
    rng: np.random.Generator, context: SampleContext, questions: pd.DataFrame, answers: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the questions' second versions and the interactions "accept", by askers who are back in a week."""
    first = answers.drop_duplicates("parent_id")
    asker, answered = first["asker"].to_numpy(), first["at"].to_numpy()
    day = context.next_active[answered // DAY_S, asker]
    in_week = (day <= answered // DAY_S + 7) & (day < context.calendar.days) & (rng.random(len(first)) < P_ACCEPT)
    first, asker, answered, day = first[in_week], asker[in_week], answered[in_week], day[in_week]
    later = np.maximum(context.within_day(day, asker, rng.integers(60, 900, len(first))), answered + 60)
    at = np.minimum(later, (day + 1) * DAY_S - 1)
    versions = questions.set_index("content_id", drop=False).loc[first["parent_id"]].reset_index(drop=True)
    versions = versions.assign(at=at, accepted_answer_id=first["content_id"].to_numpy(), source_seq=2)
    target = first["author"].to_numpy()
    return versions, interactions_frame("accept", at, asker, content_id=first["content_id"].to_numpy(), target=target)


def _edits(rng: np.random.Generator, context: SampleContext, content: pd.DataFrame) -> pd.DataFrame:
    """Return the second versions of articles: longer ones."""
    articles = content[(content["kind"] == "article") & (content["published"] >= 0)]
    articles = articles[rng.random(len(articles)) < P_EDITED]
    author = articles["author"].to_numpy(dtype=np.int64)
    later = np.minimum(articles["at"].to_numpy() // DAY_S + 1, context.calendar.days - 1)
    day = context.next_active[later, author]
    comes = (day < context.calendar.days) & (day * DAY_S > articles["at"].to_numpy())
    articles, author, day = articles[comes], author[comes], day[comes]
    at = context.within_day(day, author, rng.integers(60, 1800, len(day)))
    longer = articles["n_chars"].to_numpy() + rng.integers(5, 200, len(at))
    edited: pd.DataFrame = articles.assign(at=at, n_chars=longer, source_seq=2)
    return edited


def _topics(rng: np.random.Generator, context: SampleContext, member: Ints) -> Ints:
    other = np.minimum(rng.geometric(0.12, len(member)) - 1, len(TOPICS) - 1)
    return np.asarray(np.where(rng.random(len(member)) < 0.55, context.people.topic[member], other), dtype=np.int64)
