"""Deliveries of a tiny community that misbehaves as real ones do: late, repeated, corrected and withdrawn rows.

Every draw comes from one seed, so that a failing community can be made again.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.house import Deliveries, Row

FIRST = date(2025, 3, 1)
INTERACTIONS = ("view", "read", "like", "comment", "reply", "ask", "answer", "share", "join_live")
PIECES = ("question", "answer", "comment", "article")
CHANNELS = ("forum", "app", None)
TAGS = ("rust|web", "Rust | rust", "sql", None)


def days_between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def interaction(number: int | str, day: date, member: str | None, kind: str = "like", **more: object) -> Row:
    """One row of ``interactions`` at noon of its day."""
    return {"interaction_id": f"i{number}", "occurred_at": f"{day}T12:00:00", "kind": kind, "member_id": member} | more


def tiny_community(seed: int = 1, *, members: int = 60, days: int = 72) -> Deliveries:
    """Deliveries of all log days from FIRST on; some log days lack some logs."""
    rng = Random(seed)
    last = FIRST + timedelta(days=days - 1)
    delivered: Deliveries = defaultdict(list)

    def deliver(log: str, row: Row, day: date, *, shares: tuple[float, float] = (0.06, 0.03)) -> None:
        """Deliver a row on its day or late, and perhaps once more."""
        late, again = shares
        log_day = min(last, day + timedelta(days=rng.randint(1, 45) if rng.random() < late else 0))
        delivered[log, log_day].append(row)
        if rng.random() < again:
            delivered[log, min(last, log_day + timedelta(days=rng.randint(0, 9)))].append(dict(row))

    _tell_members(rng, deliver, members, days)
    pieces = _tell_content(rng, deliver, members, days)
    _tell_interactions(rng, deliver, members, days, pieces)
    _tell_events(rng, deliver, members, days)
    _tell_money(rng, deliver, members, days)
    _tell_points(rng, deliver, days)
    _tell_links(rng, deliver, members, days)
    _tell_trials(rng, deliver, members, days)
    _tell_tickets(rng, deliver, members, days)
    _tell_coupons(rng, deliver, members, days)
    _tell_sales(rng, deliver, members, days, pieces)
    return dict(delivered)


def _moment(rng: Random, day: date) -> str:
    return datetime.combine(day, time(rng.randint(0, 23), rng.randint(0, 59))).isoformat()


def _tell_members(rng, deliver, members, days):
    """States of members; some turn into bots or back, some are corrected or deleted."""
    for number in range(members):
        joined = FIRST + timedelta(days=rng.randint(0, days - 1)) if number % 3 else FIRST - timedelta(days=400)
        told = max(joined, FIRST)
        state = {"member_id": f"m{number}", "occurred_at": _moment(rng, told), "joined_at": _moment(rng, joined)}
        state["referrer"] = CHANNELS[number % len(CHANNELS)]
        deliver("members", state | {"role": "member", "status": "active"}, told)
        if number % 6 == 0:
            turned = told + timedelta(days=rng.randint(1, 20))
            turn = state | {"occurred_at": _moment(rng, turned), "role": "bot"}
            deliver("members", turn, turned, shares=(0.4, 0.1))
            if number % 12 == 0:
                deliver("members", turn | {"op": "delete", "source_seq": 2}, turned + timedelta(days=10))
        if number % 7 == 0:
            moved = state | {"joined_at": _moment(rng, joined - timedelta(days=5)), "source_seq": 3}
            deliver("members", moved, told + timedelta(days=8))


def _tell_content(rng, deliver, members, days):
    """Pieces; versions move them in time, change their author or withdraw them."""
    pieces = []
    for number in range(2 * days):
        day = FIRST + timedelta(days=rng.randint(0, days - 1))
        author = f"m{rng.randrange(members)}"
        moment = _moment(rng, day)
        piece = {
            "content_id": f"c{number}", "occurred_at": moment, "kind": rng.choice(PIECES),
            "published_at": moment, "author_id": author, "title": f"piece {number}",
            "tags": TAGS[number % len(TAGS)], "channel": CHANNELS[number % len(CHANNELS)],
        }  # fmt: skip
        piece |= _place(number, piece["kind"], day, pieces)
        deliver("content", piece, day)
        pieces.append((piece, day))
        changed = rng.random()
        later = day + timedelta(days=rng.randint(1, 20))
        if changed < 0.1:
            moved = _moment(rng, day - timedelta(days=rng.randint(1, 5)))
            deliver("content", piece | {"published_at": moved, "source_seq": 2}, later)
        elif changed < 0.2:
            erased = piece | {"author_id": None, "tags": "go", "source_seq": rng.randint(2, 4)}
            deliver("content", erased, later)
        elif changed < 0.3:
            deliver("content", piece | {"op": "delete", "source_seq": 5}, later)
    return pieces


def _place(number, kind, day, pieces):
    """What an answer or comment is under: an earlier question or answer; some are under nothing that is known."""
    earlier = [piece for piece, published in pieces if piece["kind"] in PIECES[:2] and published < day]
    if kind not in PIECES[1:3] or not earlier:
        return {}
    parent = earlier[number % len(earlier)]
    root = parent.get("root_id", parent["content_id"])
    return {"parent_id": parent["content_id"] if number % 5 else "unknown", "root_id": root if number % 7 else None}


def _tell_interactions(rng, deliver, members, days, pieces):
    """Interactions of a day by a third of the members; some stand for a piece, some are nobody's."""
    number = 0
    for day in days_between(FIRST, FIRST + timedelta(days=days - 1)):
        if day == FIRST + timedelta(days=days // 2):
            continue  # a day of silence
        for member in rng.sample(range(members), members // 3):
            for _ in range(rng.randint(1, 3)):
                number += 1
                row = interaction(number, day, f"m{member}" if rng.random() > 0.03 else None, rng.choice(INTERACTIONS))
                row |= {"occurred_at": _moment(rng, day), "channel": CHANNELS[number % len(CHANNELS)]}
                row["target_member_id"] = f"m{number % members}" if number % 3 else None
                piece, published = rng.choice(pieces)
                if published <= day and rng.random() < 0.5:
                    row["content_id"] = piece["content_id"]
                deliver("interactions", row, day)
                changed = rng.random()
                if changed < 0.02:
                    deliver("interactions", row | {"kind": "ask", "source_seq": 2}, day, shares=(0.5, 0.2))
                elif changed < 0.04:
                    deliver("interactions", row | {"op": "delete", "source_seq": 3}, day, shares=(0.5, 0.2))
                elif changed < 0.05:
                    deliver("interactions", row | {"member_id": "m1"}, day + timedelta(days=2))
    for piece, day in pieces[::3]:
        if piece["kind"] == "question":
            logged = interaction(
                f"q{piece['content_id']}", day, piece["author_id"], "ask", content_id=piece["content_id"]
            )
            deliver("interactions", logged, day, shares=(0.3, 0.1))


def _tell_events(rng, deliver, members, days):
    """Events with participation and feedback; a few are moved."""
    for number in range(days // 10):
        starts = FIRST + timedelta(days=rng.randint(5, days - 1))
        planned = max(FIRST, starts - timedelta(days=7))
        event = {
            "event_id": f"e{number}", "occurred_at": _moment(rng, planned), "kind": "talk",
            "starts_at": _moment(rng, starts), "title": f"talk {number}", "cost_minor": 50 * number, "currency": "CNY",
        }  # fmt: skip
        deliver("events", event, planned)
        if number % 3 == 0:
            moved = event | {"starts_at": _moment(rng, starts - timedelta(days=2)), "source_seq": 2}
            deliver("events", moved, planned + timedelta(days=3))
        for member in rng.sample(range(members), 8):
            for state in ("registered", rng.choice(["attended", "no_show"])):
                row = {"event_id": f"e{number}", "member_id": f"m{member}", "state": state}
                deliver("event_participation", row | {"occurred_at": _moment(rng, starts), "minutes": number}, starts)
            if member % 3 == 0:
                row = {"event_id": f"e{number}", "member_id": f"m{member}", "state": "cancelled"}
                deliver("event_participation", row | {"occurred_at": f"{starts}T12:00:00"}, starts)
            score = {"feedback_id": f"f{number}-{member}", "member_id": f"m{member}", "about_kind": "event"}
            score |= {"about_id": f"e{number}", "score": rng.randint(1, 5), "scale": "csat5"}
            deliver("feedback", score | {"occurred_at": _moment(rng, starts)}, starts, shares=(0.2, 0.1))


def _tell_money(rng, deliver, members, days):
    """Monthly terms of half the members, with upgrades, failed payments, refunds and corrections."""
    last = FIRST + timedelta(days=days - 1)
    for member in range(0, members, 2):
        start, step = FIRST - timedelta(days=rng.randint(0, 28)), "start" if member % 4 else "renew"
        while start <= last and step:
            term = {
                "subscription_id": f"s{member}", "member_id": f"m{member}", "term_start": start.isoformat(),
                "term_end": (start + timedelta(days=30)).isoformat(), "interval_months": 1,
                "price_minor": 1000 + member, "currency": "CNY", "plan": rng.choice(["basic", "pro"]),
            }  # fmt: skip
            day = max(start, FIRST)
            paid = term | {"occurred_at": _moment(rng, start), "step": step}
            deliver("subscriptions", paid, day)
            money = {"member_id": f"m{member}", "occurred_at": paid["occurred_at"], "currency": "CNY"}
            money |= {"payment_id": f"p{member}-{start}", "amount_minor": 1000 + member, "fee_minor": 6}
            deliver("payments", money | {"kind": "subscription"}, day)
            step = rng.choice(["renew", "renew", "renew", "fail", "refund", "upgrade", "correct", ""])
            later = min(last, day + timedelta(days=rng.randint(1, 9)))
            event = term | {"occurred_at": _moment(rng, later)}
            if step == "upgrade":
                deliver("subscriptions", event | {"step": "upgrade", "price_minor": 3000}, later)
            elif step == "correct":
                deliver("subscriptions", paid | {"price_minor": 500, "source_seq": 2}, later, shares=(0.5, 0.2))
            elif step == "refund":
                deliver("subscriptions", event | {"step": "refunded", "end_reason": "unhappy"}, later)
                back = money | {"payment_id": f"r{member}-{start}", "amount_minor": -1000 - member}
                deliver("payments", back | {"kind": "refund", "occurred_at": event["occurred_at"]}, later)
            start += timedelta(days=30)
            if step == "fail" and start <= last:
                failed = term | {"term_start": start.isoformat(), "term_end": (start + timedelta(days=30)).isoformat()}
                deliver("subscriptions", failed | {"occurred_at": _moment(rng, start), "step": "payment_failed"}, start)
            step = "renew" if step in ("renew", "upgrade", "correct") else ""


def _tell_points(rng, deliver, days):
    """Points that expire, are spent, and were never given."""
    for number in range(days // 2):
        day = FIRST + timedelta(days=rng.randint(0, days - 1))
        expires = _moment(rng, day + timedelta(days=20)) if number % 3 else None
        action = {"action_id": f"x{number}", "member_id": f"m{rng.randrange(6)}", "kind": "points"}
        action |= {"occurred_at": _moment(rng, day), "points": rng.choice([-20, 50, 100]), "expires_at": expires}
        deliver("actions", action, day, shares=(0.3, 0.1))
        if number % 9 == 0:
            deliver("actions", action | {"op": "delete", "source_seq": 2}, day, shares=(0.5, 0.1))


def _tell_links(rng, deliver, members, days):
    """Second accounts, in chains too; some links are revoked, withdrawn, or told the other way round."""
    for number in range(members // 6):
        one, other = rng.sample(range(6, members), 2)
        day = FIRST + timedelta(days=rng.randint(0, days - 20))
        link = {"member_a": f"m{one}", "member_b": f"m{other}", "occurred_at": _moment(rng, day)}
        deliver("identity_links", link, day, shares=(0.4, 0.3))
        later = day + timedelta(days=rng.randint(1, 15))
        turned = link | {"member_a": link["member_b"], "member_b": link["member_a"], "source_seq": 2}
        if number % 4 == 1:
            deliver("identity_links", turned | {"revoked_at": _moment(rng, later)}, later, shares=(0.4, 0.3))
        elif number % 4 == 2:
            deliver("identity_links", turned | {"op": "delete"}, later, shares=(0.4, 0.3))


def _tell_trials(rng, deliver, members, days):
    """Trials: some are paid for in time, some late, some in another subscription; the rest are told to end, and why."""
    for member in range(1, members, 2):
        start = FIRST + timedelta(days=rng.randint(0, days - 10))
        trial = {
            "subscription_id": f"t{member}", "member_id": f"m{member}", "occurred_at": _moment(rng, start),
            "term_start": start.isoformat(), "term_end": (start + timedelta(days=7)).isoformat(), "plan": "pro",
            "step": "trial",
        }  # fmt: skip
        deliver("subscriptions", trial, start)
        paid = start + timedelta(days=rng.choice([3, 7, 14, 15, 20]))
        if member % 3:
            term = {
                "term_start": paid.isoformat(),
                "term_end": (paid + timedelta(days=30)).isoformat(),
                "step": "start",
            }
            term |= {"occurred_at": _moment(rng, paid), "price_minor": 900, "currency": "CNY", "interval_months": 1}
            term |= {"subscription_id": f"u{member}"} if member % 5 == 0 else {}
            deliver("subscriptions", trial | term, paid, shares=(0.3, 0.1))
        else:
            told = {"step": rng.choice(["cancelled", "expired"]), "end_reason": rng.choice(["too dear", "no time"])}
            end = start + timedelta(days=rng.randint(2, 7))
            deliver("subscriptions", trial | told | {"occurred_at": _moment(rng, end)}, end, shares=(0.3, 0.2))


def _tell_tickets(rng, deliver, members, days):
    """Tickets of events, in two currencies; some are paid back, corrected, withdrawn, or name no event."""
    for number in range(4 * (days // 10)):
        day = FIRST + timedelta(days=rng.randint(0, days - 1))
        ticket = {
            "payment_id": f"t{number}", "member_id": f"m{rng.randrange(members)}", "occurred_at": _moment(rng, day),
            "amount_minor": 10 * number, "currency": rng.choice(["CNY", "CNY", "USD"]), "kind": "event",
            "event_id": f"e{number % (days // 10)}" if number % 7 else None,
        }  # fmt: skip
        deliver("payments", ticket, day, shares=(0.4, 0.2))
        later = day + timedelta(days=rng.randint(1, 15))
        if number % 5 == 0:
            back = {"payment_id": f"b{number}", "amount_minor": -10 * number, "kind": "refund"}
            deliver("payments", ticket | back | {"occurred_at": _moment(rng, later)}, later, shares=(0.4, 0.2))
        elif number % 5 == 1:
            deliver("payments", ticket | {"amount_minor": 7, "fee_minor": 2, "source_seq": 2}, later)
        elif number % 5 == 2:
            deliver("payments", ticket | {"op": "delete", "source_seq": 2}, later)


def _tell_coupons(rng, deliver, members, days):
    """Coupons of a campaign with arms, two codes; some are used, by another member too, some withdrawn or paid back."""
    for number in range(members):
        day = FIRST + timedelta(days=rng.randint(0, days - 35))
        arm = rng.choice(["treated", "held_out"])
        offer = {
            "action_id": f"k{number}", "member_id": f"m{number}", "occurred_at": _moment(rng, day), "kind": "coupon",
            "campaign_id": "season", "coupon_id": f"season-{number % 2}", "arm": arm, "currency": "CNY",
            "cost_minor": 3 if arm == "treated" else 0, "expires_at": _moment(rng, day + timedelta(days=20)),
        }  # fmt: skip
        deliver("actions", offer, day, shares=(0.3, 0.1))
        later = day + timedelta(days=rng.randint(0, 20))
        if number % 10 == 0:
            deliver("actions", offer | {"op": "delete", "source_seq": 2}, later, shares=(0.5, 0.1))
        if arm == "treated" and number % 3:
            user = number if number % 4 else (number + 1) % members
            paid = {
                "payment_id": f"k{number}", "member_id": f"m{user}", "occurred_at": _moment(rng, later),
                "amount_minor": 80 + number, "discount_minor": 20, "coupon_id": offer["coupon_id"], "currency": "CNY",
                "kind": "event", "event_id": f"e{number % 3}",
            }  # fmt: skip
            deliver("payments", paid, later, shares=(0.3, 0.2))
            if number % 5 == 0:
                back = {"payment_id": f"kb{number}", "amount_minor": -40, "kind": "refund", "discount_minor": None}
                deliver("payments", paid | back | {"coupon_id": None}, later + timedelta(days=1))


def _tell_sales(rng, deliver, members, days, pieces):
    """Paid pieces with changes of price, put right by later versions too; purchases that fit and that do not."""
    last = FIRST + timedelta(days=days - 1)
    number = 0
    for piece, published in [one for one in pieces if one[0]["kind"] == "article"][::3]:
        priced = piece | {"access": "paid", "price_minor": 900, "source_seq": 6}
        deliver("content", priced, published, shares=(0.4, 0.2))
        changed = published + timedelta(days=rng.randint(2, 15))
        change = rng.choice([{"price_minor": 500}, {"price_minor": 1500}, {"access": "free"}, {}])
        if change and changed < last:
            version = priced | change | {"occurred_at": _moment(rng, changed), "source_seq": 7}
            deliver("content", version, changed, shares=(0.4, 0.2))
            if rng.random() < 0.3:
                right = version | {"price_minor": 700, "source_seq": 8}
                deliver("content", right, min(last, changed + timedelta(days=3)))
        for _ in range(rng.randint(0, 9)):
            number += 1
            day = published + timedelta(days=rng.randint(0, 30))
            if day < last:
                _tell_sale(rng, deliver, number, f"m{rng.randrange(members)}", piece["content_id"], day)


def _tell_sale(rng, deliver, number, who, piece, day):
    """A purchase, and what may come of it the day after: money back, the piece finished, a question about it."""
    bought = {
        "payment_id": f"o{number}", "member_id": who, "occurred_at": _moment(rng, day), "kind": "content",
        "content_id": f"gone{number}" if number % 6 == 1 else piece, "amount_minor": 900, "fee_minor": 9,
        "currency": "USD" if number % 5 == 2 else "CNY",
    }  # fmt: skip
    used = {"coupon_id": "spring", "discount_minor": 100, "amount_minor": 800} if number % 5 == 0 else {}
    deliver("payments", bought | used, day, shares=(0.3, 0.1))
    day += timedelta(days=1)
    if number % 4 == 0:
        back = bought | {"payment_id": f"ob{number}", "kind": "refund", "amount_minor": -rng.choice([400, 900, 999])}
        deliver("payments", back | {"occurred_at": _moment(rng, day), "fee_minor": None}, day)
    if number % 2:
        done = interaction(f"o{number}", day, who, "complete", content_id=piece)
        deliver("interactions", done, day, shares=(0.3, 0.1))
    if number % 3 == 0:
        question = {"content_id": f"about{number}", "kind": "question", "author_id": who, "title": "about it"}
        question |= {"occurred_at": f"{day}T10:00:00", "published_at": f"{day}T10:00:00"}
        deliver("content", question | {"parent_id": piece}, day, shares=(0.3, 0.1))
