"""Which columns hold a member's id, which hold what is personal, and the tombstones that take an id's place."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable

from pipelines.contract import LOGS, PAYMENT_FAILURE_REASONS

TOMBSTONE = re.compile(r"erased-[0-9a-f]{12}(-\d\d)?")
"""What an erased id is replaced by: random, the same for all ids of a person but for a number at the end."""

ERASED = "[erased]"
"""What stands in place of a text that was erased from the middle of another."""

MEMBER_COLUMNS = frozenset(
    {"member_id", "author_id", "target_member_id", "host_id", "member_a", "member_b"}
    # What models and marts call them.
    | {"person_id", "other_member_id", "account_id", "asker_id", "first_responder_id", "replied_to_id"}
)
"""Columns that hold the id of a member and nothing else, in the logs, the lake and the marts."""

OTHER_ID_COLUMNS = frozenset(
    {"content_id", "parent_id", "root_id", "accepted_answer_id", "interaction_id", "event_id", "feedback_id"}
    | {"about_id", "subscription_id", "coupon_id", "payment_id", "action_id", "campaign_id", "source"}
)
"""Ids of the contract that name other things; a test holds both sets against the contract."""

OWNERS: dict[str, tuple[str, ...]] = {
    "members": ("member_id",),
    "content": ("author_id",),
    "interactions": ("member_id",),
    "events": (),
    "event_participation": ("member_id",),
    "feedback": ("member_id",),
    "subscriptions": ("member_id",),
    "payments": ("member_id",),
    "actions": ("member_id",),
    "identity_links": ("member_a", "member_b"),
}
"""Log -> columns that say whose a row is: its personal texts and unknown columns go with them. An event is the
community's, whoever hosts it."""

PRIVATE: dict[str, tuple[str, ...]] = {
    "members": ("referrer", "display_name", "profile_url"),
    "content": ("title",),
    "feedback": ("comment",),
    "subscriptions": ("end_reason",),
}
"""Log -> texts that are personal: emptied in the member's rows."""

CALLED = "display_name"
"""Column with what a member is called: it may be a plain word, and others may be called the same."""

WHOLE_TEXTS = frozenset({"title", "event_title", "comment", "tags", "referrer", "end_reason"})
"""Columns with texts of others: emptied where they are a text of the member's, never changed inside."""

SHARED_BY = 5
"""From so many members on, a shared referrer is a category and identifies nobody."""

KEPT_REASONS = frozenset(PAYMENT_FAILURE_REASONS)
"""End reasons that figures rest on; they say nothing in a person's own words."""

_LEAST_LENGTH = 5
_WITH_SPACE = 8
_NUMBER = re.compile(r"[\d.,:+\-/eE ]+")
_WORD = re.compile(r"[A-Za-z'\-]+")


def is_distinctive(name: str) -> bool:
    """Whether an id can be meant wherever it stands as a word: no number, no plain word, not too short."""
    least = _WITH_SPACE if " " in name else _LEAST_LENGTH
    return len(name) >= least and not _NUMBER.fullmatch(name) and not _WORD.fullmatch(name.replace(" ", ""))


def is_number(text: str) -> bool:
    """Whether a text is a number, a date or a time."""
    return _NUMBER.fullmatch(text) is not None


def draw_tombstones(ids: Iterable[str], known: dict[str, str] | None = None) -> dict[str, str]:
    """Return a tombstone for each id: one name for all of them, numbered in their order where they are several.

    Ids stay as many as they were and in the same order, as which of a person's ids names it depends on that. Ids that
    have a tombstone keep it, and lend its name to the others.

    Args:
        ids: Ids of one person.
        known: Ids that have one.
    """
    known = known or {}
    stem = next((one[: len("erased-") + 12] for one in known.values()), f"erased-{secrets.token_hex(6)}")
    taken, drawn = set(known.values()), dict(known)
    free = (name for number in range(1, 100) if (name := stem if number == 1 else f"{stem}-{number:02}") not in taken)
    for one in sorted(set(ids) - known.keys()):
        drawn[one] = next(free)
    return drawn


def name_columns(column: str) -> tuple[str, ...]:
    """Columns that say, beside a column of member ids, what these members are called and where their pages are."""
    stem = column.removesuffix("_id")
    of_logs = (CALLED, "profile_url") if column in ("member_id", "person_id", "account_id") else ()
    return (*of_logs, f"{stem}_name", f"{stem}_url")


def log_columns() -> set[str]:
    """All columns of the contract that hold an id."""
    return {column.name for log in LOGS.values() for column in log.own_columns if column.type == "id"}
