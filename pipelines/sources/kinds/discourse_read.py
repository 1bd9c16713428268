"""What was read of a Discourse forum, before anything is made of it; from its API or from saved answers alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Said = dict[str, Any]
"""An object of the forum's JSON."""


@dataclass(frozen=True)
class Page:
    """Posts that came in one answer.

    Attributes:
        at: Start of the pull that asked.
        posts: The posts.
        before: Highest id that was asked for; None for the newest page.
        is_whole: Whether every visible post from the lowest of them to the highest asked for is in it.
    """

    at: datetime
    posts: list[Said]
    before: int | None = None
    is_whole: bool = True


@dataclass
class Found:
    """Everything read; pairs begin with the start of the pull that asked."""

    pages: list[Page] = field(default_factory=list)
    topics: list[tuple[datetime, Said]] = field(default_factory=list)
    topic_views: list[tuple[datetime, Said]] = field(default_factory=list)
    users: list[tuple[datetime, Said]] = field(default_factory=list)
    groups: list[tuple[datetime, str, list[int]]] = field(default_factory=list)
    likes: list[Said] = field(default_factory=list)
    categories: dict[int, str] = field(default_factory=dict)
    is_live: bool = False
    """Whether a running forum was asked, so that days without posts are known to be quiet."""
    remarks: list[str] = field(default_factory=list)


def member_id(prefix: str, id_: int | str | None) -> str:
    """Return a member's id; that of an erased member is text already and stays as it is."""
    return "" if id_ is None else id_ if isinstance(id_, str) else f"{prefix}u{id_}"
