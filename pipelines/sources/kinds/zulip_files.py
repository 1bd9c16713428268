"""Reads exports of Zulip: ``realm.json`` with people and channels, and files of messages, packed or not."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.sources.definition import SourceError
from pipelines.sources.kind import Pull
from pipelines.sources.kinds.exported import Document, documents, place

Said = dict[str, Any]

_REALM = "realm.json"
_MESSAGES = re.compile(r"messages-\d+\.json")
_STREAM = 2
"""Type of a recipient that is a channel; the others are people."""
_DEACTIVATED, _REACTIVATED = 103, 104
_OWN_BOTS = ("notification-bot@",)


@dataclass
class Found:
    """What the exports say, the newest of each by their names."""

    users: dict[int, Said] = field(default_factory=dict)
    streams: dict[int, Said] = field(default_factory=dict)
    recipients: dict[int, int] = field(default_factory=dict)
    """Recipient that is a channel -> the channel."""
    messages: dict[int, tuple[int, int, str, str, str]] = field(default_factory=dict)
    """Message -> sender, recipient, topic, text, time."""
    reactions: dict[int, dict[tuple[int, str, str], None]] = field(default_factory=dict)
    """Message -> who reacted, name and code of the emoji."""
    left: dict[int, dict[str, str]] = field(default_factory=dict)
    """Person -> time of each closing and opening of the account -> status from then on."""
    notifiers: set[int] = field(default_factory=set)
    """Zulip's own bots, which write what was done to a channel or topic."""


def read(pull: Pull, export: Path) -> Found:
    """Return what the exports say.

    Raises:
        SourceError: There is none, or a file in one cannot be read; names it.
    """
    found, where = Found(), place(pull, export)
    kinds: set[str] = set()
    for document in documents(pull, where, lambda name: name == _REALM or _MESSAGES.fullmatch(name) is not None):
        is_realm = document.name == _REALM
        _take(pull, document, found, _realm if is_realm else _messages)
        kinds.add(_REALM if is_realm else "messages-000001.json")
    for wanted in (_REALM, "messages-000001.json"):
        if wanted not in kinds:
            raise SourceError(f"{pull.named.name}: {where} holds no {wanted}: export the organisation again")
    return found


def moment(said: float | str) -> str:
    """Return a time, seconds since 1970 or ISO 8601, as ISO 8601 in UTC."""
    at = datetime.fromisoformat(said) if isinstance(said, str) else datetime.fromtimestamp(said, UTC)
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _take(pull: Pull, document: Document, found: Found, take: Callable[[Said, Found], None]) -> None:
    try:
        take(document.said, found)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise SourceError(
            f"{pull.named.name}: {document.place}: is not as in an export of Zulip ({type(error).__name__}: {error}); "
            "export it again or move it away"
        ) from error


def _realm(said: Said, found: Found) -> None:
    for table in ("zerver_userprofile", "zerver_userprofile_mirrordummy"):
        found.users |= {one["id"]: one for one in said.get(table, [])}
    for bot in said.get("zerver_userprofile_crossrealm", []):
        found.users[bot["id"]] = {"full_name": bot["email"].partition("@")[0], "is_bot": True} | bot
        if bot["email"].startswith(_OWN_BOTS):
            found.notifiers.add(bot["id"])
    found.streams |= {one["id"]: one for one in said["zerver_stream"]}
    found.recipients |= {one["id"]: one["type_id"] for one in said["zerver_recipient"] if one["type"] == _STREAM}
    for one in said.get("zerver_reaction", []):
        is_sign = one.get("reaction_type", "unicode_emoji") == "unicode_emoji"
        given = (one["user_profile"], one["emoji_name"], (one.get("emoji_code") or "") if is_sign else "")
        found.reactions.setdefault(one["message"], {})[given] = None
    for one in said.get("zerver_realmauditlog", []):
        if one.get("event_type") in (_DEACTIVATED, _REACTIVATED) and one.get("modified_user"):
            status = "left" if one["event_type"] == _DEACTIVATED else "active"
            found.left.setdefault(one["modified_user"], {})[moment(one["event_time"])] = status


def _messages(said: Said, found: Found) -> None:
    for one in said["zerver_message"]:
        at = moment(one["date_sent"] if "date_sent" in one else one["pub_date"])
        found.messages[one["id"]] = one["sender"], one["recipient"], one["subject"], one["content"] or "", at
