"""A JSON document by POST: signed, and with a key by which the other side knows a message again.

The headers are those of the Standard Webhooks: ``webhook-id``, ``webhook-timestamp`` and ``webhook-signature``, for
which most languages have a library. ``Idempotency-Key`` says the same as ``webhook-id``.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from pipelines import clock
from pipelines.sending.message import Language, Letter, Rows
from pipelines.sending.ways.http import ask

_PREFIX = "whsec_"


class PayloadSection(BaseModel):
    """Lines under a heading."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(description="The heading.")
    lines: list[str] = Field(description="Its lines, each with its mark.")


class Payload(BaseModel):
    """What a target of the kind `post` gets. Keys may be added; none changes its meaning under the same version."""

    model_config = ConfigDict(extra="forbid")

    version: Literal[1] = Field(1, description="Version of this form.")
    kind: str = Field(description="What it is: brief, digest, alarms, failures, today, test, list or draft.")
    key: str = Field(description="Name of the message. The same key is the same message: take it once.")
    community: str = Field(description="Name of the community.")
    day: date | None = Field(description="Last day of the data that it speaks of; null where it speaks of none.")
    language: Language = Field(description="Language of the texts.")
    title: str = Field(description="First line, or subject.")
    text: str = Field(description="The whole text without the title, with the link.")
    lead: str = Field(description="The first sentences of the text; may be empty.")
    sections: list[PayloadSection] = Field(description="The rest of the text, by headings.")
    link: str = Field(description="Address of the page that says more, or its file.")
    channel: str = Field(description="Where a draft is to be put, as its file says; empty in other messages.")
    tags: list[str] = Field(description="Tags of a draft; empty in other messages.")
    rows: Rows | None = Field(description="Members of a list, with the columns of its export; null in other messages.")


def payload_of(letter: Letter, community: str) -> Payload:
    """Return what a letter looks like to a program."""
    return Payload(
        version=1,
        kind=letter.kind,
        key=letter.key,
        community=community,
        day=letter.day,
        language=letter.language,
        title=letter.title,
        text=letter.text,
        lead=letter.lead,
        sections=[PayloadSection(title=title, lines=list(lines)) for title, lines in letter.sections],
        link=letter.link,
        channel=letter.piece.channel if letter.piece else "",
        tags=list(letter.piece.tags) if letter.piece else [],
        rows=letter.rows,
    )


@dataclass(frozen=True)
class PostWay:
    """One webhook."""

    community: str
    url: str
    key: SecretStr | None = None
    authorization: SecretStr | None = None
    knows_again: bool = True

    def send(self, letter: Letter) -> str:
        """Post the letter as JSON."""
        return self.post(letter.key, payload_of(letter, self.community).model_dump_json().encode())

    def post(self, key: str, body: bytes) -> str:
        """Post a document under a key; returns the id that the answer gives, if it gives one."""
        headers = {"Content-Type": "application/json", "User-Agent": "Guildbook", "Idempotency-Key": key}
        if self.authorization:
            headers["Authorization"] = self.authorization.get_secret_value()
        if self.key:
            headers |= signed(self.key.get_secret_value(), key, int(clock.now().timestamp()), body)
        answer: Any = ask("POST", self.url, headers=headers, body=body)
        return str(answer["id"]) if isinstance(answer, dict) and answer.get("id") else ""


def signed(secret: str, key: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the headers that prove who sent a body: HMAC-SHA256 over its id, its time and itself."""
    raw = base64.b64decode(secret.removeprefix(_PREFIX)) if secret.startswith(_PREFIX) else secret.encode()
    digest = hmac.new(raw, f"{key}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": key,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
