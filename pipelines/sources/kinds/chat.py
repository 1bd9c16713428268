"""Messages of a chat, whatever its platform, as posts, reactions, mentions and answers that were accepted.

A chat says when something was posted, and seldom when somebody reacted: a reaction counts at its message's time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from pydantic import Field

from pipelines.sources.definition import Source

POST_COLUMNS = (
    *("content_id", "source_seq", "occurred_at", "kind", "published_at", "author_id", "parent_id", "root_id"),
    *("channel", "title", "n_chars", "tags", "accepted_answer_id", "deleted_at"),
)
INTERACTION_COLUMNS = (
    *("interaction_id", "occurred_at", "kind", "member_id", "content_id", "target_member_id", "channel"),
)  # fmt: skip

_TITLE = 100


class ChatSource(Source):
    """What every kind of chat is told: what its channels are for."""

    questions_in: list[str] = Field([], description="Channels whose messages are questions, and replies answers.")
    articles_in: list[str] = Field([], description="Channels whose messages are articles.")
    announcements_in: list[str] = Field([], description="Channels whose messages are announcements.")
    leave_out: list[str] = Field([], description="Channels that are left out.")
    accepted_by: list[str] = Field(
        ["white_check_mark", "heavy_check_mark"],
        description="Reactions by which who asked accepts an answer.",
    )


@dataclass(frozen=True)
class Reaction:
    """One emoji under a message: its names, whose it is where that is said, how often, and when where that is known."""

    names: frozenset[str]
    users: tuple[str, ...]
    count: int
    at: str = ""


@dataclass(frozen=True)
class Message:
    """One message.

    Attributes:
        at: When it was posted, ISO 8601 in UTC.
        channel: Name of its channel.
        author: Its author as the platform names them; empty of nobody.
        text: What a reader sees.
        thread: Message that opened its thread; empty of one that opens a thread or stands alone.
        replies_to: Message that it replies to, where it names one.
        title: Title of the thread that it opens, where it has one.
        mentions: Who is mentioned in it.
        deleted_at: When it was removed, where that is known.
        kind: What it is, where its platform says so; else its channel and thread do.
        tags: Its tags, separated by ``|``.
    """

    at: str
    channel: str
    author: str
    text: str
    thread: str = ""
    replies_to: str = ""
    title: str = ""
    reactions: tuple[Reaction, ...] = ()
    mentions: frozenset[str] = frozenset()
    deleted_at: str = ""
    kind: str = ""
    tags: str = ""


class Chat:
    """Everything that was posted.

    Args:
        source: What the operator says of the channels.
        prefix: Put before every id.
        messages: Id of a message in its platform -> the message.
    """

    def __init__(self, source: ChatSource, prefix: str, messages: Mapping[str, Message]) -> None:
        """Read nothing yet."""
        self._source, self._prefix, self._messages = source, prefix, messages
        self._roots: dict[str, str] = {}

    def posts(self) -> list[dict[str, str]]:
        """Return a row for each message, and a second one where it was removed."""
        rows = []
        for id_, message in self._messages.items():
            row = self._post(id_, message)
            rows.append(row)
            if message.deleted_at:
                removed = {"occurred_at": message.deleted_at, "deleted_at": message.deleted_at}
                rows.append(row | {"source_seq": "2"} | removed)
        return rows

    def interactions(self) -> list[dict[str, str]]:
        """Return reactions, one of a member to a message, mentions, and answers that were accepted."""
        rows = []
        for id_, message in self._messages.items():
            about = {"occurred_at": message.at, "content_id": self.id(id_), "channel": message.channel}
            accepting = self._accepting(id_)
            given: dict[str, str] = {}
            for one in message.reactions:
                for user in one.users:
                    given[user] = min(given.get(user, one.at or message.at), one.at or message.at)
            likes = given.keys() - accepting
            for kind, users in (("accept", accepting), ("like", likes), ("mention", message.mentions)):
                for user in sorted(users):
                    by, to = (message.author, user) if kind == "mention" else (user, message.author)
                    named = {"interaction_id": f"{self.id(id_)}:{kind}:{self.id(user)}", "kind": kind}
                    if kind == "like":
                        named["occurred_at"] = given[user]
                    rows.append(about | named | {"member_id": self.id(by), "target_member_id": self.id(to)})
        return rows

    def remarks(self, channels: set[str]) -> list[str]:
        """Return what the operator has to know.

        Args:
            channels: Names of the channels that there are.
        """
        found = []
        hidden = sum(
            max(0, one.count - len(one.users)) for message in self._messages.values() for one in message.reactions
        )
        if hidden:
            found.append(f"{hidden:,} reactions are counted in the export without saying whose; they are left out")
        wanted = {*self._source.questions_in, *self._source.articles_in, *self._source.announcements_in}
        if unknown := sorted(wanted - channels):
            found.append(f"the export has no channel {', '.join(unknown)}, which the source's file names")
        return found

    def id(self, id_: str) -> str:
        """Return the id of a message or a member in the logs."""
        return f"{self._prefix}{id_}" if id_ else ""

    def _post(self, id_: str, message: Message) -> dict[str, str]:
        root, opens = self._root(id_), self._opens(message)
        parent = message.replies_to if root and message.replies_to in self._messages else root
        kind = message.kind or (opens if not root else "answer" if self._is_answer(id_) else "comment")
        title = message.title or message.text.strip().partition("\n")[0][:_TITLE]
        return {
            "content_id": self.id(id_),
            "source_seq": "1",
            "occurred_at": message.at,
            "kind": kind,
            "published_at": message.at,
            "author_id": self.id(message.author),
            "parent_id": self.id(parent) if parent in self._messages else "",
            "root_id": self.id(root) if root in self._messages else "",
            "channel": message.channel,
            "title": title if not root and kind != "comment" else "",
            "n_chars": str(len(message.text)),
            "tags": message.tags,
            "accepted_answer_id": self._accepted.get(id_, "") if kind == "question" else "",
        }

    def _root(self, id_: str) -> str:
        """Return the message that opened the thread of a reply, in the chat or not; empty of one that is no reply."""
        if id_ not in self._roots:
            path = {id_: None}
            found = id_
            while (message := self._messages.get(found)) is not None:
                before = message.thread or message.replies_to
                if not before or before in path:
                    break
                path[before] = None
                found = self._roots.get(before) or before
                if before in self._roots:
                    break
            self._roots |= {one: "" if one == found else found for one in path}
        return self._roots[id_]

    def _opens(self, message: Message) -> str:
        """Return what a message is that is no reply: a comment where nothing else is said of its channel."""
        kinds = {
            "question": self._source.questions_in,
            "article": self._source.articles_in,
            "announcement": self._source.announcements_in,
        }
        return next((kind for kind, channels in kinds.items() if message.channel in channels), "comment")

    def _is_answer(self, id_: str) -> bool:
        """Whether a message replies to a question; one that replies to another answer is a comment."""
        message, root = self._messages[id_], self._root(id_)
        replied = message.replies_to if message.replies_to in self._messages else root
        return bool(root) and replied == root and self._opens(message) == "question"

    @cached_property
    def _accepted(self) -> dict[str, str]:
        """Question -> the answer that its asker accepted by a reaction; the last one of several."""
        found: dict[str, str] = {}
        for id_, _ in sorted(self._messages.items(), key=lambda item: item[1].at):
            if self._accepting(id_):
                found[self._root(id_)] = self.id(id_)
        return found

    def _accepting(self, id_: str) -> set[str]:
        """Return who asked if that member accepts a message as the answer; nobody else can."""
        message, asked = self._messages[id_], self._messages.get(self._root(id_))
        if asked is None or not asked.author or asked.author == message.author or not self._is_answer(id_):
            return set()
        by = [one for one in message.reactions if one.names & {*self._source.accepted_by}]
        return {asked.author} if any(asked.author in one.users for one in by) else set()
