"""Tables of a Slack workspace: what was posted, who reacted and who was mentioned, and who is there since when."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pipelines.sources.kind import Pull, Tables, texts
from pipelines.sources.kinds.chat import INTERACTION_COLUMNS, POST_COLUMNS, Chat, Message, Reaction
from pipelines.sources.kinds.chat_people import MEMBER_COLUMNS, People
from pipelines.sources.kinds.slack_files import Export, Said
from pipelines.sources.kinds.slack_people import author, deactivated_at, listed, posting

_POSTS = ("", "me_message", "file_share", "bot_message", "thread_broadcast", "reply_broadcast", "slackbot_response")
"""Subtypes that somebody posted; the others are about the channel."""
_DELETED = "message_deleted"
_UNTIMED = "untimed"
_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")
_LINK = re.compile(r"<[!#]?[^>|]*\|([^>]*)>|<([^>]*)>")

_Place = tuple[str, str]
"""Channel and ts of a message, which name it."""


def tables(pull: Pull, exports: Sequence[Export]) -> Tables:
    """Return the tables ``posts``, ``interactions`` and ``members`` of what was read."""
    workspace = _Workspace(pull, exports)
    made = {
        "posts": texts(POST_COLUMNS, workspace.chat.posts()),
        "interactions": texts(INTERACTION_COLUMNS, workspace.chat.interactions()),
        "members": texts(MEMBER_COLUMNS, workspace.people.rows()),
    }
    return Tables(made, tuple(f"{pull.named.name}: {one}" for one in workspace.remarks()))


def moment(ts: str) -> str:
    """Return a time of Slack, seconds since 1970, as ISO 8601 in UTC."""
    seconds, _, fraction = str(ts).partition(".")
    at = datetime.fromtimestamp(int(seconds), UTC).replace(microsecond=int(f"{fraction:0<6}"[:6]))
    return at.isoformat().replace("+00:00", "Z")


class _Workspace:
    """What the exports say, the newest of each message."""

    def __init__(self, pull: Pull, exports: Sequence[Export]) -> None:
        self._exports = exports
        self.people = People(pull.named.prefix)
        for export in exports:
            self.people.known |= {id_: listed(user) for id_, user in export.users.items()}
        self._channels = {id_: name for export in exports for id_, name in export.channels.items()}
        self._messages: dict[_Place, Said] = {}
        self._deleted: dict[_Place, str] = {}
        beside: dict[_Place, str] = {}
        for export in exports:
            for channel, messages in export.messages.items():
                for message in messages:
                    self._take(channel, message, beside)
        self._n_untimed = sum(one == _UNTIMED for one in beside.values())
        self._beside = Counter(one for one in beside.values() if one != _UNTIMED)
        for id_, user in {id_: user for export in exports for id_, user in export.users.items()}.items():
            if left_at := deactivated_at(user):
                self.people.changed(id_, left_at, status="left")
        source: Any = pull.named.source
        said = {_id(place): self._message(place, message) for place, message in self._messages.items()}
        self.chat = Chat(source, pull.named.prefix, said)

    def remarks(self) -> list[str]:
        """Return what the operator has to know."""
        found = self.chat.remarks({*self._channels.values()})
        if self._beside:
            kinds = ", ".join(f"{n:,} {kind}" for kind, n in self._beside.most_common())
            found.append(f"{sum(self._beside.values()):,} entries are no posts and left out: {kinds}")
        if self._n_untimed:
            found.append(f"{self._n_untimed:,} messages have no time and are left out")
        if private := max((export.private for export in self._exports), default=0):
            found.append(f"{private:,} private channels and direct messages are left out")
        return [*found, *self.people.remarks()]

    def _take(self, channel: str, message: Said, beside: dict[_Place, str]) -> None:
        subtype, place = message.get("subtype") or "", (channel, str(message.get("ts", "")))
        if not re.fullmatch(r"\d{1,11}(\.\d+)?", place[1]):
            beside[channel, f"#{len(beside)}"] = _UNTIMED
            return
        self.people.seen(author(message), moment(place[1]), posting(message))
        if subtype in _POSTS:
            self._messages[place] = message
            return
        beside[place] = subtype
        if subtype == _DELETED and message.get("deleted_ts"):
            self._deleted[channel, str(message["deleted_ts"])] = moment(place[1])

    def _message(self, place: _Place, message: Said) -> Message:
        channel, ts = place
        thread = str(message.get("thread_ts") or ts)
        text = message.get("text") or ""
        return Message(
            at=moment(ts),
            channel=self._channels[channel],
            author=author(message),
            text=_plain(text),
            thread="" if thread == ts else _id((channel, thread)),
            reactions=tuple(
                Reaction(frozenset([one.get("name", "")]), tuple(one.get("users", [])), int(one.get("count", 0)))
                for one in message.get("reactions", [])
            ),
            mentions=frozenset(_MENTION.findall(text)),
            deleted_at=self._deleted.get(place, ""),
        )


def _id(place: _Place) -> str:
    return f"{place[0]}:{place[1]}"


def _plain(text: str) -> str:
    """Return a text as a reader sees it: links by their label, mentions without their id."""
    return html.unescape(_LINK.sub(lambda found: found[1] or found[2] or "", _MENTION.sub("@", text)))
