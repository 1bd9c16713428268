"""Pieces of the community's own: Markdown files in ``<home>/drafts`` that are published once they are approved.

A draft names its target. Without a time of its own it waits for the hour in which most is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.reading import sums
from pipelines.reading.documents import read_front_matter
from pipelines.reading.publication import open_published
from pipelines.report.parts.text import Text
from pipelines.sending.message import Message, Piece
from pipelines.settings import Settings


def _moment(value: object) -> object:
    """A time without seconds, as people write it."""
    try:
        return datetime.fromisoformat(str(value))
    except ValueError as error:
        raise ValueError("write a time such as 2026-02-04 09:30, in the community's time zone") from error


class Head(BaseModel):
    """What stands above a draft's text.

    Attributes:
        title: its title.
        status: `approved` lets it out; `draft` keeps it.
        target: the target that it is published by, of the kind post or discourse_topic.
        publish_at: when, in the community's time zone; at the hour in which most is read where not given.
        channel: where the other side puts it, as a category of a forum, by name or number.
        tags: its tags.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=1, max_length=255)
    status: Literal["draft", "approved"] = "draft"
    target: str
    publish_at: Annotated[datetime, BeforeValidator(_moment)] | None = None
    channel: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Draft:
    """One file."""

    path: Path
    head: Head
    text: str

    @property
    def key(self) -> str:
        """Name of its message: a file is published once, however it is changed afterwards."""
        return f"draft:{self.path.stem}"

    def message(self) -> Message:
        """The piece as a message; its words are its author's in either language."""
        title = Text(self.head.title, self.head.title)
        piece = Piece(text=self.text, channel=self.head.channel, tags=self.head.tags)
        return Message(kind="draft", key=self.key, title=title, lead=Text("", ""), piece=piece)


def draft_files(home: Home) -> list[Path]:
    """Files of drafts, by name."""
    return sorted(home.drafts.glob("*.md"))


def read_draft(path: Path) -> Draft:
    """Read one draft.

    Raises:
        UserError: Its head breaks a rule, or it has no text.
    """
    head, text = read_front_matter(path, Head)
    if not text.strip():
        raise UserError(f"{path.name}: there is no text below the second ---")
    return Draft(path, head, text.strip())


def goes_out(draft: Draft, home: Home, settings: Settings) -> datetime | None:
    """Return when a draft is due; None where neither it nor what is published says so.

    Without a time of its own that is the first time after its file was last changed that the hour begins in which most
    was read.
    """
    zone = ZoneInfo(settings.timezone)
    if (at := draft.head.publish_at) is not None:
        return at if at.tzinfo else at.replace(tzinfo=zone)
    if (hour := best_hour(home)) is None:
        return None
    changed = datetime.fromtimestamp(draft.path.stat().st_mtime, UTC).astimezone(zone)
    today = changed.replace(hour=hour, minute=0, second=0, microsecond=0)
    return today if today >= changed else today + timedelta(days=1)


def best_hour(home: Home) -> int | None:
    """The hour of the day in which most was read in the last 28 days; None where nothing is known of reading."""
    if (database := sums.published(home)) is None:
        return None
    with open_published(database) as con:
        if not con.execute("select 1 from information_schema.tables where table_name = 'activity_hours'").fetchall():
            return None
        rows = con.execute(
            """
            select hour from marts.activity_hours
            where day > (select through_day - 28 from marts.publication)
            group by hour having sum(n_reads + n_anonymous_reads) > 0
            order by sum(n_reads + n_anonymous_reads) desc, hour limit 1
            """
        ).fetchall()
    return int(rows[0][0]) if rows else None
