"""A group of 知识星球 out of what was printed: topics by their type, comments under them, who is there since when."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from pipelines.sources.kinds.chat import Chat, ChatSource, Message, Reaction
from pipelines.sources.kinds.chat_people import People, Person
from pipelines.sources.kinds.zsxq_files import Found, Said, moment

_KINDS = {"q&a": "question", "task": "course", "solution": "comment"}
"""Type of a topic -> what it is; ``talk`` and new types are what the source's file says of talks."""
_BODIES = ("talk", "question", "task", "solution")
_TAG = re.compile(r"<e\b[^>]*/?>(?:</e>)?")
_ATTRIBUTE = re.compile(r"""(\w+)=["']([^"']*)["']""")


class Group:
    """What the files say, as a chat.

    Args:
        source: The source, a ``ZsxqSource``.
        prefix: Put before every id.
        found: What was read.
    """

    def __init__(self, source: Any, prefix: str, found: Found) -> None:  # noqa: ANN401 - its own keys
        """Put it together."""
        self._source, self._found, self._prefix = source, found, prefix
        self.people = People(prefix)
        self._n_undated = 0
        for id_, member in found.members.items():
            self.people.known[id_] = Person(_name(member), self._role(id_), moment(member["join_time"]))
            status = "banned" if member.get("isolated") else "left" if member.get("status") == "exited" else "active"
            if status != "active" and member.get("update_time"):
                self.people.changed(id_, moment(member["update_time"]), status=status)
        said: dict[str, Message] = {}
        for id_, topic in found.topics.items():
            said |= self._topic(id_, topic)
        for id_, comment in found.comments.items():
            said[f"c{id_}"] = self._comment(comment)
        self.chat = Chat(ChatSource(kind="zsxq"), prefix, dict(sorted(said.items(), key=lambda item: item[1].at)))

    def members(self) -> list[dict[str, str]]:
        """Return the states of members, with the end of what they paid for where the tool prints it."""
        ends = {
            f"{self._prefix}{id_}": moment(member["expired_time"])
            for id_, member in self._found.members.items()
            if member.get("expired_time")
        }
        return [row | {"expires_at": ends.get(row["member_id"], "")} for row in self.people.rows()]

    def remarks(self) -> list[str]:
        """Return what the operator has to know."""
        found = self.chat.remarks(set())
        if self._n_undated:
            found.append(f"{self._n_undated:,} answers to questions bear no time and are left out")
        missing = sum(
            max(0, _count(topic, "comments") - sum(one["topic_id"] == id_ for one in self._found.comments.values()))
            for id_, topic in self._found.topics.items()
            if _count(topic, "comments")
        )
        if missing:
            found.append(f"topics have {missing:,} comments more than the files hold: print the comments of each topic")
        return found

    def _topic(self, id_: str, topic: Said) -> dict[str, Message]:
        body: Said = next((topic[key] for key in _BODIES if isinstance(topic.get(key), dict)), {})
        text, tags, mentioned = _plain(str(topic.get("content") or body.get("text") or ""))
        at, channel = moment(topic["create_time"]), str((topic.get("group") or {}).get("name") or "")
        likes = [one for one in topic.get("latest_likes") or [] if one.get("owner") and one.get("create_time")]
        n_hidden = _count(topic, "likes") - len(likes)
        made = {
            id_: Message(
                at=at,
                channel=channel,
                author=self._meet(topic.get("owner") or body.get("owner"), at),
                text=text,
                title=_plain(str(topic.get("title") or ""))[0],
                kind=_KINDS.get(str(topic.get("type")), self._source.talks_are),
                tags=tags,
                reactions=(
                    *(Reaction(frozenset(), (_id(one["owner"]),), 1, moment(one["create_time"])) for one in likes),
                    Reaction(frozenset(), (), max(0, n_hidden)),
                ),
                mentions=frozenset(mentioned),
            )
        }
        answer = topic.get("answer")
        if isinstance(answer, dict):
            answered_at = answer.get("create_time") or topic.get("modify_time")
            if not answered_at:
                self._n_undated += 1
                return made
            text, _, mentioned = _plain(str(answer.get("text") or ""))
            by = self._meet(answer.get("owner"), moment(answered_at))
            made[f"a{id_}"] = Message(
                moment(answered_at), channel, by, text, thread=id_, kind="answer", mentions=frozenset(mentioned)
            )
        return made

    def _comment(self, comment: Said) -> Message:
        text, _, mentioned = _plain(str(comment.get("text") or ""))
        topic, at = comment["topic_id"], moment(comment["create_time"])
        parent = comment.get("parent_comment_id")
        group = self._found.topics.get(topic, {}).get("group") or {}
        return Message(
            at=at,
            channel=str(group.get("name") or ""),
            author=self._meet(comment.get("owner"), at),
            text=text,
            thread=topic,
            replies_to=f"c{parent}" if parent else "",
            kind="comment",
            reactions=(Reaction(frozenset(), (), int(comment.get("likes_count") or 0)),),
            mentions=frozenset(mentioned),
        )

    def _meet(self, owner: Said | None, at: str) -> str:
        """Note who wrote something; returns who, nobody of what was asked anonymously."""
        id_ = _id(owner)
        self.people.seen(id_, at, Person(_name(owner or {}), self._role(id_)))
        return id_

    def _role(self, id_: str) -> str:
        return "host" if id_ in self._source.hosts else "member"


def _id(owner: Said | None) -> str:
    return str((owner or {}).get("user_id") or "")


def _name(user: Said) -> str:
    return str(user.get("alias") or user.get("name") or "")


def _count(topic: Said, what: str) -> int:
    return int((topic.get("counts") or {}).get(what) or topic.get(f"{what}_count") or 0)


def _plain(text: str) -> tuple[str, str, set[str]]:
    """Return a text as a reader sees it, the tags that stand in it, and who is mentioned."""
    tags: dict[str, None] = {}
    mentioned: set[str] = set()

    def shown(found: re.Match[str]) -> str:
        said = dict(_ATTRIBUTE.findall(found[0]))
        title = unquote(said.get("title", ""))
        if said.get("type") == "hashtag":
            tags[title.strip("#")] = None
        if said.get("type") == "mention" and said.get("uid", "").strip("0"):
            mentioned.add(said["uid"])
        return title

    plain = _TAG.sub(shown, text)
    return plain, "|".join(tags), mentioned
