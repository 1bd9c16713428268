"""A topic of a Discourse forum: made once by its external id and brought up to date, or one topic kept up to date."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from pydantic import SecretStr

from pipelines.sending.message import Letter, cut
from pipelines.sending.ways import NotSentError
from pipelines.sending.ways.http import ask

_LONGEST_ID = 50
_LONGEST_TITLE = 255
_LONGEST_POST = 32_000
"""What a forum takes with its settings as they come."""


@dataclass(frozen=True)
class DiscourseWay:
    """One category, or one topic."""

    url: str
    key: SecretStr
    username: str
    category: int | None = None
    topic: int | None = None
    tags: tuple[str, ...] = ()
    knows_again: bool = True

    def send(self, letter: Letter) -> str:
        """Make or update the topic; returns its address."""
        raw = cut(letter.markdown, _LONGEST_POST, letter.language)
        if self.topic is not None:
            return self._updated(self._asked("GET", f"/t/{self.topic}.json"), raw)
        known = external_id(letter.key)
        found = ask("GET", f"{self._base}/t/external_id/{quote(known)}.json", headers=self._headers, missing_ok=True)
        if found is not None:
            return self._updated(found, raw)
        made = self._asked(
            "POST",
            "/posts.json",
            {
                "title": letter.title[:_LONGEST_TITLE],
                "raw": raw,
                "category": self._category(letter),
                "tags": list(letter.piece.tags or self.tags) if letter.piece else list(self.tags),
                "external_id": known,
            },
        )
        return self._address(made.get("id"))

    def _category(self, letter: Letter) -> int | None:
        """Number of the category: the one that a piece names, else the target's."""
        named = letter.piece.channel if letter.piece else ""
        if not named or named.isdecimal():
            return int(named) if named else self.category
        listed = self._asked("GET", "/site.json").get("categories") or []
        found = [one["id"] for one in listed if named.lower() in (str(one.get("name")).lower(), one.get("slug"))]
        if not found:
            raise NotSentError(f"the forum has no category {named}, or its key may not see it: check channel")
        return int(found[0])

    def _updated(self, topic: dict[str, Any], raw: str) -> str:
        """Give a topic's first post a new text."""
        posts = (topic.get("post_stream") or {}).get("posts") or []
        if not posts:
            raise NotSentError(f"{self._base} has a topic without posts: check the topic's number")
        self._asked("PUT", f"/posts/{posts[0]['id']}.json", {"post": {"raw": raw}})
        return self._address(posts[0]["id"])

    def _asked(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = ask(
            method, f"{self._base}{path}", headers=self._headers, body=json.dumps(body).encode() if body else None
        )
        if not isinstance(answer, dict):
            raise NotSentError(f"{self._base} answered without JSON: check that url is the forum's own address")
        return answer

    @property
    def _base(self) -> str:
        return self.url.rstrip("/")

    @property
    def _headers(self) -> dict[str, str]:
        return {
            "Api-Key": self.key.get_secret_value(),
            "Api-Username": self.username,
            "Content-Type": "application/json",
            "Accept": "application/json",
            "User-Agent": "Guildbook",
        }

    def _address(self, post_id: object) -> str:
        """Address of a post, with the number that the forum's source makes the piece's id of."""
        return f"{self._base}/p/{post_id}"


def external_id(key: str) -> str:
    """Return the id by which a forum knows a message again: letters, digits, - and _."""
    known = f"guildbook-{re.sub(r'[^A-Za-z0-9_-]+', '-', key)}"
    if len(known) <= _LONGEST_ID and known == f"guildbook-{key.replace(':', '-')}":
        return known
    return f"{known[: _LONGEST_ID - 9]}-{hashlib.sha256(key.encode()).hexdigest()[:8]}"
