"""An organisation of Zulip: the first message of a topic opens it, the others reply; who is there since when."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from pipelines.sources.kinds.chat import Chat, Message, Reaction
from pipelines.sources.kinds.chat_people import People, Person
from pipelines.sources.kinds.zulip_files import Found, Said, moment

_ROLES = {100: "moderator", 200: "moderator", 300: "moderator"}
"""Owners, administrators and moderators; other numbers are members and guests."""
_RESOLVED = "✔ "
_MENTION = re.compile(r"@\*\*(?P<name>[^*|]+)(?:\|(?P<id>\d+))?\*\*")
_SILENT = re.compile(r"@_\*\*([^*|]+)(?:\|\d+)?\*\*")
_HEX = re.compile(r"[0-9a-f]{2,6}(-[0-9a-f]{2,6})*")
_VARIANT = "\ufe0f"


class Realm:
    """What the exports say, as a chat.

    Args:
        source: The source, a ``ZulipSource``.
        prefix: Put before every id.
        found: What was read.
    """

    def __init__(self, source: Any, prefix: str, found: Found) -> None:  # noqa: ANN401 - its own keys
        """Put it together."""
        self._found, self._source, self.people = found, source, People(prefix)
        self._names = _by_name(found)
        self._n_direct = self._n_notes = 0
        self._left_out: set[int] = set()
        self._list_people()
        posts = dict(self._posts())
        opened = _opened(found, posts)
        said = {str(id_): self._message(id_, channel, opened) for id_, channel in posts.items()}
        self.chat = Chat(source, prefix, said)

    def remarks(self) -> list[str]:
        """Return what the operator has to know."""
        shown = {one["name"] for id_, one in self._found.streams.items() if id_ not in self._left_out}
        found = self.chat.remarks(shown)
        if self._n_notes:
            found.append(
                f"{self._n_notes:,} entries are no posts and left out: what Zulip notes about channels and topics"
            )
        if self._left_out or self._n_direct:
            found.append(
                f"{len(self._left_out):,} private channels and {self._n_direct:,} direct messages are left out"
            )
        gone = [
            id_
            for id_, user in self._found.users.items()
            if user.get("is_active") is False and not user.get("is_mirror_dummy") and id_ not in self._found.left
        ]
        if gone:
            found.append(f"{len(gone):,} accounts are closed, the export does not say since when: they count as active")
        return [*found, *self.people.remarks()]

    def _list_people(self) -> None:
        for id_, user in self._found.users.items():
            joined_at = moment(user["date_joined"]) if user.get("date_joined") else ""
            self.people.known[str(id_)] = Person(str(user.get("full_name") or ""), _role(user), joined_at)
        for id_, states in self._found.left.items():
            for at, status in states.items():
                self.people.changed(str(id_), at, status=status)

    def _posts(self) -> Iterator[tuple[int, str]]:
        """Give each message that counts, with the name of its channel."""
        for id_, (sender, recipient, _, _, at) in sorted(self._found.messages.items()):
            stream = self._found.streams.get(self._found.recipients.get(recipient, -1))
            if stream is None:
                self._n_direct += 1
            elif stream.get("invite_only") and not self._source.private_channels:
                self._left_out.add(stream["id"])
            elif stream["name"] in self._source.leave_out:
                continue
            elif sender in self._found.notifiers:
                self._n_notes += 1
            else:
                self.people.seen(str(sender), at, Person(""))
                yield id_, stream["name"]

    def _message(self, id_: int, channel: str, opened: dict[int, int]) -> Message:
        sender, _, topic, text, at = self._found.messages[id_]
        first = opened[id_]
        by_emoji: dict[frozenset[str], list[str]] = defaultdict(list)
        for user, name, code in self._found.reactions.get(id_, {}):
            by_emoji[frozenset({name, _sign(code)} - {""})].append(str(user))
        mentioned = {one["id"] or self._names.get(one["name"], "") for one in _MENTION.finditer(text)}
        return Message(
            at=at,
            channel=channel,
            author=str(sender),
            text=_SILENT.sub("@", _MENTION.sub("@", text)),
            thread="" if first == id_ else str(first),
            title=topic.removeprefix(_RESOLVED) if first == id_ else "",
            reactions=tuple(Reaction(names, tuple(users), len(users)) for names, users in by_emoji.items()),
            mentions=frozenset(mentioned - {""}),
        )


def _by_name(found: Found) -> dict[str, str]:
    """Return name -> person, of names that one person alone has."""
    people: dict[str, set[str]] = defaultdict(set)
    for id_, user in found.users.items():
        people[str(user.get("full_name", ""))].add(str(id_))
    return {name: next(iter(ids)) for name, ids in people.items() if len(ids) == 1}


def _opened(found: Found, posts: dict[int, str]) -> dict[int, int]:
    """Return message -> the first one of its topic; a topic keeps its name when it is resolved."""
    first: dict[tuple[str, str], int] = {}
    opened = {}
    for id_ in sorted(posts, key=lambda one: (found.messages[one][-1], one)):
        topic = posts[id_], found.messages[id_][2].removeprefix(_RESOLVED).casefold()
        opened[id_] = first.setdefault(topic, id_)
    return opened


def _role(user: Said) -> str:
    if user.get("is_bot"):
        return "bot"
    return "moderator" if user.get("is_realm_admin") else _ROLES.get(user.get("role", 0), "member")


def _sign(code: str) -> str:
    """Return the sign that an emoji's code, such as 2705, stands for; empty of an organisation's own emoji."""
    if not _HEX.fullmatch(code) or any(int(one, 16) > 0x10FFFF for one in code.split("-")):
        return ""
    return "".join(chr(int(one, 16)) for one in code.split("-")).removesuffix(_VARIANT)
