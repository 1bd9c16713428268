"""Rules between logs, which no single file can show: what each says, what to do, and whether many such rows block.

The rows are counted by the dbt models ``int_relations__*``; a test compares their rules with these. What is only
missing never blocks, since it may still come; what contradicts itself does, above a share.
"""

from __future__ import annotations

from dataclasses import dataclass

from expectations.rule import CRITICAL, WARNING, Rule

MISSING = "deliver the missing rows in any later log day; what comes late heals this by itself"
SYSTEMS = "compare the two systems by the keys named, and deliver the wrong row again under its own key"
IDS = "look whether an id was given out twice or copied from another row, and deliver the row again"
DATES = "look at the clock and the time zone of the export, and deliver the row again"
CURRENCY = "look whether the code is a slip; if it is right, nothing is to be done"
GONE = "look whether the id was given to somebody else, or the account came back without a state that says so"
ERASED = "find the system that still knows the member, and erase there too"
TERMS = "look at the steps of the subscription, and deliver the wrong one again with its term"
THREADS = "look at how the export names threads; pieces that were moved may stay as they are"
ARMS = "look at how the campaign drew its arms; its effect cannot be measured while it is so"


@dataclass(frozen=True)
class Relation:
    """A rule between logs.

    Attributes:
        name: its name in ``relation_checks``.
        logs: logs whose rows it judges.
        said: what a row that breaks it does, as the end of a sentence that begins with the row.
        cure: what to do.
        blocks: whether a large share of such rows stops publishing; else it only warns.
        needs_past: whether it blocks only where earlier rows of the log kept it, as with amounts that may include a
        tax.
    """

    name: str
    logs: tuple[str, ...]
    said: str
    cure: str
    blocks: bool
    needs_past: bool


def _warns(name: str, logs: str, said: str, cure: str) -> Relation:
    return Relation(name, tuple(logs.split()), said, cure, blocks=False, needs_past=False)


def _blocks(name: str, logs: str, said: str, cure: str, *, needs_past: bool = False) -> Relation:
    return Relation(name, tuple(logs.split()), said, cure, blocks=True, needs_past=needs_past)


_UNKNOWN = [
    _warns(
        "member_unknown",
        "content interactions events event_participation feedback subscriptions payments actions",
        "names a member whom the members log does not know",
        MISSING,
    ),
    _warns(
        "event_unknown",
        "interactions event_participation feedback payments",
        "names an event that the events log does not know",
        MISSING,
    ),
    _warns(
        "content_unknown",
        "interactions feedback payments",
        "names a piece that the content log does not know",
        MISSING,
    ),
    _warns("subscription_unknown", "payments", "pays a subscription that no log knows", MISSING),
    _warns("parent_unknown", "content", "answers a piece that the content log does not know", MISSING),
    _warns("root_unknown", "content", "belongs to a thread that the content log does not know", MISSING),
    _warns("accepted_unknown", "content", "has an accepted answer that the content log does not know", MISSING),
    _warns("link_unknown", "identity_links", "links an id that the members log does not know", MISSING),
]

_MONEY = [
    _blocks("payer_differs", "payments", "names another member than its subscription", SYSTEMS),
    _blocks(
        "currency_differs",
        "payments",
        "is in another currency than its subscription or than what it gives back",
        SYSTEMS,
    ),
    _blocks(
        "amount_differs", "payments", "is not the price of its subscription less the discount", SYSTEMS, needs_past=True
    ),
    _blocks("paid_too_often", "payments", "is one more than its subscription has terms to pay", IDS),
    _blocks("refund_too_large", "payments", "pays back more than was paid", SYSTEMS),
    _warns("refund_unpaid", "payments", "pays back what nobody has paid", MISSING),
    _warns("paid_before_subscription", "payments", "came a month or more before its subscription began", DATES),
    _warns("paid_after_subscription", "payments", "came a month or more after its subscription ended", MISSING),
    _warns("content_free", "payments", "pays a piece that never cost anything", SYSTEMS),
    _warns(
        "content_currency_differs",
        "payments",
        "is in another currency than most purchases of its piece",
        CURRENCY,
    ),
    _blocks(
        "currency_odd",
        "payments subscriptions events actions",
        "has a currency that hardly any row has, while nearly all have another one",
        CURRENCY,
    ),
]

