"""The small interactions: reading, liking, sharing, commenting, following; by members, guests and bots."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipelines.sample.calendar import DAY_S, Flags, Floats, Ints, Texts
from pipelines.sample.content import content_frame, logged
from pipelines.sample.context import NOBODY, SampleContext, interactions_frame

_KINDS = ("like", "comment", "bookmark", "share", "vote", "mention", "complete")
_KIND_SHARES = (0.44, 0.24, 0.1, 0.06, 0.08, 0.05, 0.03)
GUEST_SHARE = 0.03
"""Reads and votes by nobody in particular, relative to those of members."""
BOT_SHARES_PER_DAY = 18
"""Links that each bot posts on an average day."""


@dataclass(frozen=True)
class Interactions:
    """All interactions that this module tells, and the comments they wrote."""

    interactions: pd.DataFrame
    comments: pd.DataFrame


@dataclass(frozen=True)
class Shelf:
    """What can be read, by time of publication, and how attractive each piece is."""

    content: pd.DataFrame
    published: Ints
    appeal: Floats

    @classmethod
    def of(cls, rng: np.random.Generator, content: pd.DataFrame) -> Shelf:
        """Take first versions of everything but answers; questions included."""
        readable = content[(content["source_seq"] == 1) & (content["kind"] != "answer")]
        readable = readable.sort_values("published", kind="stable", ignore_index=True)
        base = np.where(readable["kind"] == "question", 0.0, 0.7)
        return cls(readable, readable["published"].to_numpy(), base + rng.normal(0, 0.8, len(readable)))

    def pick(self, rng: np.random.Generator, at: Ints, topic: Ints) -> Ints:
        """Pick a piece published before each moment: mostly new, of three candidates the most attractive.

        Args:
            rng: Source of chance.
            at: The moments, from day 0 on.
            topic: Favourite topic of each reader.

        Returns:
            Row numbers of ``content``.
        """
        newest = np.searchsorted(self.published, at, side="left") - 1
        behind = np.floor(rng.pareto(0.9, (3, len(at))) * 6)
        candidates = newest - np.minimum(behind, newest).astype(np.int64)
        topics = self.content["topic"].to_numpy(dtype=np.int64)
        liking = self.appeal[candidates] + 0.8 * (topics[candidates] == topic)
        return np.asarray(np.take_along_axis(candidates, liking.argmax(axis=0)[None], axis=0)[0])


def interact(rng: np.random.Generator, context: SampleContext, content: pd.DataFrame) -> Interactions:
    """Tell every member's small interactions: on an active day at least one that counts, on a visit reads only."""
    shelf = Shelf.of(rng, content)
    members, comments = _members(rng, context, shelf, content)
    bots, bot_comments = _bots(rng, context, shelf)
    every = [_reads(rng, context, shelf), members, _follows(rng, context), bots, _guests(rng, context, shelf)]
    return Interactions(pd.concat(every, ignore_index=True), pd.concat([comments, bot_comments], ignore_index=True))


def _spread(rng: np.random.Generator, context: SampleContext, on: Flags, mean: Floats, least: int) -> tuple[Ints, Ints]:
    """Draw how many interactions each member-day of ``on`` has and return their moments and members."""
    day, member = np.nonzero(on)
    count = least + rng.poisson(mean[member] * rng.gamma(1.2, 1 / 1.2, len(member)))
    length = np.repeat(count, count) * 110.0
    day, member = np.repeat(day, count), np.repeat(member, count)
    at = context.within_day(day, member, rng.random(len(day)) * length + 20)
    return np.maximum(at, context.joined_s[member] + 60), member


