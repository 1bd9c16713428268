"""Damages that no single file shows: rows of one log that contradict those of another, or earlier ones of their own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from expectations.relations import RELATIONS

from .registry import Damage, Verdict, Where
from .relation_rows import action, event, feedback, interaction, link, pay, piece, state, step, visit

Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, kw_only=True)
class RelationDamage(Damage):
    """A damage between logs: the rule that notices it, the key that is named, and the rows that show it.

    Rows that have to come before the damaged ones are among them; ``n_broken`` of them break the rule.
    """

    rule: str
    key: str
    rows: Rows = field(default_factory=dict)
    n_broken: int = 1


def _between(
    log: str, rule: str, key: str, kind: str, example: str, rows: Rows, *, n_broken: int = 1
) -> RelationDamage:
    return RelationDamage(
        log=log, rule=rule, key=key, kind=kind, example=example, rows=rows, n_broken=n_broken,
        where=Where.GATE_2, verdict=Verdict.WARNED, says=f"the row {RELATIONS[rule].said}",
    )  # fmt: skip


def _payment(rule: str, kind: str, example: str, *payments: dict[str, Any], **others: list[dict[str, Any]]) -> Any:
    """A damage of payments; the last one given is the damaged one."""
    rows = {"payments": list(payments), **others}
    return _between("payments", rule, payments[-1]["payment_id"], kind, example, rows)


PAYMENTS = [
    _payment("subscription_unknown", "payment of a subscription that nobody knows", "subscription_id=s-none",
        pay("p1", subscription_id="s-none")),
    _payment("payer_differs", "payment of another member's subscription", "member_id=m2 for s2 of m1",
        pay("p2", "m2", subscription_id="s2"), subscriptions=[step("s2")]),
    _payment("currency_differs", "payment in another currency than the subscription", "EUR for a price in CNY",
        pay("p3", currency="EUR", subscription_id="s3"), subscriptions=[step("s3")]),
    _payment("amount_differs", "amount in minor units of minor units", "390000 for a price of 3900",
        pay("p4", amount_minor=390000, subscription_id="s4"), subscriptions=[step("s4")]),
    _payment("paid_before_subscription", "payment long before the subscription", "paid on 31 March for 15 May",
        pay("p5", subscription_id="s5"),
        subscriptions=[step("s5", term_start="2025-05-15", term_end="2025-06-15")]),
    _payment("paid_after_subscription", "payment long after the last term", "paid on 31 March for January",
        pay("p6", subscription_id="s6"),
        subscriptions=[step("s6", "2025-01-01", term_start="2025-01-01", term_end="2025-02-01")]),
    _payment("paid_too_often", "one term paid twice", "p7a and p7b for one term",
        pay("p7a", subscription_id="s7"), pay("p7b", subscription_id="s7"), subscriptions=[step("s7")]),
    _payment("refund_unpaid", "refund of what nobody paid", "-3900 for s8 without a payment",
        pay("p8", amount_minor=-3900, kind="refund", subscription_id="s8"), subscriptions=[step("s8")]),
    _payment("refund_too_large", "refund larger than the payment", "-9900 after 3900",
        pay("p9a", subscription_id="s9"), pay("p9b", amount_minor=-9900, kind="refund", subscription_id="s9"),
        subscriptions=[step("s9")]),
    _payment("event_unknown", "payment for an event that nobody knows", "event_id=e-none",
        pay("p10", kind="event", event_id="e-none")),
    _payment("content_unknown", "payment for a piece that nobody knows", "content_id=c-none",
        pay("p11", kind="content", content_id="c-none")),
    _payment("content_free", "payment for a free piece", "content_id=c12, access=free",
        pay("p12", kind="content", content_id="c12"), content=[piece("c12", access="free")]),
    _payment("content_currency_differs", "purchase in another currency than the piece's others", "EUR after CNY",
        pay("p16a", kind="content", content_id="c16"), pay("p16b", "m2", kind="content", content_id="c16",
        currency="EUR"), content=[piece("c16", access="paid", price_minor=3900)]),
    _payment("member_unknown", "payment by an unknown member", "member_id=m-none", pay("p13", "m-none")),
    _payment("currency_odd", "currency that the community never uses", "CNH for CNY", pay("p14", currency="CNH")),
    _payment("after_erasure", "payment by an erased member", "erased on 1 March, paid on 31 March", pay("p15",
        "gone-e")),
]  # fmt: skip


def _term(rule: str, kind: str, example: str, *steps: dict[str, Any], **others: list[dict[str, Any]]) -> RelationDamage:
    rows = {"subscriptions": list(steps), **others}
    return _between("subscriptions", rule, steps[-1]["subscription_id"], kind, example, rows)


NEXT = {"step": "renew", "term_start": "2025-04-20", "term_end": "2025-05-20"}

SUBSCRIPTIONS = [
    _term("member_unknown", "subscription of an unknown member", "member_id=m-none", step("s16", member_id="m-none")),
    _term("currency_odd", "price in a currency that the community never uses", "CNH", step("s17", currency="CNH")),
    _term("owner_changes", "renewed by another member", "started by m1, renewed by m2",
        step("s18"), step("s18", member_id="m2", **NEXT)),
    _term("currency_changes", "renewed in another currency", "CNY, then EUR",
        step("s19"), step("s19", currency="EUR", **NEXT)),
    _term("coupon_without_discount", "coupon without a discount", "coupon_id=SPRING, discount_minor=",
        step("s20", coupon_id="SPRING")),
    _term("step_after_expiry", "step after the term expired", "expired on 1 March, cancelled on 5 March",
        step("s21", "2025-02-01", term_start="2025-02-01", term_end="2025-03-01"),
        step("s21", "2025-03-01", step="expired", term_start="2025-02-01", term_end="2025-03-01"),
        step("s21", "2025-03-05", step="cancelled", term_start="2025-02-01", term_end="2025-03-01")),
    _term("terms_overlap", "terms that overlap", "20 March to 20 April, then from 5 April",
        step("s22"), step("s22", step="renew", term_start="2025-04-05", term_end="2025-05-05")),
    _term("term_gap", "hole between two terms", "until 5 February, renewed from 20 March",
        step("s23", "2025-01-05", term_start="2025-01-05", term_end="2025-02-05", price_minor=0),
        step("s23", step="renew")),
    _term("term_moved", "end of a term that moves", "ends on 20 April, then on 20 May",
        step("s24"), step("s24", step="cancel_scheduled", term_end="2025-05-20")),
    _term("renewed_without_start", "renewal without a start", "renew is the first step", step("s25", step="renew")),
    _term("plan_twice", "one plan paid twice at a time", "two subscriptions of m3 to gold",
        step("s26a", member_id="m3", plan="gold"), step("s26b", member_id="m3", plan="gold")),
    _term("term_unpaid", "term that nobody paid", "a term of February without a payment",
        step("s27", "2025-02-01", term_start="2025-02-01", term_end="2025-03-01")),
]  # fmt: skip


def _visit(
    rule: str, kind: str, example: str, *visits: dict[str, Any], n_broken: int = 1, **others: list[dict[str, Any]]
) -> RelationDamage:
    key = f"{visits[-1]['event_id']} {visits[-1]['member_id']}"
    rows = {"event_participation": list(visits), **others}
    return _between("event_participation", rule, key, kind, example, rows, n_broken=n_broken)


EVENTS = [
    _visit("event_unknown", "registration for an unknown event", "event_id=e-none",
        visit("e-none", "m1", "registered")),
    _visit("member_unknown", "registration of an unknown member", "m-none", visit("e-next", "m-none", "registered")),
    _visit("after_erasure", "registration of an erased member", "erased on 1 March",
        visit("e-next", "gone-e", "registered")),
    _visit("attended_before_start", "attended an event to come", "starts on 10 April, attended on 31 March",
        visit("e-next", "m1", "attended")),
    _visit("no_show_before_start", "missed an event to come", "starts on 10 April, no_show on 31 March",
        visit("e-next", "m2", "no_show")),
    _visit("registered_after_end", "registered for an event of the past", "ended on 20 March, registered on 31 March",
        visit("e-past", "m1", "registered")),
    _visit("attended_before_registered", "attended before registering", "attended on 12 March, registered on 15 March",
        visit("e-long", "m1", "registered", "2025-03-15"), visit("e-long", "m1", "attended", "2025-03-12")),
    _visit("attended_and_no_show", "attended and missed the same event", "attended and no_show",
        visit("e-past", "m2", "attended", "2025-03-20"), visit("e-past", "m2", "no_show", "2025-03-20"), n_broken=2),
    _visit("cancelled_after_attending", "called off after having attended", "attended on 20, cancelled on 22 March",
        visit("e-past", "m3", "attended", "2025-03-20"), visit("e-past", "m3", "cancelled", "2025-03-22")),
    _visit("attended_too_long", "attended longer than the event lasted", "600 minutes of two hours",
        visit("e-past", "m4", "attended", "2025-03-20", minutes=600)),
    _between("events", "attended_over_capacity", "e38", "more attended than there are places", "2 of 1",
        {"events": [event("e38", "2025-03-20", capacity=1)],
         "event_participation": [visit("e38", f"m{n}", "attended", "2025-03-20") for n in (1, 2)]}),
    _between("events", "member_unknown", "e39", "host whom nobody knows", "host_id=m-none",
        {"events": [event("e39", "2025-04-10", host_id="m-none")]}),
    _between("events", "currency_odd", "e40", "cost in a currency that the community never uses", "CNH",
        {"events": [event("e40", "2025-04-10", currency="CNH", cost_minor=1)]}),
    _between("interactions", "event_unknown", "e-none", "interaction at an unknown event", "event_id=e-none",
        {"interactions": [interaction("i41", event_id="e-none", kind="chat_live")]}),
    _between("interactions", "act_before_event", "e-next", "live interaction in an event to come", "starts on 10 April",
        {"interactions": [interaction("i42", event_id="e-next", kind="join_live")]}),
]  # fmt: skip


def _answer(rule: str, kind: str, example: str, *given: dict[str, Any], **others: list[dict[str, Any]]) -> Any:
    return _between("feedback", rule, given[-1]["feedback_id"], kind, example, {"feedback": list(given), **others})


FEEDBACK = [
    _answer("event_unknown", "rating of an unknown event", "about_id=e-none", feedback("f1", "event", "e-none")),
    _answer("content_unknown", "rating of an unknown piece", "about_id=c-none", feedback("f2", "content", "c-none")),
    _answer("member_unknown", "rating by an unknown member", "m-none", feedback("f3", "community", None, "m-none")),
    _answer("after_erasure", "rating by an erased member", "erased on 1 March",
        feedback("f4", "community", None, "gone-e")),
    _answer("feedback_before_event", "rating of an event to come", "starts on 10 April",
        feedback("f5", "event", "e-next")),
    _answer("feedback_by_no_show", "rating of an event that the member missed", "no_show",
        feedback("f6", "event", "e-past", "m5"), event_participation=[visit("e-past", "m5", "no_show", "2025-03-20")]),
    _answer("feedback_twice", "one rating given twice", "f7a and f7b of m6 on one day",
        feedback("f7a", "event", "e-past", "m6"), feedback("f7b", "event", "e-past", "m6")),
]  # fmt: skip


def _piece(rule: str, kind: str, example: str, *pieces: dict[str, Any]) -> RelationDamage:
    return _between("content", rule, pieces[-1]["content_id"], kind, example, {"content": list(pieces)})


CONTENT = [
    _piece("member_unknown", "piece by an unknown member", "author_id=m-none", piece("c58", author_id="m-none")),
    _piece("after_erasure", "piece by an erased member", "erased on 1 March", piece("c59", author_id="gone-e")),
    _piece("parent_unknown", "answer to an unknown piece", "parent_id=c-none",
        piece("c60", "comment", parent_id="c-none")),
    _piece("root_unknown", "piece of an unknown thread", "root_id=c-none", piece("c61", "comment", root_id="c-none")),
    _piece("parent_of_another_thread", "parent of another thread", "root_id=c62a, parent of c62b",
        piece("c62a"), piece("c62b"), piece("c62c", "comment", parent_id="c62b", root_id="c62a")),
    _piece("reply_before_parent", "reply older than what it answers", "reply of 30, question of 31 March",
        piece("c63a"), piece("c63b", "comment", "2025-03-30", parent_id="c63a")),
    _piece("answer_to_no_question", "answer to an article", "kind=answer, parent an article",
        piece("c64a", "article"), piece("c64b", "answer", parent_id="c64a")),
    _piece("accepted_unknown", "accepted answer that nobody knows", "accepted_answer_id=c-none",
        piece("c65", accepted_answer_id="c-none")),
    _piece("accepted_no_answer", "accepted answer that is a comment", "accepted_answer_id of a comment",
        piece("c66a", "comment", parent_id="c66b"), piece("c66b", accepted_answer_id="c66a")),
    _piece("accepted_of_another", "accepted answer to another question", "accepted_answer_id of c67b",
        piece("c67a", "answer", parent_id="c67b"), piece("c67b"), piece("c67c", accepted_answer_id="c67a")),
    _between("interactions", "content_unknown", "c-none", "interaction with an unknown piece", "content_id=c-none",
        {"interactions": [interaction("i68", content_id="c-none")]}),
    _between("interactions", "act_before_published", "c69", "interaction with a future piece", "liked a week before",
        {"content": [piece("c69")], "interactions": [interaction("i69", day="2025-03-24", content_id="c69")]}),
    _between("interactions", "act_after_deleted", "c70", "interaction with a piece that was taken down",
        "deleted on 1 March", {"content": [piece("c70", "article", "2025-02-01", deleted_at="2025-03-01T08:00:00")],
         "interactions": [interaction("i70", content_id="c70")]}),
]  # fmt: skip


def _interaction(rule: str, key: str, kind: str, example: str, *states: dict[str, Any], day: str = "2025-03-31") -> Any:
    rows = {"members": list(states), "interactions": [interaction(f"i-{rule}", key, day=day)]}
    return _between("interactions", rule, key, kind, example, rows)


MEMBERS = [
    _interaction("member_unknown", "m-none", "interaction of an unknown member", "member_id=m-none"),
    _interaction("active_before_joined", "young", "interaction before joining",
        "joined on 31 March, active on 20 March", state("young", joined_at="2025-03-31T08:00:00"), day="2025-03-20"),
    _interaction("active_after_erased", "gone-e", "interaction of an erased member", "erased on 1 March"),
    _interaction("active_after_banned", "gone-b", "interaction of a banned member", "banned on 1 March"),
    _interaction("active_after_left", "gone-l", "interaction of a member who left", "left on 1 March"),
    _between("members", "joined_day_changes", "m71", "joining day that changes", "2024-01-01, then 2024-06-01",
        {"members": [state("m71"), state("m71", "2025-03-31", joined_at="2024-06-01T08:00:00")]}),
    _between("members", "back_after_erasure", "m72", "erased member who comes back", "erased, then active",
        {"members": [state("m72", "2025-03-01", status="erased"), state("m72", "2025-03-31", status="active")]}),
    _between("members", "plan_differs", "m73", "plan unlike that of the subscription",
        "plan=silver, subscribed to gold",
        {"members": [state("m73", plan="silver")], "subscriptions": [step("s73", member_id="m73", plan="gold")]}),
    _between("identity_links", "link_unknown", "m74 zz-none", "link to an id that nobody knows", "member_b=zz-none",
        {"members": [state("m74")], "identity_links": [link("m74", "zz-none")]}),
]  # fmt: skip


def _action(rule: str, kind: str, example: str, *given: dict[str, Any], n_broken: int = 1) -> RelationDamage:
    rows = {"actions": list(given)}
    return _between("actions", rule, given[-1]["action_id"], kind, example, rows, n_broken=n_broken)


ACTIONS = [
    _action("member_unknown", "action for an unknown member", "member_id=m-none", action("a1", "m-none")),
    _action("contacted_after_gone", "message to a member who left", "left on 1 March", action("a2", "gone-l")),
    _action("arms_differ", "member in both arms of a campaign", "treated and held_out in may",
        action("a3a", campaign_id="may", arm="held_out"), action("a3b", campaign_id="may", arm="treated"), n_broken=2),
    _action("held_out_but_treated", "present for a member of the control arm", "arm=held_out, points=50",
        action("a4", kind="points", campaign_id="june", arm="held_out", points=50)),
    _action("points_below_zero", "more points taken than there are", "points=-50 of none",
        action("a5", "m7", kind="points", points=-50)),
    _action("currency_odd", "cost of an action in a currency that the community never uses", "CNH",
        action("a6", cost_minor=1, currency="CNH")),
]  # fmt: skip

DAMAGES = [*PAYMENTS, *SUBSCRIPTIONS, *EVENTS, *FEEDBACK, *CONTENT, *MEMBERS, *ACTIONS]
