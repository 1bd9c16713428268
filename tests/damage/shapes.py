"""Damages of a whole log day: each row could be true, but the day looks like none of the log's own past."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .registry import Damage, Verdict, Where
from .shape_changes import (
    again,
    all_but_one_in,
    capped,
    cut_off,
    half_of_others,
    moved,
    numbered,
    of_day_before,
    one_in,
    only,
    put,
    put_in_most,
    renamed,
    swapped,
    times,
    withdrawn,
    without,
)

if TYPE_CHECKING:
    from .shape_changes import Change


@dataclass(frozen=True, kw_only=True)
class ShapeDamage(Damage):
    """A damage of a day's rows: what it makes of them, and the rule that sees it."""

    change: Change = field(default=list)
    rule: str = ""


def _held(rule: str, log: str, kind: str, example: str, change: Change, says: str) -> ShapeDamage:
    where, verdict = Where.GATE_1, Verdict.WITHHELD
    return ShapeDamage(
        kind=kind, log=log, example=example, where=where, verdict=verdict, says=says, change=change, rule=rule
    )


def _warned(rule: str, log: str, kind: str, example: str, change: Change, says: str) -> ShapeDamage:
    where, verdict = Where.GATE_1, Verdict.WARNED
    return ShapeDamage(
        kind=kind, log=log, example=example, where=where, verdict=verdict, says=says, change=change, rule=rule
    )


def _silent(log: str, kind: str, example: str, change: Change, why: str) -> ShapeDamage:
    where, verdict = Where.NOWHERE, Verdict.STAYS
    return ShapeDamage(kind=kind, log=log, example=example, where=where, verdict=verdict, why=why, change=change)


def _before(hour: int) -> Change:
    return only(lambda row: row["occurred_at"].hour < hour)


