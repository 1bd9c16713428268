"""``write_sample``: draw a community, tell its logs, deliver them, and put the truth aside."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from pipelines.faults import UserError
from pipelines.sample.activity import act
from pipelines.sample.billing import bill
from pipelines.sample.clock import Clock, only
from pipelines.sample.content import publish
from pipelines.sample.delivery import deliver
from pipelines.sample.events import hold_events
from pipelines.sample.files import write_parcel
from pipelines.sample.lapse import lapse_probability
from pipelines.sample.lives import live
from pipelines.sample.oracle import oracle
from pipelines.sample.outreach import act_on_members
from pipelines.sample.population import draw_population
from pipelines.sample.registry import register
from pipelines.sample.survey import ask_feedback
from pipelines.sample.tables import TOLD_LOGS, Table, write_out
from pipelines.sample.truth import Frames, tell
from pipelines.sample.words import tags
from pipelines.sample.world import World, numbered

MIN_MEMBERS, MIN_DAYS = 20, 31

_CHANNELS = {
    "question": "help",
    "answer": "help",
    "comment": "talk",
    "article": "articles",
    "course": "academy",
    "live": "academy",
    "announcement": "news",
    "event_notice": "news",
}


class NotEmptyError(UserError):
    """A folder that the sample is to be written into holds something."""


@dataclass(frozen=True)
class LogReport:
    """What lies in one log's landing files.

    ``delivered`` = keys + ``corrections`` + ``duplicates`` + ``malformed``.
    """

    delivered: int
    """Rows in the files, headers excluded."""
    malformed: int
    """Rows that break the contract or cannot be parsed."""
    duplicates: int
    """Second copies of a row, its version included."""
    corrections: int
    """Rows that are a later version of a row, with a higher source_seq."""
    late: int
    """Accepted rows, second copies included, in a log day after their own day; ``opening`` ones included."""
    opening: int
    """Accepted rows, second copies included, from before the first day."""
    files: int


@dataclass(frozen=True)
class SampleReport:
    """What ``write_sample`` wrote."""

    seed: int
    members: int
    first_day: date
    last_day: date
    logs: dict[str, LogReport]


def write_sample(
    landing: Path,
    truth: Path,
    *,
    seed: int = 7,
    members: int = 2000,
    first_day: date = date(2025, 1, 1),
    days: int = 400,
    timezone: str = "Asia/Shanghai",
    lapse_draws: int = 0,
) -> SampleReport:
    """Write the logs of a simulated community and the truth about it.

    The same arguments give the same bytes. Both folders are built beside their place and moved in whole.

    Args:
        landing: Landing folder; must be absent or empty.
        truth: Folder of what no log shows; must be absent or empty, and outside of ``landing``.
        seed: Seed of every draw.
        members: Number of members who ever join, staff and bots included; 20 at least.
        first_day: First log day.
        days: Number of log days; 31 at least.
        timezone: IANA time zone of the community.
        lapse_draws: Draws of the weeks ahead for the truth about lapses; it is left out where 0.

    Returns:
        Counts of what was written, per log.

    Raises:
        ValueError: Too few members or days.
        NotEmptyError: A folder already holds something.
    """
    if members < MIN_MEMBERS or days < MIN_DAYS:
        raise ValueError(f"a sample needs at least {MIN_MEMBERS} members and {MIN_DAYS} days; got {members} and {days}")
    for folder in (landing, truth):
        if folder.exists() and any(folder.iterdir()):
            raise NotEmptyError(f"{folder} is not empty; give an empty folder or remove it first")
    clock = Clock(first_day, days, timezone)
    story, delivery, files = np.random.SeedSequence(seed).spawn(3)
    tables, truths = _simulate(story, members, clock, lapse_draws)

    building = {folder: _partial(folder) for folder in (landing, truth)}
    logs, injected = {}, {}
    n_logs = len(TOLD_LOGS)
    for name, delivery_seed, files_seed in zip(TOLD_LOGS, delivery.spawn(n_logs), files.spawn(n_logs), strict=True):
        parcel = deliver(np.random.default_rng(delivery_seed), tables[name], days)
        written = write_parcel(np.random.default_rng(files_seed), building[landing], parcel, clock)
        rows = tables[name].rows
        logs[name] = LogReport(
            delivered=written.lines,
            malformed=written.broken.total(),
            duplicates=sum(parcel.duplicates.values()),
            corrections=int((rows["source_seq"] > 1).sum()) if "source_seq" in rows else 0,
            late=parcel.late,
            opening=int((parcel.table.event_day[parcel.row] < 0).sum()),
            files=written.files,
        )
        broken = dict(sorted(written.broken.items()))
        injected[name] = asdict(logs[name]) | {
            "malformed_by_reason": broken,
            "duplicates_by_place": parcel.duplicates,
        }
    for name, frame in truths.items():
        frame.to_parquet(building[truth] / f"{name}.parquet", index=False)
    pq.write_table(oracle(truths), building[truth] / "oracle.parquet")
    (building[truth] / "injected.json").write_text(json.dumps(injected, indent=1) + "\n", encoding="utf-8")
    for folder, partial in building.items():
        _move_in(partial, folder)
    return SampleReport(seed, members, first_day, clock.day(days - 1), logs)


def _simulate(
    seed: np.random.SeedSequence, members: int, clock: Clock, lapse_draws: int = 0
) -> tuple[dict[str, Table], Frames]:
    """Return the logs' clean tables and the truth; every part has its own source of chance."""
    rngs = [np.random.default_rng(child) for child in seed.spawn(9)]
    people = draw_population(rngs[0], members, clock.days)
    world = World(people, live(rngs[1], people, clock), clock, clock.sessions(rngs[2], members))
    events = hold_events(rngs[3], world)
    published = publish(rngs[4], world, events.events)
    acts = act(rngs[5], world, published.pieces)
    bills = bill(rngs[6], world, published.pieces)

    pieces = pd.concat([published.pieces, acts.comments], ignore_index=True)
    pieces["channel"] = pieces["kind"].map(_CHANNELS)
    tagged = (pieces["kind"] != "comment").to_numpy()
    pieces["tags"] = only(tagged, tags(pieces["topic"].to_numpy(dtype=np.int64)))
    locale = people.locale[pieces["author"].to_numpy(dtype=np.int64)]
    pieces["lang"] = [text[:2] for text in locale]

    interactions = pd.concat([published.acts, acts.acts, events.acts], ignore_index=True)
    interactions = interactions.sort_values("at", kind="stable", ignore_index=True)
    interactions["interaction_id"] = numbered("i", len(interactions))
    places = np.array(["web", "web", "app", "app", "wechat"], dtype=object)
    interactions["channel"] = places[rngs[7].integers(0, len(places), len(interactions))]

    frames = {
        "members": register(world, bills.upgrades),
        "content": pieces,
        "interactions": interactions,
        "events": events.events.assign(currency="CNY", source_seq=1),
        "event_participation": events.participation,
        "feedback": ask_feedback(rngs[8], world, events, interactions),
        "subscriptions": bills.subscriptions,
        "payments": bills.payments,
        "actions": act_on_members(world, published, bills.subscriptions),
    }
    tables = {name: write_out(name, frames[name], world) for name in TOLD_LOGS}
    seen = world.came | events.attended
    truths = tell(people, world.lives, clock, seen)
    if lapse_draws:
        truths["lapse_probability"] = lapse_probability(people, world.lives, clock, seen, lapse_draws)
    return tables, truths


def _partial(folder: Path) -> Path:
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    return partial


def _move_in(partial: Path, folder: Path) -> None:
    if folder.exists():
        folder.rmdir()
    os.sync()
    partial.rename(folder)