_SUBSCRIPTIONS = [
    _blocks("owner_changes", "subscriptions", "names another member than the subscription's first step", IDS),
    _blocks("currency_changes", "subscriptions", "has another currency than the step before it", SYSTEMS),
    _blocks("terms_overlap", "subscriptions", "has a term that begins before the one before it ended", TERMS),
    _blocks("term_moved", "subscriptions", "has a term that ends on two different days", TERMS),
    _warns("term_gap", "subscriptions", "renews a term that ended more than a month before", TERMS),
    _warns("renewed_without_start", "subscriptions", "goes on with a subscription that never started", MISSING),
    _warns("plan_twice", "subscriptions", "pays a plan that its member pays under another subscription too", IDS),
    _warns("term_unpaid", "subscriptions", "has a paid term for which no payment came in time", MISSING),
    _warns("step_after_expiry", "subscriptions", "changes a term that had expired", TERMS),
    _warns("coupon_without_discount", "subscriptions", "uses a coupon that gives no discount", SYSTEMS),
]

_EVENTS = [
    _blocks("attended_before_start", "event_participation", "was there before the event began", DATES),
    _blocks("no_show_before_start", "event_participation", "stayed away before the event began", DATES),
    _blocks("attended_and_no_show", "event_participation", "was there and stayed away", IDS),
    _blocks("attended_before_registered", "event_participation", "was there before registering", DATES),
    _warns("registered_after_end", "event_participation", "registered after the event had ended", DATES),
    _warns("cancelled_after_attending", "event_participation", "called off after having been there", DATES),
    _warns("attended_too_long", "event_participation", "was there over an hour longer than the event lasted", DATES),
    _warns("attended_over_capacity", "events", "had more members than places", IDS),
    _warns("feedback_before_event", "feedback", "rates an event that had not begun", DATES),
    _warns("feedback_by_no_show", "feedback", "rates an event at which the member was not", IDS),
    _warns("feedback_twice", "feedback", "repeats a member's rating of the same thing on the same day", IDS),
    _warns("act_before_event", "interactions", "happened in a live event that had not begun", DATES),
]

_CONTENT = [
    _blocks("parent_of_another_thread", "content", "answers a piece of another thread", THREADS),
    _warns("reply_before_parent", "content", "is older than the piece it answers", THREADS),
    _warns("answer_to_no_question", "content", "is an answer, but not to a question", THREADS),
    _blocks("accepted_no_answer", "content", "has an accepted answer that is no answer", IDS),
    _blocks("accepted_of_another", "content", "has an accepted answer to another question", IDS),
    _blocks("act_before_published", "interactions", "was done to a piece that was not published yet", DATES),
    _warns("act_after_deleted", "interactions", "was done to a piece that was taken down", DATES),
]

_MEMBERS = [
    _warns("joined_day_changes", "members", "has another joining day than the state before it", SYSTEMS),
    _warns("back_after_erasure", "members", "brings a member back who was erased", ERASED),
    _warns("plan_differs", "members", "has another plan than the member's subscription", SYSTEMS),
    _warns("active_before_joined", "interactions", "acts before the member joined", DATES),
    _blocks("active_after_erased", "interactions", "acts after the member was erased", ERASED),
    _warns("active_after_banned", "interactions", "acts after the member was banned", GONE),
    _warns("active_after_left", "interactions", "acts after the member had left", GONE),
    _blocks(
        "after_erasure", "content event_participation feedback payments", "came after its member was erased", ERASED
    ),
    _warns("contacted_after_gone", "actions", "contacts a member who had left, was banned or erased", GONE),
    _blocks("arms_differ", "actions", "puts a member into both arms of a campaign", ARMS),
    _blocks("held_out_but_treated", "actions", "gives something to a member of the control arm", ARMS),
    _warns("points_below_zero", "actions", "takes more points than the member has", MISSING),
]

RELATIONS: dict[str, Relation] = {
    one.name: one for one in (*_UNKNOWN, *_MONEY, *_SUBSCRIPTIONS, *_EVENTS, *_CONTENT, *_MEMBERS)
}
"""Every rule between logs by its name."""


def relation_rules(*, max_share: float) -> list[Rule]:
    """What must hold of the counts of each rule, log and day; the limit is a setting."""
    return [
        Rule("broken_share", CRITICAL, "so many rows that contradict another log are no slip", maximum=max_share),
        Rule("share_of_all_days", CRITICAL, "days with few rows each are judged together", maximum=max_share),
        Rule("broken_rows", WARNING, "a few rows that contradict another log are shown", maximum=0),
    ]
