"""What is kept of a repository, in the order of the pulls: pieces as they were seen, likes, and who took part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pipelines.sources.kept import Answer
from pipelines.sources.kind import Pull
from pipelines.sources.kinds.chat_people import People, Person
from pipelines.sources.kinds.github_api import Said, is_pull_request

ISSUES = "issues"
"""Channel of issues; that of a discussion is its category."""

_AGAINST = ("-1", "confused", "THUMBS_DOWN", "CONFUSED")
"""Reactions that are no likes."""
_INSIDE = ("OWNER", "MEMBER", "COLLABORATOR")
_GHOST = 10137
"""The account in whose name GitHub shows what closed accounts wrote."""


@dataclass(frozen=True)
class Piece:
    """An issue, a discussion or a comment as an answer shows it.

    Attributes:
        id: What names it in the repository.
        author: Its author; empty of a closed account.
        root: The issue or discussion that it belongs to; empty of those themselves.
        parent: What it replies to.
        category: Of a discussion; ``issues`` of an issue.
        has_answers: Whether one of its comments can be chosen as the answer.
        answer: The comment that was chosen, by whom, and when.
        seen_at: Start of the pull that asked.
    """

    id: str
    author: str
    created_at: str
    changed_at: str
    n_chars: int
    root: str = ""
    parent: str = ""
    category: str = ""
    has_answers: bool = False
    title: str = ""
    tags: str = ""
    answer: str = ""
    answered_by: str = ""
    answered_at: str = ""
    deleted_at: str = ""
    seen_at: str = field(default="", compare=False)


@dataclass
class Repository:
    """Everything that is kept."""

    people: People
    pieces: dict[str, list[Piece]] = field(default_factory=dict)
    likes: dict[tuple[str, str], str] = field(default_factory=dict)
    """Piece and member -> time of the first like."""
    n_reactions: dict[str, int] = field(default_factory=dict)
    """Piece -> how many reactions the newest answer counts."""
    n_given: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    """Piece -> reactions of which is said whose."""
    pulls: set[str] = field(default_factory=set)
    """Pull requests, and comments on them."""
    first_met: dict[str, str] = field(default_factory=dict)
    """Member -> the pull that met them first."""
    inside: set[tuple[str, str]] = field(default_factory=set)
    """Member and pull that saw them as an owner, member or collaborator; not each answer says so."""


def read(pull: Pull) -> Repository:
    """Return what is kept, parsed."""
    kept, found = pull.kept, Repository(People(f"{pull.named.prefix}u"))
    for stream in ("issues", "comments"):
        for answer in kept.answers(stream):
            for item in answer.json():
                _rest(found, answer, item)
    for answer in kept.answers("reactions"):
        piece = _reacted_to(answer.url)
        for one in answer.json():
            _react(found, piece, one["content"], _rest_member(one.get("user")), one["created_at"])
    for answer in kept.answers("discussions"):
        for node in _nodes(answer.json()["data"]["repository"], "discussions"):
            _discussion(found, answer, node)
    for stream in ("more_comments", "more_replies"):
        for answer in kept.answers(stream):
            for node in _nodes(answer.json()["data"]["node"], stream.removeprefix("more_")):
                _comment(found, answer, node)
    return found


def moment(text: str | None) -> str:
    """Return a time as ISO 8601 in UTC; empty where there is none."""
    return datetime.fromisoformat(text).astimezone(UTC).isoformat().replace("+00:00", "Z") if text else ""


def _rest(found: Repository, answer: Answer, item: Said) -> None:
    is_comment = "issue_url" in item
    number = item["issue_url"].rpartition("/")[2] if is_comment else str(item["number"])
    id_ = f"c{item['id']}" if is_comment else f"i{number}"
    if is_pull_request(item):
        found.pulls.add(id_)
        return
    author = _rest_member(item.get("user"))
    _take(
        found,
        Piece(
            id=id_,
            author=author,
            created_at=moment(item["created_at"]),
            changed_at=moment(item["updated_at"]),
            n_chars=len(item.get("body") or ""),
            root=f"i{number}" if is_comment else "",
            parent=f"i{number}" if is_comment else "",
            category="" if is_comment else ISSUES,
            title="" if is_comment else item["title"],
            tags="|".join(one["name"] if isinstance(one, dict) else one for one in item.get("labels") or []),
            seen_at=moment(answer.at),
        ),
    )
    found.n_reactions[id_] = (item.get("reactions") or {}).get("total_count", 0)
    user = item.get("user") or {}
    _meet(found, answer, author, item, user.get("type") == "Bot", user.get("login", ""), user.get("html_url", ""))


def _discussion(found: Repository, answer: Answer, node: Said) -> None:
    chosen = node.get("answer") or {}
    labels = [one["name"] for one in _nodes(node, "labels")]
    _written(
        found,
        answer,
        node,
        Piece(
            **_common(node, answer, f"d{node['number']}"),
            category=node["category"]["name"],
            has_answers=bool(node["category"]["isAnswerable"]),
            title=node["title"],
            tags="|".join(labels),
            answer=f"dc{chosen['databaseId']}" if chosen else "",
            answered_by=_graph_member(node.get("answerChosenBy")),
            answered_at=moment(node.get("answerChosenAt")),
        ),
    )
    for comment in _nodes(node, "comments"):
        _comment(found, answer, comment)


def _comment(found: Repository, answer: Answer, node: Said) -> None:
    root = f"d{node['discussion']['number']}"
    replied = node.get("replyTo") or {}
    _written(
        found,
        answer,
        node,
        Piece(
            **_common(node, answer, f"dc{node['databaseId']}"),
            root=root,
            parent=f"dc{replied['databaseId']}" if replied else root,
            deleted_at=moment(node.get("deletedAt")),
        ),
    )
    for reply in _nodes(node, "replies"):
        _comment(found, answer, reply)


def _common(node: Said, answer: Answer, id_: str) -> dict[str, Any]:
    return {
        "id": id_,
        "author": _graph_member(node.get("author")),
        "created_at": moment(node["createdAt"]),
        "changed_at": moment(node.get("lastEditedAt") or node["createdAt"]),
        "n_chars": len(node.get("body") or ""),
        "seen_at": moment(answer.at),
    }


def _written(found: Repository, answer: Answer, node: Said, piece: Piece) -> None:
    _take(found, piece)
    reactions = node.get("reactions") or {}
    found.n_reactions[piece.id] = reactions.get("totalCount", 0)
    for one in _nodes(node, "reactions"):
        _react(found, piece.id, one["content"], _graph_member(one.get("user")), one["createdAt"])
    author = node.get("author") or {}
    by = {"created_at": node["createdAt"], "author_association": node.get("authorAssociation")}
    is_bot = author.get("__typename") == "Bot"
    _meet(found, answer, piece.author, by, is_bot, author.get("login", ""), author.get("url", ""))


def _take(found: Repository, piece: Piece) -> None:
    states = found.pieces.setdefault(piece.id, [])
    if not states or states[-1] != piece:
        states.append(piece)


def _react(found: Repository, piece: str, content: str, member: str, at: str) -> None:
    if member:
        found.n_given.setdefault(piece, set()).add((content, member))
        if content not in _AGAINST:
            like = piece, member
            found.likes[like] = min(found.likes.get(like, moment(at)), moment(at))


def _meet(found: Repository, answer: Answer, member: str, said: Said, is_bot: bool, login: str, url: str) -> None:
    """Note who wrote, and what they were as of the pull."""
    if not member:
        return
    at = moment(answer.at)
    if said.get("author_association") in _INSIDE:
        found.inside.add((member, at))
    is_inside = (member, at) in found.inside
    role = "bot" if is_bot or login.endswith("[bot]") else "moderator" if is_inside else "member"
    person = Person(login, role, profile_url=url)
    if found.first_met.setdefault(member, at) == at:
        found.people.known[member] = person
    found.people.seen(member, moment(said["created_at"]), person)
    found.people.changed(member, at, role=role, display_name=login, profile_url=url)


def _nodes(said: Said | None, what: str) -> Iterator[Said]:
    return (one for one in ((said or {}).get(what) or {}).get("nodes") or [] if one is not None)


def _rest_member(user: Said | None) -> str:
    return _member((user or {}).get("id"))


def _graph_member(actor: Said | None) -> str:
    return _member((actor or {}).get("databaseId"))


def _member(id_: int | str | None) -> str:
    return "" if id_ in (None, "", _GHOST) else str(id_)


def _reacted_to(url: str) -> str:
    """Return the piece that the address of a list of reactions is about."""
    parts = url.partition("?")[0].rstrip("/").split("/")
    return f"c{parts[-2]}" if parts[-3] == "comments" else f"i{parts[-2]}"
