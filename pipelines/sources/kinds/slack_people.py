"""People and bots of a Slack workspace, since when they are there, and when a deactivated one went."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from pipelines.sources.kinds.slack_files import Export, Said

MEMBER_COLUMNS = ("member_id", "occurred_at", "joined_at", "role", "status", "display_name")

_SLACKBOT = "USLACKBOT"


class People:
    """Everybody whom an export lists or whose message it holds."""

    def __init__(self, prefix: str, exports: Sequence[Export]) -> None:
        """Take the lists of users; the newest export says who somebody is."""
        self._prefix = prefix
        self._users = {id_: user for export in exports for id_, user in export.users.items()}
        self._first: dict[str, str] = {}

    def id(self, user: str) -> str:
        """Return the id of a member."""
        return f"{self._prefix}{user}" if user else ""

    def author(self, message: Said) -> str:
        """Return the id of who posted a message."""
        return self.id(_author(message))

    def seen(self, message: Said, at: str) -> None:
        """Note that somebody was there at a time: posted, or joined a channel."""
        if user := _author(message):
            self._first[user] = min(self._first.get(user, at), at)
            if user not in self._users:
                profile = message.get("user_profile") or message.get("bot_profile") or {}
                name = profile.get("display_name") or profile.get("real_name") or profile.get("name")
                is_bot = "bot_id" in message and "user" not in message
                self._users[user] = {"id": user, "name": name or message.get("username", ""), "is_bot": is_bot}

    def rows(self) -> list[dict[str, str]]:
        """Return a row for each one who was seen, and a second one where the account was deactivated since."""
        rows = []
        for id_, joined_at in sorted(self._first.items(), key=lambda item: (item[1], item[0])):
            user = self._users[id_]
            row = {
                "member_id": self.id(id_),
                "occurred_at": joined_at,
                "joined_at": joined_at,
                "role": _role(user),
                "status": "active",
                "display_name": _name(user),
            }
            rows.append(row)
            if user.get("deleted") and (left_at := _left_at(user)) > joined_at:
                rows.append(row | {"occurred_at": left_at, "status": "left"})
        return rows

    def remarks(self) -> list[str]:
        """Return what the operator has to know of those who are listed."""
        silent = [id_ for id_, user in self._users.items() if id_ not in self._first and _role(user) != "bot"]
        if not silent:
            return []
        return [f"{len(silent):,} people never posted or joined a channel in the export: it has no day for them"]


def _author(message: Said) -> str:
    return str(message.get("user") or message.get("bot_id") or "")


def _role(user: Said) -> str:
    if user.get("is_bot") or user["id"] == _SLACKBOT:
        return "bot"
    is_admin = any(user.get(key) for key in ("is_admin", "is_owner", "is_primary_owner"))
    return "moderator" if is_admin else "member"


def _name(user: Said) -> str:
    profile = user.get("profile") or {}
    named = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name"))
    return str(next((name for name in named if name), ""))


def _left_at(user: Said) -> str:
    """Return when a deactivated account was last changed, which is when it was deactivated; empty where unknown."""
    updated = user.get("updated")
    if not isinstance(updated, int | float) or updated <= 0:
        return ""
    return datetime.fromtimestamp(updated, UTC).isoformat().replace("+00:00", "Z")