DAMAGES = [
    # When the rows happened.
    _held("hours_moved", "interactions", "times of UTC+8 written as UTC", "all times 8 h later", moved(hours=8),
          "8 h later than usual"),
    _held("hours_moved", "interactions", "times of UTC written as UTC-5", "all times 5 h earlier", moved(hours=-5),
          "5 h earlier than usual"),
    _held("hours_moved", "content", "times of another zone", "all times 9 h later", moved(hours=9),
          "9 h later than usual"),
    _held("hours_missing", "interactions", "export ran at noon", "no row after 11:59", _before(12),
          "of the usual lie outside"),
    _held("hours_missing", "interactions", "export begins at noon", "no row before 12:00",
          only(lambda row: row["occurred_at"].hour >= 12), "of the usual lie outside"),
    _held("hours_missing", "content", "export ran in the afternoon", "no row after 15:59", _before(16),
          "of the usual lie outside"),
    _held("times_alike", "interactions", "times cut off to the day", "2025-06-02T00:00:00 in all rows",
          cut_off(hour=0, minute=0, second=0), "most at 0:00"),
    _held("times_alike", "interactions", "times cut off to the hour", "00:00 for minutes and seconds",
          cut_off(minute=0, second=0), "at full or half hours"),
    _held("times_alike", "payments", "days instead of times", "2025-06-02", cut_off(hour=0, minute=0, second=0),
          "at full or half hours"),
    _held("columns_alike", "interactions", "one time in all rows", "the time of the export",
          cut_off(hour=9, minute=41, second=7),
          "occurred_at is the same in all"),
    _held("rows_ahead", "interactions", "delivered under the day before", "June 3 in the folder of June 2",
          moved(days=1),
          "are of the day after"),
    _warned("rows_late", "interactions", "rows of last week under today", "May 26 in the folder of June 2",
            moved(days=-7),
            "are of earlier days"),
    # How many came.
    _held("rows_short", "interactions", "nine of ten rows lost", "40 rows, where 400 are usual", one_in(10),
          "never under"),
    _held("rows_short", "members", "nine of ten rows lost", "6 rows, where 60 are usual", one_in(10), "never under"),
    _warned("rows_short", "interactions", "three of four rows lost", "100 rows, where 400 are usual", one_in(4),
            "never under"),
    _warned("rows_many", "members", "the whole table instead of what changed", "480 rows, where 60 are usual",
            again("member_id", 8), "never over"),
    _warned("rows_many", "interactions", "four communities in one file", "1,600 rows, where 400 are usual",
            again("interaction_id", 4, "member_id"), "never over"),
    _held("rows_withdrawn", "content", "nearly all rows withdraw", "op is delete in nine of ten rows", withdrawn,
          "withdraw a key"),
    _warned("rows_cut", "interactions", "an API gives 50 rows per member at most", "six members have exactly 50 rows",
            capped,
            "have 50 rows each"),
    # Who the rows are of.
    _held("strangers", "interactions", "export of another community", "x17", renamed("member_id", "x{}"),
          "members came on"),
    _held("strangers", "content", "authors renumbered", "user-17", renamed("author_id", "user-{}"), "members came on"),
    _held("strangers", "event_participation", "ids of the ticket shop", "guest-17", renamed("member_id", "guest-{}"),
          "members came on"),
    _held("strangers", "interactions", "ids without their prefix", "17", renamed("member_id", "{0[1]}{0}"),
          "members came on"),
    _warned("strangers", "interactions", "half the rows of another community", "two exports in one file",
            half_of_others("member_id"), "members came on"),
    _held("columns_alike", "interactions", "one member has all rows", "the id of the service account",
          put(member_id="m1"),
          "member_id is the same in all"),
    _warned("one_member", "interactions", "one member has most rows", "a default id in four of five rows",
            put_in_most(member_id="m1"), "rows are of one member"),
    # What came before.
    _held("day_again", "interactions", "yesterday's file again", "June 1 in the folder of June 2",
          of_day_before(1, dated_anew=False), "are those of 2025-06-01"),
    _held("day_again", "interactions", "yesterday's rows under today's date", "the same rows, a day later",
          of_day_before(1),
          "are those of 2025-06-01"),
    _held("day_again", "payments", "last week's rows under today's date", "the same rows, a week later",
          of_day_before(7),
          "are those of 2025-05-26"),
    _held("ids_again", "payments", "ids counted from 1 in each export", "p1, p2, p3 each day",
          numbered("payment_id", "p152{:03}"),
          "stood for something else, as on 2025-06-01"),
    _held("ids_again", "content", "ids of pieces given out again", "c1 is another piece each day",
          numbered("content_id", "c152{:04}"), "stood for something else"),
    _held("ids_again", "feedback", "ids of answers given out again", "f1 is another answer each day",
          numbered("feedback_id", "f152{:03}"), "stood for something else"),
    _held("rows_repeated", "interactions", "a join that doubles rows", "each interaction twice, with new ids",
          again("interaction_id", 2), "repeat another"),
    _held("rows_repeated", "content", "a join that triples rows", "each piece three times, with new ids",
          again("content_id", 3), "repeat another"),
    # How large numbers are.
    _held("numbers_moved", "payments", "amounts times 100", "890000 for 89.00", times("amount_minor", 100),
          "amount_minor: median"),
    _held("numbers_moved", "payments", "amounts in major units", "89 for 89.00", times("amount_minor", 0.01),
          "amount_minor: median"),
    _warned("numbers_moved", "payments", "amounts in another currency's units", "1780 for 89.00",
            times("amount_minor", 0.2),
            "amount_minor: median"),
    _held("numbers_moved", "payments", "fees times 100", "5500 for 0.55", times("fee_minor", 100),
          "fee_minor: median"),
    _held("numbers_moved", "subscriptions", "prices times 100", "890000 for 89.00", times("price_minor", 100),
          "price_minor: median"),
    _held("numbers_moved", "subscriptions", "prices in major units", "89 for 89.00", times("price_minor", 0.01),
          "price_minor: median"),
    _held("numbers_moved", "subscriptions", "intervals in days", "30 for one month", times("interval_months", 30),
          "interval_months: median"),
    _held("numbers_moved", "interactions", "durations in milliseconds", "45000 for 45 s", times("duration_s", 1000),
          "duration_s: median"),
    _held("numbers_moved", "event_participation", "minutes in seconds", "3600 for an hour", times("minutes", 60),
          "minutes: median"),
    _held("numbers_moved", "actions", "costs times 100", "50000 for 5.00", times("cost_minor", 100),
          "cost_minor: median"),
    _held("numbers_moved", "feedback", "scores in percent", "80 for 4 of 5", times("score", 20), "score: median"),
    # What columns hold.
    _held("columns_emptied", "interactions", "content_id lost", "the column is empty", put(content_id=None),
          "content_id has a value in 0 %"),
    _held("columns_emptied", "subscriptions", "prices lost", "the column is empty", put(price_minor=None),
          "price_minor has a value in 0 %"),
    _held("columns_emptied", "payments", "amounts of zero", "0 in all rows", put(amount_minor=0),
          "amount_minor has a value in 0 %"),
    _held("columns_emptied", "content", "parents lost", "comments on nothing", put(parent_id=None),
          "parent_id has a value in 0 %"),
    _held("columns_emptied", "payments", "payments without their subscription", "the column is empty",
          put(subscription_id=None), "subscription_id has a value in 0 %"),
    _warned("columns_alike", "subscriptions", "one plan in all rows", "the first plan as a default", put(plan="basic"),
            "plan is the same in all"),
    _held("kinds_gone", "interactions", "the commonest kind is missing", "no view", without("kind", "view"),
          "no kind view among"),
    _held("kinds_gone", "content", "comments are missing", "a part of the query", without("kind", "comment"),
          "no kind comment among"),
    _held("kinds_new", "interactions", "all rows of one kind", "share", put(kind="share"), "are of kind share"),
    _held("kinds_new", "payments", "every payment is a refund", "refund", put(kind="refund"), "are of kind refund"),
    _held("kinds_new", "subscriptions", "every step is expired", "expired", put(step="expired"),
          "are of step expired"),
    _held("currency_changed", "payments", "another currency in all rows", "USD, where CNY is usual",
          put(currency="USD"),
          "are of currency USD"),
    _held("currency_changed", "subscriptions", "prices in another currency", "EUR, where CNY is usual",
          put(currency="EUR"),
          "are of currency EUR"),
    # What a day does not show.
    _silent("interactions", "a tenth of the rows lost", "360 rows, where 400 are usual", all_but_one_in(10),
            "days differ by as much, and a quiet day is no damage"),
    _silent("interactions", "times half an hour off", "all times 30 min later", moved(minutes=30),
            "the hours of a day differ by as much from one day to the next"),
    _silent("payments", "amounts a tenth too high", "tax added", times("amount_minor", 1.1),
            "what members buy differs by as much from one day to the next"),
    _silent("interactions", "two members in each other's place", "m1 for m2, m2 for m1", swapped,
            "both are members of the community, and either may have done it"),
]  # fmt: skip
