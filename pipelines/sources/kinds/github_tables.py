"""Tables of a repository: states of issues, discussions and comments, likes and acceptances, and who took part.

A piece counts from its creation, an edit from the change that GitHub names, an answer from when it was chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipelines.sources.gone import prefixed
from pipelines.sources.kind import Pull, Tables, texts
from pipelines.sources.kinds.chat import INTERACTION_COLUMNS, POST_COLUMNS
from pipelines.sources.kinds.chat_people import MEMBER_COLUMNS
from pipelines.sources.kinds.github_read import ISSUES, Piece, Repository, read


def tables(pull: Pull) -> Tables:
    """Return the tables ``posts``, ``interactions`` and ``members`` of what is kept."""
    repository = read(pull)
    rows = _Rows(pull.named.source, pull.named.prefix, repository)
    made = {
        "posts": texts(POST_COLUMNS, rows.posts()),
        "interactions": texts(INTERACTION_COLUMNS, rows.interactions()),
        "members": texts(MEMBER_COLUMNS, repository.people.rows()),
    }
    return Tables(made, tuple(f"{pull.named.name}: {one}" for one in rows.remarks()), is_complete=True)


class _Rows:
    """Rows of what counts: everything but the categories that are left out."""

    def __init__(self, source: Any, prefix: str, repository: Repository) -> None:  # noqa: ANN401 - its own keys
        self._source, self._prefix, self._repository = source, prefix, repository
        self._pieces = {
            id_: states for id_, states in repository.pieces.items() if self._channel(states[0]) not in source.leave_out
        }

    def posts(self) -> list[dict[str, str]]:
        """Return a row for each state of each piece, numbered."""
        rows: list[dict[str, str]] = []
        for id_, states in self._pieces.items():
            numbered = enumerate(self._states(states), start=1)
            rows += [{"content_id": self._id(id_), "source_seq": str(number)} | state for number, state in numbered]
        return rows

    def interactions(self) -> list[dict[str, str]]:
        """Return a like of a member for a piece once, and each answer that was chosen."""
        done = [("like", piece, member, at) for (piece, member), at in sorted(self._repository.likes.items())]
        for states in self._pieces.values():
            chosen = {piece.answer: piece for piece in states if piece.answer and piece.answered_by}
            done += [("accept", answer, piece.answered_by, piece.answered_at) for answer, piece in chosen.items()]
        rows = []
        for kind, id_, member, at in done:
            if id_ not in self._pieces:
                continue
            first = self._pieces[id_][0]
            rows.append(
                {
                    "interaction_id": f"{self._id(id_)}:{kind}:{self._member(member)}",
                    "occurred_at": at,
                    "kind": kind,
                    "member_id": self._member(member),
                    "content_id": self._id(id_),
                    "target_member_id": self._member(first.author),
                    "channel": self._channel(first),
                }
            )
        return rows

    def remarks(self) -> list[str]:
        """Return what the operator has to know."""
        found, repository = [], self._repository
        if repository.pulls:
            found.append(f"{len(repository.pulls):,} pull requests and comments on them are left out")
        given = {id_: len(one) for id_, one in repository.n_given.items()}
        hidden = sum(max(0, n - given.get(id_, 0)) for id_, n in repository.n_reactions.items())
        if hidden and self._source.reactions:
            found.append(f"{hidden:,} reactions are counted without saying whose; they are left out")
        categories = {states[-1].category for states in repository.pieces.values()} - {"", ISSUES}
        wanted = {*self._source.questions_in, *self._source.leave_out}
        if unknown := sorted(wanted - categories - {ISSUES}):
            found.append(f"no discussion is in {', '.join(unknown)}, which the source's file names")
        return found

    def _states(self, states: Sequence[Piece]) -> list[dict[str, str]]:
        """Return the states of one piece with the time of each: written, edited, answered, removed.

        What GitHub gives no time for, such as a new title of a discussion, counts from the pull that saw it.
        """
        before = states[0]
        row = self._state(before) | {"occurred_at": before.created_at, "accepted_answer_id": "", "deleted_at": ""}
        rows = [row]
        for piece in states:
            changed_at = piece.changed_at if piece.changed_at > before.changed_at else piece.seen_at
            before = piece
            steps = (
                (changed_at, self._state(piece)),
                (piece.answered_at or piece.seen_at, {"accepted_answer_id": self._id(piece.answer)}),
                (piece.deleted_at, {"deleted_at": piece.deleted_at}),
            )
            for at, what in steps:
                if row | what != row:
                    row = row | what | {"occurred_at": max(at, row["occurred_at"])}
                    rows.append(row)
        return rows

    def _state(self, piece: Piece) -> dict[str, str]:
        root = piece.root if piece.root in self._pieces else ""
        parent = piece.parent if piece.parent in self._pieces else root
        return {
            "kind": self._kind(piece),
            "published_at": piece.created_at,
            "author_id": self._member(piece.author),
            "parent_id": self._id(parent),
            "root_id": self._id(root),
            "channel": self._channel(piece),
            "title": piece.title,
            "n_chars": str(piece.n_chars),
            "tags": piece.tags,
        }

    def _kind(self, piece: Piece) -> str:
        """Return what a piece is: a comment on a question answers it, one on an answer does not."""
        if piece.root:
            opens = self._repository.pieces.get(piece.root)
            is_answer = opens is not None and self._kind(opens[0]) == "question" and piece.parent == piece.root
            return "answer" if is_answer else "comment"
        if piece.category == ISSUES:
            return str(self._source.issues_are)
        if piece.category in self._source.announcements_in:
            return "announcement"
        return "question" if piece.has_answers or piece.category in self._source.questions_in else "article"

    def _channel(self, piece: Piece) -> str:
        root = self._repository.pieces.get(piece.root) if piece.root else None
        return root[0].category if root else piece.category or ISSUES

    def _id(self, id_: str) -> str:
        return f"{self._prefix}{id_}" if id_ else ""

    def _member(self, id_: str) -> str:
        return prefixed(f"{self._prefix}u", id_)
