"""What is true of a small community, over 200 days or more, told row by row, and ways in which it may be delivered.

Every correction carries a ``source_seq``, so that which version wins depends on no delivery.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from tests.support.tiny_logs import FIRST, days_between, interaction

if TYPE_CHECKING:
    from datetime import date

    from tests.support.house import Deliveries, Row

EMPTIED = FIRST + timedelta(days=90)
"""Day of which a correction withdraws every interaction, and on which no piece is published."""

MEMBERS = [f"m{number}" for number in range(14)]
Fact = tuple[str, "date", "Row"]
"""Log, the day of the delivery if nothing is late, and the row."""


def true_facts(last: date, seed: int = 1) -> list[Fact]:
    """The facts of all nine logs but actions, each log from the first day to the last."""
    rng = Random(seed)
    facts: list[Fact] = []
    _members(rng, facts)
    _content_and_interactions(rng, facts, last)
    _events(rng, facts, last)
    _money(rng, facts, last)
    return facts


def deliver(facts: list[Fact], rng: Random, *, late_share: float, latest: int, again_share: float) -> Deliveries:
    """Deliver facts in any order: some late, some twice. What comes on the first and the last day comes then."""
    delivered: Deliveries = defaultdict(list)
    last = max(day for _, day, _ in facts)
    for log, day, row in facts:
        is_late = FIRST < day < last and rng.random() < late_share
        log_day = min(last, day + timedelta(days=rng.randint(1, latest))) if is_late else day
        delivered[log, log_day].append(row)
        if rng.random() < again_share:
            again = min(last, log_day + timedelta(days=rng.choice([0, 1, latest])))
            delivered[log, again].append(row)
    for rows in delivered.values():
        rng.shuffle(rows)
    return dict(delivered)


def _at(day: date, rng: Random) -> str:
    return f"{day}T{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:00"


def _members(rng: Random, facts: list[Fact]) -> None:
    """Two are there on the first day; some are bots for a while; some joinings are corrected."""
    for number, member in enumerate(MEMBERS):
        told = FIRST if number < 2 else FIRST + timedelta(days=rng.randint(0, 150))
        joined = told if number % 3 else FIRST - timedelta(days=300)
        state = {
            "member_id": member,
            "occurred_at": f"{told}T06:00:00",
            "joined_at": _at(joined, rng),
            "role": "member",
        }
        facts.append(("members", told, state))
        if number % 5 == 0:
            turned = told + timedelta(days=rng.randint(5, 20))
            back = turned + timedelta(days=10)
            facts.append(("members", turned, state | {"occurred_at": f"{turned}T07:00:00", "role": "bot"}))
            facts.append(("members", back, state | {"occurred_at": f"{back}T07:00:00", "role": "member"}))
        if number % 4 == 1:
            earlier = state | {"joined_at": _at(joined - timedelta(days=3), rng), "source_seq": 2}
            facts.append(("members", told + timedelta(days=30), earlier))


def _content_and_interactions(rng: Random, facts: list[Fact], last: date) -> None:
    """Pieces that move, change their author or are withdrawn; interactions that change their kind or are withdrawn."""
    pieces: list[str] = []
    number = 0
    for day in days_between(FIRST, last):
        if day != EMPTIED and (day in (FIRST, last) or rng.random() < 0.3):
            content_id, moment = f"c{day}", _at(day, rng)
            piece = {
                "content_id": content_id, "occurred_at": moment, "published_at": moment, "title": content_id,
                "kind": rng.choice(["question", "answer", "article"]), "author_id": rng.choice(MEMBERS),
                "parent_id": rng.choice(pieces) if pieces else None,
            }  # fmt: skip
            facts.append(("content", day, piece))
            pieces.append(content_id)
            later = min(last, day + timedelta(days=rng.randint(1, 40)))
            moved = max(FIRST, day - timedelta(days=3 if day - timedelta(days=4) == EMPTIED else 4))
            correction: Row = rng.choice([
                {}, {"published_at": _at(moved, rng)}, {"author_id": rng.choice(MEMBERS)},
                {"op": "delete"},
            ])  # fmt: skip
            if correction and day != FIRST:
                changed = piece | correction | {"occurred_at": _at(later, rng), "source_seq": 2}
                facts.append(("content", later, changed))
        for _ in range(rng.randint(1, 4)):
            number += 1
            kind = rng.choice(["view", "read", "like", "comment", "ask", "answer", "share"])
            row = interaction(number, day, rng.choice([*MEMBERS, None]), kind) | {"occurred_at": _at(day, rng)}
            row["content_id"] = rng.choice(pieces) if rng.random() < 0.5 else None
            facts.append(("interactions", day, row))
            if day == EMPTIED or rng.random() < 0.04:
                gone = row | {"op": "delete", "source_seq": 3}
                facts.append(("interactions", day + timedelta(days=1) if day < last else day, gone))
            elif rng.random() < 0.04:
                facts.append(("interactions", day, row | {"kind": "comment", "source_seq": 2}))


def _events(rng: Random, facts: list[Fact], last: date) -> None:
    """Events with registrations, attendance and feedback; some are moved."""
    for number, day in enumerate([*days_between(FIRST, last)[::40], last]):
        event = {
            "event_id": f"e{number}", "occurred_at": f"{day}T05:00:00", "kind": "talk", "title": f"talk {number}",
            "starts_at": f"{day}T19:00:00",
        }  # fmt: skip
        facts.append(("events", day, event))
        if number % 2 and day < last:
            moved = event | {"starts_at": f"{day + timedelta(days=2)}T19:00:00", "source_seq": 2}
            facts.append(("events", day + timedelta(days=1), moved))
        for member in rng.sample(MEMBERS, 6):
            for state in ("registered", rng.choice(["attended", "no_show"])):
                row = {"event_id": f"e{number}", "member_id": member, "state": state, "occurred_at": _at(day, rng)}
                facts.append(("event_participation", day, row))
            score = {
                "feedback_id": f"f{number}-{member}", "member_id": member, "about_kind": "event", "scale": "csat5",
                "about_id": f"e{number}", "score": rng.randint(1, 5), "occurred_at": _at(day, rng),
            }  # fmt: skip
            facts.append(("feedback", day, score))


def _money(rng: Random, facts: list[Fact], last: date) -> None:
    """Monthly terms, renewed, upgraded, refunded or left to end, with their payments."""
    for number, member in enumerate(MEMBERS[:8]):
        start, step = FIRST + timedelta(days=4 * number), "start"
        while start <= last and step:
            term = {
                "subscription_id": f"s{number}", "member_id": member, "term_start": f"{start}", "plan": "basic",
                "term_end": f"{start + timedelta(days=30)}", "interval_months": 1, "price_minor": 1000 + number,
                "currency": "EUR" if number == 3 else "CNY", "step": step, "occurred_at": f"{start}T08:00:00",
            }  # fmt: skip
            paid = {
                "payment_id": f"p{number}-{start}", "member_id": member, "currency": term["currency"],
                "kind": "subscription", "amount_minor": 1000 + number, "fee_minor": 6,
                "occurred_at": f"{start}T08:01:00",
            }  # fmt: skip
            facts += [("subscriptions", start, term), ("payments", start, paid)]
            later = min(last, start + timedelta(days=rng.randint(1, 20)))
            change = rng.choice(["", "", "upgrade", "refunded", "corrected"])
            if change == "upgrade":
                more = {"step": "upgrade", "price_minor": 2500, "occurred_at": f"{later}T09:00:00"}
                facts.append(("subscriptions", later, term | more))
            elif change == "refunded":
                facts.append(("subscriptions", later, term | {"step": "refunded", "occurred_at": f"{later}T09:00:00"}))
                back = {"payment_id": f"r{number}-{start}", "amount_minor": -500, "kind": "refund"}
                facts.append(("payments", later, paid | back | {"occurred_at": f"{later}T09:00:00"}))
            elif change == "corrected":
                facts.append(("subscriptions", later, term | {"price_minor": 700, "source_seq": 2}))
            start += timedelta(days=rng.choice([30, 30, 30, 34, 50]))
            step = "renew" if change != "refunded" and rng.random() < 0.9 else ""
