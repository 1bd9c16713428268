"""A repository of GitHub on loopback: lists page by Link, requests are limited, discussions come by GraphQL."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tests.support.platforms import Asked, Reply

MORE_COMMENTS = 2
"""Comments of a discussion that fit into one answer, and replies to one."""


def account(id_: int, login: str, **more: Any) -> dict[str, Any]:
    """An account as lists show it."""
    return {"id": id_, "login": login, "type": "User", "html_url": f"https://github.com/{login}"} | more


def actor(user: dict[str, Any] | None) -> dict[str, Any] | None:
    """An account as GraphQL shows it."""
    if user is None:
        return None
    return {
        "__typename": user["type"],
        "login": user["login"],
        "url": user["html_url"],
        "databaseId": user["id"],
    }


@dataclass
class Repository:
    """What the repository holds.

    Attributes:
        reactions: Path under ``issues`` -> reactions.
        left: Requests that are still allowed; None for any number.
        refusals: Answers that come before the next right one.
        meanwhile: Done after each page of a list.
    """

    issues: list[dict[str, Any]] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    reactions: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    discussions: list[dict[str, Any]] = field(default_factory=list)
    token: str = "t0ken"
    url: str = ""
    refusals: list[Reply] = field(default_factory=list)
    page_size: int = 100
    meanwhile: Callable[[Asked], None] = lambda _: None

    def __call__(self, asked: Asked) -> Reply:  # noqa: PLR0911 - one for each address
        """Answer a request."""
        if self.refusals:
            return self.refusals.pop(0)
        given = asked.headers.get("Authorization")
        if given not in (None, f"Bearer {self.token}"):
            return Reply({"message": "Bad credentials"}, 401)
        match asked.path.strip("/").split("/"):
            case ["repos", "rust", "club"]:
                return Reply({"full_name": "rust/club", "has_issues": True, "has_discussions": True})
            case ["repos", "rust", "club", "issues"]:
                return self._list(asked, self.issues)
            case ["repos", "rust", "club", "issues", "comments"]:
                return self._list(asked, self.comments)
            case ["repos", "rust", "club", "issues", *which, "reactions"]:
                return self._list(asked, self.reactions["/".join(which)])
            case ["graphql"] if given is None:
                return Reply({"message": "This endpoint requires you to be authenticated."}, 401)
            case ["graphql"]:
                return Reply(self._graphql(json.loads(asked.body)))
        return Reply({"message": "Not Found"}, 404)

    def issue(self, number: int, by: dict[str, Any] | None, at: str, **more: Any) -> dict[str, Any]:
        """Add an issue."""
        made = {
            "id": 70_000 + number, "number": number, "title": f"Issue {number}", "user": by, "labels": [],
            "url": f"{self.url}/repos/rust/club/issues/{number}", "html_url": f"https://github.com/rust/club/issues/{number}",
            "created_at": at, "updated_at": at, "body": "x" * number, "author_association": "NONE", "state": "open",
            "reactions": {"total_count": 0},
        } | more  # fmt: skip
        self.issues.append(made)
        return made

    def comment(self, id_: int, issue: int, by: dict[str, Any] | None, at: str, **more: Any) -> dict[str, Any]:
        """Add a comment on an issue."""
        made = {
            "id": id_, "user": by, "created_at": at, "updated_at": at, "body": "y" * id_, "author_association": "NONE",
            "url": f"{self.url}/repos/rust/club/issues/comments/{id_}",
            "issue_url": f"{self.url}/repos/rust/club/issues/{issue}",
            "html_url": f"https://github.com/rust/club/issues/{issue}#issuecomment-{id_}",
            "reactions": {"total_count": 0},
        } | more  # fmt: skip
        self.comments.append(made)
        return made

    def react(self, item: dict[str, Any], *given: tuple[str, dict[str, Any] | None, str]) -> None:
        """Add reactions to an issue or comment: content, who, when."""
        which = item["url"].partition("/issues/")[2]
        made = [
            {"id": n, "content": content, "user": by, "created_at": at} for n, (content, by, at) in enumerate(given)
        ]
        self.reactions[which] = made
        item["reactions"] = {"total_count": len(made)}

    def rename(self, user: dict[str, Any]) -> None:
        """Show an account by another name wherever it wrote."""
        for one in (*self.issues, *self.comments):
            if one["user"] and one["user"]["id"] == user["id"]:
                one["user"] = user
        for node in self._nodes():
            for one in (node, *node.get("replies", [])):
                if one["author"] and one["author"]["databaseId"] == user["id"]:
                    one["author"] = actor(user)

    def _list(self, asked: Asked, items: list[dict[str, Any]]) -> Reply:
        since = asked.query.get("since", "")
        found = sorted(
            (one for one in items if one.get("updated_at", since) >= since),
            key=lambda one: one.get("updated_at", one["created_at"]),
        )
        page = int(asked.query.get("page", 1))
        size = min(self.page_size, int(asked.query["per_page"]))
        headers = {}
        if len(found) > page * size:
            query = urlencode(asked.query | {"page": page + 1})
            headers["Link"] = f'<{self.url}{asked.path}?{query}>; rel="next", <{self.url}/last>; rel="last"'
        answer = Reply(found[(page - 1) * size : page * size], headers=headers)
        answer.body = json.loads(json.dumps(answer.body))
        self.meanwhile(asked)
        return answer

    def _graphql(self, asked: dict[str, Any]) -> dict[str, Any]:
        variables = asked["variables"]
        if "id" in variables:
            which = "replies" if "DiscussionComment" in asked["query"] else "comments"
            (items,) = [one[which] for one in self._nodes() if one["id"] == variables["id"]]
            return {"data": {"node": {which: self._connection(items, variables["after"], MORE_COMMENTS)}}}
        if (variables["owner"], variables["name"]) != ("rust", "club"):
            return {"data": {"repository": None}, "errors": [{"type": "NOT_FOUND", "message": "Could not resolve"}]}
        found = sorted(self.discussions, key=lambda one: one["updatedAt"], reverse=True)
        return {"data": {"repository": {"discussions": self._connection(found, variables["after"], 2)}}}

    def _nodes(self) -> list[dict[str, Any]]:
        return [node for one in self.discussions for node in (one, *one["comments"])]

    def _connection(self, items: list[dict[str, Any]], after: str | None, size: int) -> dict[str, Any]:
        start = int(after or 0)
        nodes = [self._shown(one) for one in items[start : start + size]]
        end = start + len(nodes)
        return {"nodes": nodes, "pageInfo": {"hasNextPage": end < len(items), "endCursor": str(end)}}

    def _shown(self, node: dict[str, Any]) -> dict[str, Any]:
        parts = {
            what: self._connection(node[what], None, MORE_COMMENTS) for what in ("comments", "replies") if what in node
        }
        return node | parts


def written(id_: int, by: dict[str, Any] | None, at: str, **more: Any) -> dict[str, Any]:
    """What discussions, comments and replies have in common."""
    reactions = more.pop("reactions", [])
    nodes = [{"content": content, "user": actor(who), "createdAt": when} for content, who, when in reactions]
    return {
        "id": f"node{id_}", "databaseId": id_, "body": "z" * id_, "createdAt": at, "updatedAt": at,
        "lastEditedAt": None, "authorAssociation": "NONE", "author": actor(by),
        "reactions": {"totalCount": len(nodes), "nodes": nodes},
    } | more  # fmt: skip


def discussion(number: int, by: dict[str, Any] | None, at: str, category: str, **more: Any) -> dict[str, Any]:
    """A discussion; ``comments`` as made by ``reply``."""
    return written(
        number + 500, by, at,
        **{
            "number": number, "title": f"Discussion {number}",
            "category": {"name": category, "isAnswerable": category == "Q&A"},
            "labels": {"nodes": []}, "answer": None, "answerChosenAt": None, "answerChosenBy": None, "comments": [],
        } | more,
    )  # fmt: skip


def reply(id_: int, on: int, by: dict[str, Any] | None, at: str, to: int | None = None, **more: Any) -> dict[str, Any]:
    """A comment on a discussion, or a reply to a comment."""
    made = {"discussion": {"number": on}, "replyTo": {"databaseId": to} if to else None, "deletedAt": None}
    return written(id_, by, at, **(made | ({} if to else {"replies": []}) | more))
