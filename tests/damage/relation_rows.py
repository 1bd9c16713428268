"""Rows of a small community whose logs agree, and makers of the rows that do not."""

from __future__ import annotations

from datetime import date
from typing import Any

Row = dict[str, Any]

FIRST_DAY = date(2025, 1, 1)
"""Log day of what agrees."""

LAST_DAY = date(2025, 3, 31)
"""Log day of what is damaged."""

N_GOOD = 110
"""Rows of each log that agree: enough to tell the usual currency."""


def at(day: str | date) -> str:
    return f"{day}T08:00:00"


def state(member_id: str, day: str | date = FIRST_DAY, **more: Any) -> Row:
    return {"member_id": member_id, "occurred_at": at(day), "joined_at": "2024-01-01T08:00:00"} | more


def piece(content_id: str, kind: str = "question", day: str | date = LAST_DAY, **more: Any) -> Row:
    row = {"content_id": content_id, "occurred_at": at(day), "kind": kind, "published_at": at(day), "author_id": "m1"}
    return row | more


def interaction(interaction_id: str, member_id: str = "m1", *, day: str | date = LAST_DAY, **more: Any) -> Row:
    return {"interaction_id": interaction_id, "occurred_at": at(day), "kind": "like", "member_id": member_id} | more


def event(event_id: str, starts: str, **more: Any) -> Row:
    row = {"event_id": event_id, "occurred_at": at(FIRST_DAY), "kind": "talk", "starts_at": f"{starts}T19:00:00"}
    return row | {"ends_at": f"{starts}T21:00:00"} | more


def visit(event_id: str, member_id: str, of_state: str, day: str | date = LAST_DAY, **more: Any) -> Row:
    moment = f"{day}T22:00:00" if of_state in ("attended", "no_show") else at(day)
    return {"event_id": event_id, "member_id": member_id, "occurred_at": moment, "state": of_state} | more


def feedback(feedback_id: str, about_kind: str, about_id: str | None, member_id: str = "m1") -> Row:
    row = {"feedback_id": feedback_id, "occurred_at": at(LAST_DAY), "member_id": member_id, "score": 4}
    return row | {"scale": "csat5", "about_kind": about_kind, "about_id": about_id}


def step(subscription_id: str, day: str | date = "2025-03-20", **more: Any) -> Row:
    row = {"subscription_id": subscription_id, "member_id": "m1", "occurred_at": at(day), "step": "start"}
    row |= {"term_start": "2025-03-20", "term_end": "2025-04-20", "plan": subscription_id, "interval_months": 1}
    return row | {"price_minor": 3900, "currency": "CNY"} | more


def pay(payment_id: str, member_id: str = "m1", day: str | date = LAST_DAY, **more: Any) -> Row:
    row = {"payment_id": payment_id, "member_id": member_id, "occurred_at": at(day), "amount_minor": 3900}
    return row | {"currency": "CNY", "kind": "subscription"} | more


def action(action_id: str, member_id: str = "m1", day: str | date = LAST_DAY, **more: Any) -> Row:
    return {"action_id": action_id, "member_id": member_id, "occurred_at": at(day), "kind": "message"} | more


def link(member_a: str, member_b: str) -> Row:
    return {"member_a": member_a, "member_b": member_b, "occurred_at": at(LAST_DAY)}


def gone_members() -> list[Row]:
    """Return states of members who are gone since 1 March, one for each way to go."""
    return [state(f"gone-{status[0]}", "2025-03-01", status=status) for status in ("erased", "banned", "left")]


def good_rows() -> dict[str, list[Row]]:
    """Return rows of every log that agree with one another; one in twenty is in another currency."""
    rows: dict[str, list[Row]] = {
        "members": [state(f"m{n}") for n in range(N_GOOD)],
        "events": [event("e-past", "2025-03-20"), event("e-next", "2025-04-10")],
        "identity_links": [],
    }
    rows["events"].append(event("e-long", "2025-03-10", ends_at="2025-03-30T21:00:00"))
    term = {"term_start": "2025-01-01", "term_end": "2025-02-01"}
    for n in range(N_GOOD):
        member, currency = f"m{n}", "EUR" if n % 20 == 0 else "CNY"
        owned, many = {"member_id": member, "currency": currency}, rows.setdefault
        many("content", []).append(piece(f"c-{n}", "article", FIRST_DAY, author_id=member))
        many("interactions", []).append(interaction(f"i-{n}", member, day=FIRST_DAY, content_id=f"c-{n}"))
        many("subscriptions", []).append(step(f"s-{n}", FIRST_DAY, **term, **owned))
        many("payments", []).append(pay(f"p-{n}", day=FIRST_DAY, subscription_id=f"s-{n}", **owned))
        many("actions", []).append(action(f"a-{n}", day=FIRST_DAY, cost_minor=1, **owned))
        rows["events"].append(event(f"e-{n}", "2025-01-01", host_id=member, capacity=1, currency=currency))
        visits = many("event_participation", [])
        visits += [visit(f"e-{n}", member, one, FIRST_DAY) for one in ("registered", "attended")]
        given = feedback(f"f-{n}", "event", f"e-{n}", member)
        many("feedback", []).append(given | {"occurred_at": f"{FIRST_DAY}T23:00:00"})
    return rows
