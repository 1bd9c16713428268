"""Members of a segment for a campaign: drawn into arms and logged before anybody is named, the control arm left out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from models.retention.arms import CONTROL, HASH_VERSION, TREATED, draw_arm, key_id
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.lake.called import called
from pipelines.privacy.known import erased_members
from pipelines.reading import sums
from pipelines.reading.publication import open_published
from pipelines.retention import store
from pipelines.settings import Settings
from pipelines.sql import identifier

TRAITS = ("role", "need", "activity_level", "lifecycle")
"""Columns of ``marts.member_segments`` that a segment may ask for."""
COLUMNS = ("day", "member_id", "display_name", "profile_url", "campaign_id", *TRAITS)

_CAMPAIGN = re.compile(r"[A-Za-z0-9_-]+")


class SegmentError(UserError):
    """There is no such segment, or nobody in it."""


@dataclass(frozen=True)
class Segment:
    """Members of a segment who may be contacted, and how many are not: the control arm, and that of other campaigns."""

    day: date
    campaign: str
    rows: list[dict[str, Any]]
    n_control: int
    n_of_others: int


def read_traits(words: Sequence[str]) -> dict[str, str]:
    """Read what a segment asks for, as ``lifecycle=at_risk``.

    Raises:
        SegmentError: A word is no such pair, or names no trait.
    """
    found = {}
    for word in words:
        name, _, value = word.partition("=")
        if name not in TRAITS or not value:
            raise SegmentError(
                f"{word}: write a trait and its value, as lifecycle=at_risk; traits: {', '.join(TRAITS)}"
            )
        found[name] = value
    return found


def draw_segment(home: Home, settings: Settings, traits: Mapping[str, str], campaign: str, share: float) -> Segment:
    """Draw the members of a segment into the arms of a campaign, log that, and return whom to contact.

    Who is in the control arm of another campaign, and within the cool-down of its draw, is neither drawn nor returned:
    contacting them would spoil what that campaign measures.

    Args:
        home: Home folder of the community.
        settings: Its settings; the key of the draw.
        traits: Trait and value; all hold.
        campaign: Name of the campaign, as the log of actions will have it.
        share: Chance of the control arm. Who was drawn before keeps the arm.

    Raises:
        SegmentError: Nothing is published, nobody is in the segment, or the name is that of the daily list.
    """
    _check_name(settings, campaign)
    day, members = _members(home, traits)
    erased = erased_members(home)
    earlier = store.draws(home)
    since = day - timedelta(days=settings.retention_cool_down_days)
    controls = {
        row["member_id"]
        for row in earlier
        if row["arm"] == CONTROL and row["campaign_id"] != campaign and row["day"] > since
    }
    known = {row["member_id"]: str(row["arm"]) for row in earlier if row["campaign_id"] == campaign}
    free = [row for row in members if row["member_id"] not in erased and row["member_id"] not in controls]
    key = store.arm_key(home, settings)
    drawn = {
        row["member_id"]: known.get(row["member_id"]) or draw_arm(key, campaign, row["member_id"], share)
        for row in free
    }
    new = [
        {
            "member_id": name,
            "campaign_id": campaign,
            "kind": "message",
            "arm": arm,
            "held_out_share": share,
            "hash_version": HASH_VERSION,
            "key_id": key_id(key),
        }
        for name, arm in drawn.items()
        if name not in known
    ]
    store.keep_draws(home, day, new, "")
    treated = [row for row in free if drawn[row["member_id"]] == TREATED]
    known_as = called(home, [row["member_id"] for row in treated])
    rows = []
    for row in treated:
        name, url = known_as.get(row["member_id"], (None, None))
        rows.append(row | {"display_name": name, "profile_url": url, "campaign_id": campaign})
    return Segment(day, campaign, rows, len(free) - len(rows), len(members) - len(free))


def _check_name(settings: Settings, campaign: str) -> None:
    if not _CAMPAIGN.fullmatch(campaign):
        raise SegmentError(f"{campaign}: name a campaign with letters, digits, - and _ only")
    if campaign.startswith(f"{settings.retention_campaign}-"):
        raise SegmentError(f"{campaign}: names that begin with {settings.retention_campaign}- are the daily list's own")


def _members(home: Home, traits: Mapping[str, str]) -> tuple[date, list[dict[str, Any]]]:
    """The members of the newest period with these traits, by id, and its day."""
    if (database := sums.published(home)) is None:
        raise SegmentError("nothing is published yet: guildbook run publishes")
    newest = "marts.member_segments where day = (select max(day) from marts.member_segments)"
    newest += " and move is distinct from 'left'"
    with open_published(database) as con:
        for name, value in traits.items():
            known = [
                row[0] for row in con.execute(f"select distinct {identifier(name)} from {newest} order by 1").fetchall()
            ]
            if value not in known:
                raise SegmentError(f"nobody's {name} is {value}: there are {', '.join(filter(None, known)) or 'none'}")
        asked = "".join(f" and {identifier(name)} = ?" for name in traits)
        cursor = con.execute(
            f"select day, member_id, {', '.join(TRAITS)} from {newest}{asked} order by member_id", list(traits.values())
        )
        names = [column[0] for column in cursor.description or ()]
        rows = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
    if not rows:
        raise SegmentError("nobody has all of these traits")
    return rows[0]["day"], rows