def _members(
    rng: np.random.Generator, context: SampleContext, shelf: Shelf, content: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    people = context.people
    at, member = _spread(rng, context, context.trajectories.active & ~people.bot, 0.5 + 1.2 * np.sqrt(people.rate), 1)
    kind = rng.choice(_KINDS, size=len(at), p=_KIND_SHARES).astype(object)
    row = shelf.pick(rng, at, people.topic[member])
    on = shelf.content.iloc[row]
    # A comment by another answers a question, so those that find no answer get none; and nobody comments
    # on their own piece.
    author = on["author"].to_numpy(dtype=np.int64)
    silent = (on["kind"] == "question").to_numpy() & ~on["answered"].fillna(False).to_numpy(dtype=bool)
    kind = np.where((kind == "comment") & (silent | (author == member)), "like", kind)
    kind = np.where((kind == "complete") & (on["kind"] != "course").to_numpy(), "bookmark", kind)
    writes = kind == "comment"
    value = np.where(kind == "vote", np.where(rng.random(len(at)) < 0.9, 1.0, -1.0), np.nan)
    content_id = on["content_id"].to_numpy(dtype=object)
    small = interactions_frame(kind, at, member, content_id=content_id, target=author, value=value)[~writes]
    # Some comments go below an answer of the question and count as replies.
    parent, target = content_id[writes], author[writes]
    answers = content[content["kind"] == "answer"].drop_duplicates("parent_id").set_index("parent_id")
    below = answers.reindex(parent)
    on_answer = below["at"].le(pd.Series(at[writes], index=below.index)).to_numpy() & (
        rng.random(int(writes.sum())) < 0.5
    )
    comments = content_frame(
        "c",
        "comment",
        at[writes],
        member[writes],
        on["topic"].to_numpy()[writes],
        np.maximum(rng.lognormal(4.2, 0.8, int(writes.sum())), 2).astype(np.int64),
        parent_id=np.where(on_answer, below["content_id"].to_numpy(dtype=object), parent),
        root_id=parent,
        target=np.where(on_answer, below["author"].fillna(NOBODY).to_numpy(dtype=np.int64), target),
        replies=on_answer,
    )
    kinds = np.where(comments["replies"], "reply", "comment").astype(object)
    told = logged(rng, comments, kinds, comments["target"].to_numpy())
    return pd.concat([small, told], ignore_index=True), comments.drop(columns=["target", "replies"])


def _reads(rng: np.random.Generator, context: SampleContext, shelf: Shelf) -> pd.DataFrame:
    people = context.people
    at, member = _spread(rng, context, context.came & ~people.bot, np.full(people.size, 1.8), 1)
    row = shelf.pick(rng, at, people.topic[member])
    deep = rng.random(len(at)) < 0.35
    seconds = np.where(deep, rng.lognormal(5.0, 0.8, len(at)), rng.lognormal(2.5, 0.7, len(at))).round(1)
    kind: Texts = np.where(deep, "read", "view").astype(object)
    return interactions_frame(
        kind,
        at,
        member,
        content_id=shelf.content["content_id"].to_numpy(dtype=object)[row],
        duration_s=seconds,
    )


def _follows(rng: np.random.Generator, context: SampleContext) -> pd.DataFrame:
    """One follow per new contact: of somebody active on the same day, else of staff."""
    day, member = np.nonzero(context.trajectories.befriended)
    target = context.draw_active(rng, day, np.where(context.people.human, 1.0 + np.sqrt(context.people.expertise), 0.0))
    staff = int(np.flatnonzero(context.people.staff)[0])
    target = np.where((target == member) | (target == NOBODY), staff, target)
    at = np.maximum(context.within_day(day, member, rng.integers(60, 1800, len(day))), context.joined_s[member] + 60)
    return interactions_frame("follow", at, member, target=target)


def _bots(rng: np.random.Generator, context: SampleContext, shelf: Shelf) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The first bot greets each question within a minute; all bots post links at any hour."""
    bots = np.flatnonzero(context.people.bot)
    asked = shelf.content[shelf.content["kind"] == "question"]
    at = np.minimum(
        asked["at"].to_numpy() + rng.integers(5, 60, len(asked)),
        (asked["at"].to_numpy() // DAY_S + 1) * DAY_S - 1,
    )
    parent = asked["content_id"].to_numpy()
    greetings = content_frame(
        "b",
        "comment",
        at,
        np.full(len(asked), bots[0]),
        asked["topic"].to_numpy(),
        np.full(len(asked), 96),
        parent_id=parent,
        root_id=parent,
    )
    told = logged(rng, greetings, "comment", NOBODY)
    # Some greetings are withdrawn some minutes later.
    gone = greetings[rng.random(len(greetings)) < 0.01]
    gone = gone.assign(at=np.minimum(gone["at"] + 600, context.last_s), source_seq=2, op="delete")
    count = rng.poisson(BOT_SHARES_PER_DAY, (context.calendar.days, len(bots)))
    day, bot = (np.repeat(index, count.ravel()) for index in np.indices(count.shape).reshape(2, -1))
    moments = day * DAY_S + rng.integers(0, DAY_S, len(day))
    row = shelf.pick(rng, moments, np.full(len(moments), -1))
    links = interactions_frame(
        "share", moments, bots[bot], content_id=shelf.content["content_id"].to_numpy(dtype=object)[row]
    )
    return pd.concat([told, links], ignore_index=True), pd.concat([greetings, gone], ignore_index=True)


def _guests(rng: np.random.Generator, context: SampleContext, shelf: Shelf) -> pd.DataFrame:
    size = int(GUEST_SHARE * 4 * context.came.sum())
    day = rng.choice(np.flatnonzero(context.came.any(axis=1)), size)
    at = day * DAY_S + rng.integers(0, DAY_S, size)
    row = shelf.pick(rng, at, np.full(size, -1))
    votes = rng.random(size) < 0.15
    kind: Texts = np.where(votes, "vote", "view").astype(object)
    content_id = shelf.content["content_id"].to_numpy(dtype=object)[row]
    return interactions_frame(
        kind, at, np.full(size, NOBODY), content_id=content_id, value=np.where(votes, 1.0, np.nan)
    )
