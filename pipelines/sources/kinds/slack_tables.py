"""Tables of a Slack workspace: what was posted, who reacted and who was mentioned, and who is there since when.

An export says when a message was posted, edited and, at times, removed. It does not say when somebody reacted: a
reaction counts at the time of its message.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pipelines.sources.kind import Pull, Tables, texts
from pipelines.sources.kinds.slack_files import Export, Said
from pipelines.sources.kinds.slack_people import MEMBER_COLUMNS, People

POST_COLUMNS = (
    *("content_id", "source_seq", "occurred_at", "kind", "published_at", "author_id", "parent_id", "root_id"),
    *("channel", "title", "n_chars", "accepted_answer_id", "deleted_at"),
)
INTERACTION_COLUMNS = (
    *("interaction_id", "occurred_at", "kind", "member_id", "content_id", "target_member_id", "channel"),
)  # fmt: skip

_POSTS = ("", "me_message", "file_share", "bot_message", "thread_broadcast", "reply_broadcast", "slackbot_response")
"""Subtypes that somebody posted; the others are about the channel."""
_DELETED = "message_deleted"
_TITLE = 100
_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")
_LINK = re.compile(r"<[!#]?[^>|]*\|([^>]*)>|<([^>]*)>")

_Place = tuple[str, str]
"""Channel and ts of a message, which name it."""


def tables(pull: Pull, exports: Sequence[Export]) -> Tables:
    """Return the tables ``posts``, ``interactions`` and ``members`` of what was read."""
    workspace = _Workspace(pull, exports)
    made = {
        "posts": texts(POST_COLUMNS, workspace.posts()),
        "interactions": texts(INTERACTION_COLUMNS, workspace.interactions()),
        "members": texts(MEMBER_COLUMNS, workspace.people.rows()),
    }
    remarks = (*workspace.remarks(), *workspace.people.remarks())
    return Tables(made, tuple(f"{pull.named.name}: {one}" for one in remarks))


def moment(ts: str) -> str:
    """Return a time of Slack, seconds since 1970, as ISO 8601 in UTC."""
    seconds, _, fraction = str(ts).partition(".")
    at = datetime.fromtimestamp(int(seconds), UTC).replace(microsecond=int(f"{fraction:0<6}"[:6]))
    return at.isoformat().replace("+00:00", "Z")


class _Workspace:
    """The messages of all exports, each once as it was last seen."""

    def __init__(self, pull: Pull, exports: Sequence[Export]) -> None:
        self._source: Any = pull.named.source
        self._prefix = pull.named.prefix
        self._exports = exports
        self.people = People(self._prefix, exports)
        self._channels = {id_: name for export in exports for id_, name in export.channels.items()}
        self._messages: dict[_Place, Said] = {}
        self._deleted: dict[_Place, str] = {}
        beside: dict[_Place, str] = {}
        for export in exports:
            for channel, messages in export.messages.items():
                for message in messages:
                    self._take(channel, message, beside)
        self._beside = Counter(beside.values())

    def _take(self, channel: str, message: Said, beside: dict[_Place, str]) -> None:
        subtype, place = message.get("subtype") or "", (channel, str(message.get("ts", "")))
        if not re.fullmatch(r"\d{1,11}(\.\d+)?", place[1]):
            beside[channel, f"#{len(beside)}"] = "message without a time"
            return
        self.people.seen(message, moment(place[1]))
        if subtype in _POSTS:
            self._messages[place] = message
            return
        beside[place] = subtype
        if subtype == _DELETED and message.get("deleted_ts"):
            self._deleted[channel, str(message["deleted_ts"])] = moment(place[1])

    def posts(self) -> list[dict[str, str]]:
        """Return a row for each message, and a second one where it was removed."""
        rows = []
        accepted = self._accepted()
        for place, message in self._messages.items():
            row = self._post(place, message)
            if row["kind"] == "question":
                row["accepted_answer_id"] = accepted.get(place, "")
            rows.append(row)
            if deleted_at := self._deleted.get(place):
                rows.append(row | {"source_seq": "2", "occurred_at": deleted_at, "deleted_at": deleted_at})
        return rows

    def interactions(self) -> list[dict[str, str]]:
        """Return reactions, one of a member to a message, mentions, and answers that were accepted."""
        rows = []
        for place, message in self._messages.items():
            about = {
                "occurred_at": moment(place[1]),
                "content_id": self._id(place),
                "channel": self._channels[place[0]],
            }
            author = self.people.author(message)
            accepting = self._accepting(place, message)
            reacted = {user for one in message.get("reactions", []) for user in one.get("users", [])} - accepting
            mentioned = set(_MENTION.findall(message.get("text") or ""))
            for kind, users in (("accept", accepting), ("like", reacted), ("mention", mentioned)):
                for user in sorted(users):
                    by, to = (author, self.people.id(user)) if kind == "mention" else (self.people.id(user), author)
                    named = {"interaction_id": f"{self._id(place)}:{kind}:{user}", "kind": kind}
                    rows.append(about | named | {"member_id": by, "target_member_id": to})
        return rows

    def remarks(self) -> list[str]:
        """Return what the operator has to know."""
        found = []
        hidden = sum(
            max(0, int(one.get("count", 0)) - len(one.get("users", [])))
            for message in self._messages.values()
            for one in message.get("reactions", [])
        )
        if hidden:
            found.append(f"{hidden:,} reactions are counted in the export without saying whose; they are left out")
        if self._beside:
            kinds = ", ".join(f"{n:,} {kind}" for kind, n in self._beside.most_common())
            found.append(f"{sum(self._beside.values()):,} entries are no posts and left out: {kinds}")
        if private := max((export.private for export in self._exports), default=0):
            found.append(f"{private:,} private channels and direct messages are left out")
        wanted = {
            name for key in ("questions_in", "articles_in", "announcements_in") for name in getattr(self._source, key)
        }
        if unknown := sorted(wanted - {*self._channels.values()}):
            found.append(f"the export has no channel {', '.join(unknown)}, which the source's file names")
        return found

    def _post(self, place: _Place, message: Said) -> dict[str, str]:
        channel, at, text = self._channels[place[0]], moment(place[1]), _plain(message.get("text") or "")
        root = self._root(place, message)
        opens = self._opens(channel)
        is_titled = root is None and opens != "comment"
        kind = opens if root is None else "answer" if opens == "question" else "comment"
        parent = self._id(root) if root in self._messages else ""
        return {
            "content_id": self._id(place),
            "source_seq": "1",
            "occurred_at": at,
            "kind": kind,
            "published_at": at,
            "author_id": self.people.author(message),
            "parent_id": parent,
            "root_id": parent,
            "channel": channel,
            "title": text.strip().partition("\n")[0][:_TITLE] if is_titled else "",
            "n_chars": str(len(text)),
        }

    def _root(self, place: _Place, message: Said) -> _Place | None:
        """Return the message that opened the thread of a reply; None of one that is no reply."""
        thread = str(message.get("thread_ts") or place[1])
        return None if thread == place[1] else (place[0], thread)

    def _opens(self, channel: str) -> str:
        """Return what a message is that is no reply: a comment where nothing else is said of its channel."""
        kinds = {"question": "questions_in", "article": "articles_in", "announcement": "announcements_in"}
        return next((kind for kind, key in kinds.items() if channel in getattr(self._source, key)), "comment")

    def _accepted(self) -> dict[_Place, str]:
        """Return question -> the answer that its asker accepted by a reaction; the last one of several."""
        found: dict[_Place, str] = {}
        for place, message in sorted(self._messages.items(), key=lambda item: moment(item[0][1])):
            root = self._root(place, message)
            if root is not None and self._accepting(place, message):
                found[root] = self._id(place)
        return found

    def _accepting(self, place: _Place, message: Said) -> set[str]:
        """Return who asked if that member accepts a message as the answer; nobody else can."""
        root = self._root(place, message)
        asked = self._messages.get(root) if root is not None else None
        if asked is None or self._opens(self._channels[place[0]]) != "question":
            return set()
        reactions = [one for one in message.get("reactions", []) if one.get("name") in self._source.accepted_by]
        asker = asked.get("user")
        is_accepted = asker != message.get("user") and any(asker in one.get("users", []) for one in reactions)
        return {asker} if asker and is_accepted else set()

    def _id(self, place: _Place) -> str:
        return f"{self._prefix}{place[0]}:{place[1]}"


def _plain(text: str) -> str:
    """Return a text as a reader sees it: links by their label, mentions without their id."""
    return html.unescape(_LINK.sub(lambda found: found[1] or found[2] or "", _MENTION.sub("@", text)))
