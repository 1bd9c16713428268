"""Reads files of DiscordChatExporter: messages of one channel or thread each, as of when the file was written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.sources.definition import SourceError
from pipelines.sources.kind import Pull
from pipelines.sources.kinds.exported import Document, documents, place

Said = dict[str, Any]

_READ = ("id", "type", "timestamp", "content", "author", "reactions", "mentions", "reference")
"""Keys of a message that are read; attachments and embeds would fill the memory."""
_PERSON = ("id", "name", "nickname", "isBot", "roles")
_THREADS = ("GuildNewsThread", "GuildPublicThread", "GuildPrivateThread", "10", "11", "12")
_PRIVATE = ("GuildPrivateThread", "12")
_DIRECT = ("DirectTextChat", "DirectGroupTextChat", "1", "3")
_EPOCH_MS = 1_420_070_400_000
"""First millisecond of 2015, from which ids of Discord count."""


@dataclass(frozen=True)
class ChannelFile:
    """One file.

    Attributes:
        channel: Id of the channel or thread.
        name: Its name.
        parent: Name of the channel that a thread belongs to; empty of a channel.
        exported_at: When the file was written; the time of its last message where it does not say so.
        is_whole: Whether it holds the thread from its first message on.
        messages: The messages, without what is not read.
    """

    channel: str
    name: str
    parent: str
    is_private: bool
    is_direct: bool
    exported_at: str
    is_whole: bool
    messages: list[Said]

    @property
    def place(self) -> str:
        """Name of the channel that its messages count for."""
        return self.parent or self.name


def read(pull: Pull, export: Path) -> list[ChannelFile]:
    """Return what the files say, the oldest first.

    Raises:
        SourceError: There is none, or one is no export of a channel; names it.
    """
    files = []
    for document in documents(pull, place(pull, export)):
        try:
            files.append(_file(document.said))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise SourceError(f"{pull.named.name}: {_wrong(document, error)}") from error
    return sorted(files, key=lambda one: one.exported_at)


def moment(text: str) -> str:
    """Return a time as ISO 8601 in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def created_at(id_: str) -> str:
    """Return when something was made, which its id says."""
    at = datetime.fromtimestamp(((int(id_) >> 22) + _EPOCH_MS) / 1000, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _wrong(document: Document, error: Exception) -> str:
    return (
        f"{document.place}: is no channel as DiscordChatExporter writes it ({type(error).__name__}: {error}); "
        "export it as JSON again or move it away"
    )


def _file(said: Said) -> ChannelFile:
    channel = said["channel"]
    id_, kind = str(channel["id"]), str(channel.get("type", ""))
    messages = [_slim(one) for one in said["messages"]]
    is_thread = kind in _THREADS
    after = (said.get("dateRange") or {}).get("after")
    last = max((one["timestamp"] for one in messages), default="")
    return ChannelFile(
        channel=id_,
        name=str(channel.get("name") or id_),
        parent=str(channel.get("category") or channel.get("name") or id_) if is_thread else "",
        is_private=kind in _PRIVATE,
        is_direct=kind in _DIRECT,
        exported_at=moment(said["exportedAt"]) if said.get("exportedAt") else last,
        is_whole=not after or moment(after) <= created_at(id_),
        messages=messages,
    )


def _slim(message: Said) -> Said:
    kept = {key: message[key] for key in _READ if key in message}
    kept["id"], kept["timestamp"] = str(message["id"]), moment(message["timestamp"])
    kept["author"] = _person(message["author"])
    kept["mentions"] = [_person(one) for one in message.get("mentions") or []]
    kept["reactions"] = [
        {
            "names": {str(one["emoji"].get(key)) for key in ("name", "code", "id") if one["emoji"].get(key)},
            "count": int(one.get("count") or 0),
            "users": [_person(user) for user in one.get("users") or []],
        }
        for one in message.get("reactions") or []
    ]
    return kept


def _person(user: Said) -> Said:
    kept = {key: user[key] for key in _PERSON if user.get(key)}
    kept["id"] = str(user["id"])
    kept["roles"] = [one["name"] for one in user.get("roles") or []]
    return kept
