"""Tables of a Discourse forum: states of posts and of members, and likes, each with the time from which it counts.

A post counts from its creation as it was first seen, an edit from the time of the edit. What the forum gives no time
for (tags, a removal, a group) counts from the pull that saw it; an accepted answer that was there from the first from
the day of the answer.
"""

from __future__ import annotations

import html
import re
from typing import Any

import pyarrow as pa

from pipelines.sources.kind import Pull, Tables, texts
from pipelines.sources.kinds.discourse_forum import Forum, Topic, version
from pipelines.sources.kinds.discourse_members import MEMBER_COLUMNS, member_rows
from pipelines.sources.kinds.discourse_read import Found, Said, member_id

_LIKE = 2

POST_COLUMNS = (
    *("content_id", "source_seq", "occurred_at", "kind", "published_at", "author_id", "parent_id", "root_id"),
    *("channel", "title", "n_chars", "tags", "accepted_answer_id", "deleted_at"),
)
LIKE_COLUMNS = ("interaction_id", "occurred_at", "member_id", "content_id", "channel")


def tables(pull: Pull, found: Found) -> Tables:
    """Return the tables ``posts``, ``members`` and ``likes`` of what was read."""
    forum = Forum(pull.named.name)
    rows = _PostRows(pull, found, forum)
    likes = _like_rows(pull, found, forum, rows)
    made: dict[str, pa.Table] = {
        "posts": texts(POST_COLUMNS, rows.rows),
        "members": texts(MEMBER_COLUMNS, member_rows(pull, found, forum)),
        "likes": texts(LIKE_COLUMNS, likes),
    }
    return Tables(made, (*found.remarks, *forum.remarks, *_missed_likes(pull, forum, len(likes))), found.is_live)


class _PostRows:
    """Rows of posts: one for each state, numbered."""

    def __init__(self, pull: Pull, found: Found, forum: Forum) -> None:
        self.rows: list[dict[str, str]] = []
        self._source: Any = pull.named.source
        self._prefix, self._categories, self._forum = pull.named.prefix, found.categories, forum
        self._last: dict[int, dict[str, str]] = {}
        self._n_rows: dict[int, int] = {}
        self._versions: dict[int, int] = {}
        for at in forum.pulls(found):
            known = {*self._last}
            for id_, newest in forum.posts.items():
                for post in forum.fresh.get(id_) or [newest]:
                    self._write(id_, post, at.isoformat())
            for id_ in [*self._last]:
                self._write_accepted(id_, at.isoformat(), is_new=id_ not in known)

    def category(self, topic: Topic) -> str:
        """Return the name of a topic's category, or its number where the name is unknown."""
        return self._categories.get(topic.category or 0) or str(topic.category or "")

    def _write(self, id_: int, post: Said, at: str) -> None:
        topic, last = self._forum.topics[post["topic_id"]], self._last.get(id_)
        if self.category(topic) in self._source.leave_out:
            return
        deleted_at = post.get("deleted_at") or (post["updated_at"] if post.get("user_deleted") else "")
        deleted_at = deleted_at or topic.deleted_at or self._forum.gone.get(id_, "")
        state = self._state(post, topic) | {
            "deleted_at": deleted_at,
            "accepted_answer_id": last["accepted_answer_id"] if last else "",
        }
        if state == last:
            return
        edited = version(post) > self._versions.get(id_, 0)
        occurred_at = post["created_at"] if last is None else post["updated_at"] if edited else deleted_at or at
        self._versions[id_] = version(post)
        self._append(id_, state, occurred_at)

    def _write_accepted(self, id_: int, at: str, *, is_new: bool) -> None:
        """Write that a question has another accepted answer than before."""
        topic = self._forum.topics[self._forum.posts[id_]["topic_id"]]
        if self._last[id_]["kind"] != "question" or topic.accepted == id_:
            return
        if (accepted := self._post(topic.accepted)) != self._last[id_]["accepted_answer_id"]:
            answer = self._forum.posts.get(topic.accepted or 0, {})
            occurred_at = answer["created_at"] if is_new and answer else at
            self._append(id_, self._last[id_] | {"accepted_answer_id": accepted}, occurred_at)

    def _append(self, id_: int, state: dict[str, str], occurred_at: str) -> None:
        self._last[id_] = state
        self._n_rows[id_] = number = self._n_rows.get(id_, 0) + 1
        named = {"content_id": self._post(id_), "source_seq": str(number), "occurred_at": occurred_at}
        self.rows.append(named | state)

    def _state(self, post: Said, topic: Topic) -> dict[str, str]:
        """Return what a post is: the first of a topic opens it, a reply to it answers, a reply to another comments."""
        category, topic_id = self.category(topic), post["topic_id"]
        is_first = post["post_number"] == 1
        root = None if is_first else self._forum.numbers.get((topic_id, 1))
        kind = opened = (
            "article"
            if category in self._source.articles_in
            else "announcement"
            if category in self._source.announcements_in
            else "question"
        )
        parent = root
        if not is_first:
            kind = "answer" if opened == "question" else "comment"
            replied = self._forum.numbers.get((topic_id, post.get("reply_to_post_number") or 1))
            if replied not in (None, root, post["id"]):
                kind, parent = "comment", replied
        return {
            "kind": kind,
            "published_at": post["created_at"],
            "author_id": member_id(self._prefix, post.get("user_id")),
            "parent_id": self._post(parent),
            "root_id": self._post(root),
            "channel": category,
            "title": topic.title if is_first else "",
            "n_chars": str(n_chars(post)),
            "tags": topic.tags if is_first else "",
        }

    def _post(self, id_: int | None) -> str:
        return f"{self._prefix}p{id_}" if id_ else ""


def _like_rows(pull: Pull, found: Found, forum: Forum, rows: _PostRows) -> list[dict[str, str]]:
    """Return each like of a known post once: who, when, which."""
    prefix = pull.named.prefix
    made: dict[str, dict[str, str]] = {}
    for like in found.likes:
        post = like.get("post_id") or forum.numbers.get((like["topic_id"], like["post_number"]))
        if post in forum.posts and (by := like.get("acting_user_id")) is not None:
            topic = forum.topics[forum.posts[post]["topic_id"]]
            member = member_id(prefix, by)
            made[f"{prefix}l{post}-{member}"] = {
                "interaction_id": f"{prefix}l{post}-{member}",
                "occurred_at": like["created_at"],
                "member_id": member,
                "content_id": f"{prefix}p{post}",
                "channel": rows.category(topic),
            }
    return [made[id_] for id_ in sorted(made)]


def _missed_likes(pull: Pull, forum: Forum, n_taken: int) -> list[str]:
    counted = sum(
        one.get("count", 0)
        for post in forum.posts.values()
        for one in post.get("actions_summary", [])
        if one.get("id") == _LIKE
    )
    if counted <= n_taken:
        return []
    return [
        f"{pull.named.name}: posts have {counted:,} likes, of which {n_taken:,} say who and when and are taken; "
        "the others are left out"
    ]


def n_chars(post: Said) -> int:
    """Return the length of a post's text without markup."""
    if post.get("raw") is not None:
        return len(post["raw"])
    return len(html.unescape(re.sub(r"<[^>]*>", "", post.get("cooked") or "")))
