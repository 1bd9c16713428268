"""People and bots of a chat: who they are, since when they are there, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.sources.gone import prefixed

MEMBER_COLUMNS = ("member_id", "occurred_at", "joined_at", "role", "status", "plan", "display_name", "profile_url")


@dataclass(frozen=True)
class Person:
    """Somebody as the newest list, or a message, shows them.

    Attributes:
        name: Shown name.
        role: Their part, as in the log of members.
        joined_at: When they came, where that is known.
        profile_url: Address of their page, where there is one.
    """

    name: str
    role: str = "member"
    joined_at: str = ""
    profile_url: str = ""


class People:
    """Everybody whom a chat lists or who did something in it; a member counts from the first day known of them."""

    def __init__(self, prefix: str) -> None:
        """Know nobody yet."""
        self.known: dict[str, Person] = {}
        self._prefix = prefix
        self._first: dict[str, str] = {}
        self._changes: dict[str, dict[str, dict[str, str]]] = {}

    def seen(self, id_: str, at: str, person: Person) -> None:
        """Note that somebody was there at a time; ``person`` is who they are if nothing else is known of them."""
        if id_:
            self._first[id_] = min(self._first.get(id_, at), at)
            self.known.setdefault(id_, person)

    def changed(self, id_: str, at: str, **what: str) -> None:
        """Note that somebody was something else from a time on: columns of their row with the new values."""
        self._changes.setdefault(id_, {}).setdefault(at, {}).update(what)

    def rows(self) -> list[dict[str, str]]:
        """Return a row for each one of whom a day is known, and one for each change after it."""
        joined = {id_: person.joined_at for id_, person in self.known.items() if person.joined_at}
        since = {id_: min(at, joined.get(id_, at)) for id_, at in (joined | self._first).items()}
        rows = []
        for id_, joined_at in sorted(since.items(), key=lambda item: (item[1], item[0])):
            person = self.known[id_]
            row = {
                "member_id": prefixed(self._prefix, id_),
                "occurred_at": joined_at,
                "joined_at": joined_at,
                "role": person.role,
                "status": "active",
                "plan": "",
                "display_name": person.name,
                "profile_url": person.profile_url,
            }
            rows.append(row)
            for at, what in sorted(self._changes.get(id_, {}).items()):
                if at > joined_at and row | what != row:
                    row = row | what | {"occurred_at": at}
                    rows.append(row)
        return rows

    def remarks(self) -> list[str]:
        """Return what the operator has to know of those who are listed."""
        silent = [
            id_
            for id_, person in self.known.items()
            if id_ not in self._first and not person.joined_at and person.role != "bot"
        ]
        if not silent:
            return []
        return [f"{len(silent):,} people never posted or joined a channel in the export: it has no day for them"]
