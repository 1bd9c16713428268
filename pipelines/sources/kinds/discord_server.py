"""A Discord server out of the files of its channels and threads: what is a post, what opened a thread, who is there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from pipelines.sources.kinds.chat import Chat, Message, Reaction
from pipelines.sources.kinds.chat_people import People, Person
from pipelines.sources.kinds.discord_files import ChannelFile, Said

_POSTS = ("Default", "0", "Reply", "19", "20", "23")
"""Types that somebody posted; the others are about the channel."""
_REPLIES = ("Reply", "19")
_JOINS = ("GuildMemberJoin", "7")
_STARTERS = ("ThreadStarterMessage", "21")
"""Stands in a thread for the message of another channel that it was opened from."""
_NOBODY = "456226577798135808"
"""The account in whose name Discord shows what all closed accounts wrote."""
_MENTION = re.compile(r"<(@)[!&]?\d+>|<(#)\d+>|<a?(:\w+:)\d+>")


class Server:
    """What the files say, the newest of each message.

    Args:
        source: The source, a ``DiscordSource``.
        prefix: Put before every id.
        files: The files, the oldest first.
    """

    def __init__(self, source: Any, prefix: str, files: Sequence[ChannelFile]) -> None:  # noqa: ANN401 - its own keys
        """Put the files together."""
        self._source, self.people = source, People(prefix)
        self._files = [
            one
            for one in files
            if not one.is_direct
            and (source.private_threads or not one.is_private)
            and one.place not in source.leave_out
        ]
        self._private = {one.channel for one in files if one.is_direct} | {
            one.channel for one in files if one.is_private and not source.private_threads
        }
        found: dict[str, tuple[ChannelFile, Said]] = {}
        beside: dict[str, str] = {}
        for file in self._files:
            for message in file.messages:
                self._meet(file, message)
                if str(message["type"]) in _POSTS:
                    found[message["id"]] = file, message
                else:
                    beside[message["id"]] = str(message["type"])
        self._beside = Counter(beside.values())
        opened = self._opened(found)
        titles = {opened[file.channel]: file.name for file in self._files if file.parent}
        said = {id_: _message(id_, found, opened, titles.get(id_, "")) for id_ in found}
        self._nobody = sum(one["author"]["id"] == _NOBODY for _, one in found.values())
        self.chat = Chat(source, prefix, said)

    def remarks(self) -> list[str]:
        """Return what the operator has to know."""
        found = self.chat.remarks({one.place for one in self._files})
        if self._beside:
            kinds = ", ".join(f"{n:,} {kind}" for kind, n in self._beside.most_common())
            found.append(f"{self._beside.total():,} entries are no posts and left out: {kinds}")
        if self._private:
            found.append(f"{len(self._private):,} private threads and direct messages are left out")
        if self._nobody:
            found.append(f"{self._nobody:,} messages are of closed accounts, which Discord no longer tells apart")
        return [*found, *self.people.remarks()]

    def _meet(self, file: ChannelFile, message: Said) -> None:
        """Note who wrote or joined, with their roles as of the export; of who reacted bots alone, others came later."""
        author = message["author"]
        if author["id"] != _NOBODY:
            person = self._person(author)
            self.people.known[author["id"]] = person
            if str(message["type"]) in {*_POSTS, *_JOINS}:
                self.people.seen(author["id"], message["timestamp"], person)
            plan = next((plan for role, plan in self._source.plans.items() if role in author["roles"]), "")
            self.people.changed(author["id"], file.exported_at, plan=plan)
        for user in [user for one in message["reactions"] for user in one["users"]] + message["mentions"]:
            if user["id"] != _NOBODY:
                self.people.known.setdefault(user["id"], self._person(user))
                if user.get("isBot"):
                    self.people.seen(user["id"], message["timestamp"], self._person(user))

    def _person(self, user: Said) -> Person:
        is_moderator = bool({*user["roles"]} & {*self._source.moderators})
        role = "bot" if user.get("isBot") else "moderator" if is_moderator else "member"
        name = str(user.get("nickname") or user.get("name") or "")
        return Person(name, role, profile_url=f"https://discord.com/users/{user['id']}")

    def _opened(self, found: dict[str, tuple[ChannelFile, Said]]) -> dict[str, str]:
        """Return thread -> the message that opened it, in the export or not.

        A thread bears the id of the message that it was opened from, a forum post that of its first one. A thread that
        was opened from none begins with the first message in it.
        """
        first: dict[str, str] = {}
        for id_, (file, _) in found.items():
            if file.parent:
                first[file.channel] = min(first.get(file.channel, id_), id_, key=int)
        elsewhere = {file.channel for file in self._files for one in file.messages if str(one["type"]) in _STARTERS}
        whole = {file.channel for file in self._files if file.is_whole} - elsewhere
        return {
            file.channel: first[file.channel]
            if file.channel not in found and file.channel in whole and file.channel in first
            else file.channel
            for file in self._files
            if file.parent
        }


def _message(id_: str, found: dict[str, tuple[ChannelFile, Said]], opened: dict[str, str], title: str) -> Message:
    file, said = found[id_]
    thread = opened.get(file.channel, "")
    is_reply = str(said["type"]) in _REPLIES
    replied = str((said.get("reference") or {}).get("messageId") or "") if is_reply else ""
    author = said["author"]["id"]
    told = found[replied][1]["author"]["id"] if replied in found else ""
    return Message(
        at=said["timestamp"],
        channel=file.place,
        author="" if author == _NOBODY else author,
        text=_MENTION.sub(lambda found: found[1] or found[2] or found[3], said.get("content") or ""),
        thread="" if thread == id_ else thread,
        replies_to=replied,
        title=title,
        reactions=tuple(
            Reaction(frozenset(one["names"]), tuple(user["id"] for user in one["users"]), one["count"])
            for one in said["reactions"]
        ),
        mentions=frozenset(user["id"] for user in said["mentions"]) - {author, told, _NOBODY},
    )
