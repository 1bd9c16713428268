"""Who is who in a Slack workspace, by its list of users or by their messages."""

from __future__ import annotations

from datetime import UTC, datetime

from pipelines.sources.kinds.chat_people import Person
from pipelines.sources.kinds.slack_files import Said

_SLACKBOT = "USLACKBOT"


def author(message: Said) -> str:
    """Return who posted a message, as Slack names them."""
    return str(message.get("user") or message.get("bot_id") or "")


def listed(user: Said) -> Person:
    """Return somebody of the list of users."""
    return Person(_name(user), _role(user))


def posting(message: Said) -> Person:
    """Return the author of a message by what it says of them: somebody of another workspace, or a bot."""
    profile = message.get("user_profile") or message.get("bot_profile") or {}
    name = profile.get("display_name") or profile.get("real_name") or profile.get("name")
    is_bot = ("bot_id" in message and "user" not in message) or author(message) == _SLACKBOT
    return Person(str(name or message.get("username", "")), "bot" if is_bot else "member")


def deactivated_at(user: Said) -> str:
    """Return when a deactivated account was last changed, which is when it was deactivated; empty where unknown."""
    updated = user.get("updated")
    if not user.get("deleted") or not isinstance(updated, int | float) or updated <= 0:
        return ""
    return datetime.fromtimestamp(updated, UTC).isoformat().replace("+00:00", "Z")


def _role(user: Said) -> str:
    if user.get("is_bot") or user["id"] == _SLACKBOT:
        return "bot"
    is_admin = any(user.get(key) for key in ("is_admin", "is_owner", "is_primary_owner"))
    return "moderator" if is_admin else "member"


def _name(user: Said) -> str:
    profile = user.get("profile") or {}
    named = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name"))
    return str(next((name for name in named if name), ""))
