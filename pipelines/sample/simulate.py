"""``write_sample``: draw a community, tell its logs, deliver them, and put the ground truth aside."""

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
from pipelines.sample.activity import interact
from pipelines.sample.billing import bill
from pipelines.sample.calendar import Calendar, only
from pipelines.sample.content import publish
from pipelines.sample.context import SampleContext, numbered
from pipelines.sample.delivery import deliver
from pipelines.sample.events import hold_events
from pipelines.sample.files import write_parcel
from pipelines.sample.ground_truth import Frames, ground_truth_tables
from pipelines.sample.lapse import lapse_probability
from pipelines.sample.oracle import oracle
from pipelines.sample.outreach import act_on_members
from pipelines.sample.population import draw_population
from pipelines.sample.registry import register
from pipelines.sample.sales import Told, sell
from pipelines.sample.survey import ask_feedback
from pipelines.sample.tables import TOLD_LOGS, Table, write_out
from pipelines.sample.trajectories import draw_trajectories
from pipelines.sample.words import tags

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
    ground_truth: Path,
    *,
    seed: int = 7,
    members: int = 2000,
    first_day: date = date(2025, 1, 1),
    days: int = 400,
    timezone: str = "Asia/Shanghai",
    lapse_draws: int = 0,
) -> SampleReport:
    """Write the logs of a simulated community and the ground truth about it.

    The same arguments give the same bytes. Both folders are built beside their place and moved in whole.

    Args:
        landing: Landing folder; must be absent or empty.
        ground_truth: Folder of what no log shows; must be absent or empty, and outside of ``landing``.
        seed: Seed of every draw.
        members: Number of members who ever join, staff and bots included; 20 at least.
        first_day: First log day.
        days: Number of log days; 31 at least.
        timezone: IANA time zone of the community.
        lapse_draws: Draws of the weeks ahead for the ground truth about lapses; it is left out where 0.

    Returns:
        Counts of what was written, per log.

    Raises:
        ValueError: Too few members or days.
        NotEmptyError: A folder already holds something.
    """
    if members < MIN_MEMBERS or days < MIN_DAYS:
        raise ValueError(f"a sample needs at least {MIN_MEMBERS} members and {MIN_DAYS} days; got {members} and {days}")
    for folder in (landing, ground_truth):
        if folder.exists() and any(folder.iterdir()):
            raise NotEmptyError(f"{folder} is not empty; give an empty folder or remove it first")
    calendar = Calendar(first_day, days, timezone)
    story, delivery, files = np.random.SeedSequence(seed).spawn(3)
    tables, truth_tables = _simulate(story, members, calendar, lapse_draws)

    building = {folder: _partial(folder) for folder in (landing, ground_truth)}
    logs, injected = {}, {}
    n_logs = len(TOLD_LOGS)
    for name, delivery_seed, files_seed in zip(TOLD_LOGS, delivery.spawn(n_logs), files.spawn(n_logs), strict=True):
        parcel = deliver(np.random.default_rng(delivery_seed), tables[name], days)
        written = write_parcel(np.random.default_rng(files_seed), building[landing], parcel, calendar)
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
    for name, frame in truth_tables.items():
        frame.to_parquet(building[ground_truth] / f"{name}.parquet", index=False)
    pq.write_table(oracle(truth_tables), building[ground_truth] / "oracle.parquet")
    (building[ground_truth] / "injected.json").write_text(json.dumps(injected, indent=1) + "\n", encoding="utf-8")
    for folder, partial in building.items():
        _move_in(partial, folder)
    return SampleReport(seed, members, first_day, calendar.day(days - 1), logs)


def _simulate(
    seed: np.random.SeedSequence, members: int, calendar: Calendar, lapse_draws: int = 0
) -> tuple[dict[str, Table], Frames]:
    """Return the logs' clean tables and the ground truth; every part has its own source of chance."""
    rngs = [np.random.default_rng(child) for child in seed.spawn(10)]
    people = draw_population(rngs[0], members, calendar.days)
    context = SampleContext(
        people, draw_trajectories(rngs[1], people, calendar), calendar, calendar.sessions(rngs[2], members)
    )
    events = hold_events(rngs[3], context)
    published = publish(rngs[4], context, events.events)
    told = interact(rngs[5], context, published.content)
    bills = bill(rngs[6], context, published.content)

    content = pd.concat([published.content, told.comments], ignore_index=True)
    content["channel"] = content["kind"].map(_CHANNELS)
    tagged = (content["kind"] != "comment").to_numpy()
    content["tags"] = only(tagged, tags(content["topic"].to_numpy(dtype=np.int64)))
    locale = people.locale[content["author"].to_numpy(dtype=np.int64)]
    content["lang"] = [text[:2] for text in locale]

    interactions = pd.concat([published.interactions, told.interactions, events.interactions], ignore_index=True)
    interactions = interactions.sort_values("at", kind="stable", ignore_index=True)
    interactions["interaction_id"] = numbered("i", len(interactions))
    places = np.array(["web", "web", "app", "app", "wechat"], dtype=object)
    interactions["channel"] = places[rngs[7].integers(0, len(places), len(interactions))]

    feedback = ask_feedback(rngs[8], context, events, interactions)
    actions = act_on_members(context, published, bills.subscriptions)
    sold = sell(rngs[9], context, Told(content, interactions, bills.payments, actions), events)

    frames = {
        "members": register(context, bills.upgrades),
        "content": sold.content,
        "interactions": sold.interactions,
        "events": events.events.assign(currency="CNY", source_seq=1),
        "event_participation": events.participation,
        "feedback": feedback,
        "subscriptions": bills.subscriptions,
        "payments": sold.payments,
        "actions": sold.actions,
    }
    tables = {name: write_out(name, frames[name], context) for name in TOLD_LOGS}
    seen = context.came | events.attended
    truth_tables = ground_truth_tables(people, context.trajectories, calendar, seen)
    if lapse_draws:
        truth_tables["lapse_probability"] = lapse_probability(people, context.trajectories, calendar, seen, lapse_draws)
    return tables, truth_tables


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
