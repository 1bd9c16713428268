"""A Discourse forum on loopback: answers as the real one pages, shows and hides."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.support.platforms import Asked, Reply

POSTS_A_PAGE, TOPICS_A_PAGE, LIKES_A_PAGE, USERS_A_PAGE = 50, 30, 30, 100
MANY = Reply("<html>too many requests</html>", 429, {"Retry-After": "7"})


def post(id_: int, topic: int, number: int, by: int, at: str, **more: Any) -> dict[str, Any]:
    """A post as the forum's JSON has it."""
    return {
        "id": id_,
        "topic_id": topic,
        "topic_title": f"Topic {topic}",
        "post_number": number,
        "post_type": 1,
        "user_id": by,
        "username": f"user{by}",
        "name": f"User {by}",
        "created_at": at,
        "updated_at": at,
        "version": 1,
        "raw": "x" * (10 + id_),
        "category_id": 5,
        "reply_to_post_number": None,
        "actions_summary": [],
        "admin": False,
        "moderator": False,
        "user_deleted": False,
        "deleted_at": None,
    } | more


@dataclass
class Forum:
    """What the forum holds; ``solved`` is topic -> id of the accepted answer, ``likes`` pairs of member and post."""

    posts: list[dict[str, Any]] = field(default_factory=list)
    tags: dict[int, list[Any]] = field(default_factory=dict)
    solved: dict[int, int] = field(default_factory=dict)
    likes: list[tuple[int, int, str]] = field(default_factory=list)
    users: dict[int, dict[str, Any]] = field(default_factory=dict)
    groups: dict[str, list[int]] = field(default_factory=dict)
    categories: dict[int, str] = field(default_factory=lambda: {5: "Help"})
    key: str = "k"

    def __call__(self, asked: Asked) -> Reply:  # noqa: PLR0911 - one for each address
        """Answer a request."""
        parts = asked.path.strip("/").split("/")
        if parts[0] == "admin" and asked.headers.get("Api-Key") != self.key:
            return Reply({"errors": ["You are not permitted to view the requested resource."]}, 403)
        match parts:
            case ["posts.json"]:
                return Reply({"latest_posts": self._page(int(asked.query.get("before") or 0))})
            case ["latest.json"]:
                return Reply({"topic_list": {"topics": self._topics(int(asked.query.get("page") or 0))}})
            case ["t", name]:
                return Reply(self._view(int(name.removesuffix(".json"))))
            case ["u", name]:
                return self._profile(name.removesuffix(".json"))
            case ["admin", "users", "list", "all.json"]:
                start = (int(asked.query["page"]) - 1) * USERS_A_PAGE
                return Reply([self.users[id_] for id_ in sorted(self.users)][start : start + USERS_A_PAGE])
            case ["groups", group, "members.json"]:
                start = int(asked.query["offset"])
                return Reply({"members": [{"id": id_} for id_ in self.groups[group]][start : start + 100]})
            case ["user_actions.json"]:
                return Reply({"user_actions": self._given(asked.query["username"], int(asked.query["offset"]))})
            case ["site.json"]:
                return Reply({"categories": [{"id": id_, "name": name} for id_, name in self.categories.items()]})
        return Reply({"errors": ["The requested URL or resource could not be found."]}, 404)

    def _page(self, before: int) -> list[dict[str, Any]]:
        shown = [one for one in self.posts if not before or one["id"] <= before]
        return sorted(shown, key=lambda one: -one["id"])[:POSTS_A_PAGE]

    def _topics(self, page: int) -> list[dict[str, Any]]:
        topics = {}
        for one in sorted(self.posts, key=lambda one: one["created_at"]):
            id_ = one["topic_id"]
            first = topics.setdefault(
                id_,
                {
                    "id": id_,
                    "title": one["topic_title"],
                    "created_at": one["created_at"],
                    "category_id": one["category_id"],
                    "tags": self.tags.get(id_, []),
                    "has_accepted_answer": id_ in self.solved,
                },
            )
            first["bumped_at"] = one["created_at"]
        latest = sorted(topics.values(), key=lambda one: one["bumped_at"], reverse=True)
        return latest[page * TOPICS_A_PAGE : (page + 1) * TOPICS_A_PAGE]

    def _view(self, topic: int) -> dict[str, Any]:
        posts = [one for one in self.posts if one["topic_id"] == topic]
        view = next(one for one in self._all_topics() if one["id"] == topic)
        accepted = [one["post_number"] for one in posts if one["id"] == self.solved.get(topic)]
        return view | {
            "post_stream": {"posts": posts[:20], "stream": [one["id"] for one in posts]},
            **({"accepted_answer": {"post_number": accepted[0]}} if accepted else {}),
        }

    def _all_topics(self) -> list[dict[str, Any]]:
        found, page = [], 0
        while more := self._topics(page):
            found += more
            page += 1
        return found

    def _profile(self, username: str) -> Reply:
        for user in self.users.values():
            if user["username"] == username:
                return Reply({"user": user})
        return Reply({"errors": ["hidden"]}, 404)

    def _given(self, username: str, offset: int) -> list[dict[str, Any]]:
        by_id = {one["id"]: one for one in self.posts}
        given = [
            {
                "action_type": 1,
                "created_at": at,
                "acting_user_id": by,
                "acting_username": f"user{by}",
                "post_id": post_id,
                "topic_id": by_id[post_id]["topic_id"],
                "post_number": by_id[post_id]["post_number"],
            }
            for by, post_id, at in sorted(self.likes, key=lambda like: like[2], reverse=True)
            if f"user{by}" == username and post_id in by_id
        ]
        return given[offset : offset + LIKES_A_PAGE]


def user(id_: int, joined: str, **more: Any) -> dict[str, Any]:
    """An account as its profile shows it."""
    return {"id": id_, "username": f"user{id_}", "name": f"User {id_}", "created_at": joined} | more
