"""Figures of real exports, counted from their own files in plain Python: no SQL, and nothing of the project.

What the marts are compared with, so the definitions of the metrics are written here once more.
"""

from __future__ import annotations

import csv
import tarfile
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from xml.etree import ElementTree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

SITE_ITSELF = "-1"
"""Stack Exchange's own user, a bot."""


def xml_rows(archive: Path, name: str) -> Iterator[dict[str, str]]:
    """Attributes of each row of one file of a dump, as the dump has them."""
    with tarfile.open(archive) as tar:
        member = next(one for one in tar if one.name.split("/")[-1] == name)
        for _, element in ElementTree.iterparse(tar.extractfile(member)):
            if element.tag == "row":
                yield dict(element.attrib)
                element.clear()


@dataclass(frozen=True)
class Question:
    """A question and how long it waited, in hours; ``waited`` is None while nobody responded."""

    asked: datetime
    observed: float
    waited: float | None
    is_accepted: bool
    has_accept_vote: bool

    @property
    def is_judged(self) -> bool:
        return self.observed >= 7 * 24


def questions_of(archive: Path, through_day: date) -> list[Question]:
    """Questions of people, each with its first response by another: an answer, or a comment below it or an answer."""
    posts = {row["Id"]: row for row in xml_rows(archive, "Posts.xml") if row["PostTypeId"] in ("1", "2")}
    responses: dict[str, list[tuple[datetime, str | None]]] = defaultdict(list)
    for row in posts.values():
        if row["PostTypeId"] == "2":
            responses[row["ParentId"]].append((_moment(row), row.get("OwnerUserId")))
    for row in xml_rows(archive, "Comments.xml"):
        post = posts.get(row["PostId"], {"PostTypeId": ""})
        question = post["Id"] if post["PostTypeId"] == "1" else post.get("ParentId")
        if question:
            responses[question].append((_moment(row), row.get("UserId")))
    accepts = {row["PostId"] for row in xml_rows(archive, "Votes.xml") if row["VoteTypeId"] == "1"}
    accepted = {post["ParentId"] for post in posts.values() if post["PostTypeId"] == "2" and post["Id"] in accepts}
    end = datetime.combine(through_day + timedelta(days=1), time())
    found = []
    for row in posts.values():
        asker = row.get("OwnerUserId")
        if row["PostTypeId"] == "1" and asker != SITE_ITSELF:
            asked = _moment(row)
            # Two people of whom the dump says nothing may be one.
            first = min((at for at, who in responses[row["Id"]] if who not in (asker, SITE_ITSELF)), default=None)
            waited = None if first is None else _hours(max(first - asked, timedelta()))
            has_vote = row["Id"] in accepted
            found.append(Question(asked, _hours(end - asked), waited, "AcceptedAnswerId" in row, has_vote))
    return found


def hours_until(share: float, questions: Iterable[Question]) -> float | None:
    """Hours by which a share had a response, by Kaplan and Meier: who still waits counts as long as seen."""
    ends: dict[float, Counter[bool]] = defaultdict(Counter)
    for question in questions:
        ends[question.observed if question.waited is None else question.waited][question.waited is not None] += 1
    waiting = 1.0
    n_at_risk = sum(end.total() for end in ends.values())
    for hours, end in sorted(ends.items()):
        waiting *= 1 - end[True] / n_at_risk
        n_at_risk -= end.total()
        if waiting <= 1 - share + 1e-9:
            return hours
    return None


def contributions_of(archive: Path) -> Iterator[tuple[str, date]]:
    """Who contributed on which day: posts, comments and accepts, each once. Nobody knows who voted."""
    posts = {row["Id"]: row for row in xml_rows(archive, "Posts.xml") if row["PostTypeId"] in ("1", "2")}
    found = [(post.get("OwnerUserId"), _moment(post).date()) for post in posts.values()]
    found += [(row.get("UserId"), _moment(row).date()) for row in xml_rows(archive, "Comments.xml")]
    for row in xml_rows(archive, "Votes.xml"):
        post = posts.get(row["PostId"])
        if row["VoteTypeId"] == "1" and post and post["PostTypeId"] == "2":
            asker = posts.get(post["ParentId"], {}).get("OwnerUserId")
            found.append((asker, max(_moment(row), _moment(post)).date()))
        elif row["VoteTypeId"] == "5" and post:
            found.append((row.get("UserId"), max(_moment(row), _moment(post)).date()))
    return ((who, day) for who, day in found if who not in (None, SITE_ITSELF))


def dependence_on_few(contributors: Iterable[str]) -> tuple[int, int, int, float]:
    """Contributions, contributors, fewest of them that make half, and the share of the first ten."""
    sizes = sorted(Counter(contributors).values(), reverse=True)
    half = next(n for n in range(1, len(sizes) + 1) if 2 * sum(sizes[:n]) >= sum(sizes))
    return sum(sizes), len(sizes), half, sum(sizes[:10]) / sum(sizes)


@dataclass
class Rsvps:
    """Answers to one event: who ever said yes, and who of them stands as no."""

    registered: set[str]
    cancelled: set[str]


def rsvps_of(folder: Path) -> dict[str, Rsvps]:
    """Answers to each past event. One that was changed later was the other one before: there are only yes and no.

    Only the last answer cancels, by its time: one is dated before the answer that it replaced. Who never registered has
    nothing to cancel.
    """
    events = {row["event_id"]: Rsvps(set(), set()) for row in _csv(folder / "events.csv") if row["status"] == "past"}
    for row in sorted(_csv(folder / "rsvps.csv"), key=lambda row: int(row["updated_at_ms"])):
        event = events.get(row["event_id"])
        has_changed = row["updated_at_ms"] != row["created_at_ms"]
        if event and (row["response"] == "yes" or has_changed):
            event.registered.add(row["member_id"])
        if event:
            is_last_no = (row["response"] == "no") == (int(row["updated_at_ms"]) >= int(row["created_at_ms"]))
            (event.cancelled.add if is_last_no else event.cancelled.discard)(row["member_id"])
    return events


def active_by_rsvp(folder: Path) -> dict[date, set[str]]:
    """Members who registered on each day: who answered yes, or no after an answer that was the other one."""
    active: dict[date, set[str]] = {}
    for row in _csv(folder / "rsvps.csv"):
        has_changed = row["updated_at_ms"] != row["created_at_ms"]
        if row["response"] == "yes" or has_changed:
            moment = row["updated_at_ms"] if row["response"] == "yes" else row["created_at_ms"]
            day = datetime.fromtimestamp(int(moment) / 1000, UTC).date()
            active.setdefault(day, set()).add(row["member_id"])
    return active


def joined_by_day(folder: Path) -> dict[date, int]:
    """Members by the day on which they joined their first group."""
    joined: dict[str, int] = {}
    for row in _csv(folder / "members.csv"):
        moment = int(row["joined_at_ms"])
        joined[row["member_id"]] = min(moment, joined.get(row["member_id"], moment))
    return Counter(datetime.fromtimestamp(moment / 1000, UTC).date() for moment in joined.values())


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _moment(row: dict[str, str]) -> datetime:
    return datetime.fromisoformat(row["CreationDate"])


def _hours(span: timedelta) -> float:
    return span.total_seconds() / 3600
