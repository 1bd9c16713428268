"""Damages of a single row: what an export puts into one column, or into two that contradict each other."""

from __future__ import annotations

from dataclasses import dataclass, field

from .registry import Damage, Verdict, Where

LOG_DAY = "2024-03-05"

GOOD_ROWS = {
    "members": {"member_id": "m{n}", "occurred_at": "2024-03-05T08:00:00", "joined_at": "2024-03-01T08:00:00"},
    "content": {
        "content_id": "c{n}", "occurred_at": "2024-03-05T08:00:00", "kind": "question", "author_id": "m1",
        "published_at": "2024-03-05T08:00:00",
    },
    "interactions": {
        "interaction_id": "i{n}", "occurred_at": "2024-03-05T08:00:00", "kind": "like", "member_id": "m1",
        "content_id": "c1",
    },
    "events": {
        "event_id": "e{n}", "occurred_at": "2024-03-05T08:00:00", "kind": "talk", "starts_at": "2024-03-20T19:00:00",
        "ends_at": "2024-03-20T21:00:00",
    },
    "event_participation": {
        "event_id": "e{n}", "member_id": "m1", "occurred_at": "2024-03-05T08:00:00", "state": "registered",
    },
    "feedback": {
        "feedback_id": "f{n}", "occurred_at": "2024-03-05T08:00:00", "member_id": "m1", "about_kind": "community",
        "score": "4", "scale": "csat5",
    },
    "subscriptions": {
        "subscription_id": "s{n}", "member_id": "m1", "occurred_at": "2024-03-05T08:00:00", "step": "start",
        "term_start": "2024-03-05", "term_end": "2024-04-05", "interval_months": "1", "price_minor": "3900",
        "currency": "CNY",
    },
    "payments": {
        "payment_id": "p{n}", "member_id": "m1", "occurred_at": "2024-03-05T08:00:00", "amount_minor": "3900",
        "currency": "CNY", "kind": "subscription", "fee_minor": "39",
    },
    "actions": {"action_id": "a{n}", "member_id": "m1", "occurred_at": "2024-03-05T08:00:00", "kind": "message"},
    "identity_links": {"member_a": "m{n}", "member_b": "n{n}", "occurred_at": "2024-03-05T08:00:00"},
}  # fmt: skip
"""A row of each log that nothing is wrong with; ``{n}`` is its number."""


@dataclass(frozen=True, kw_only=True)
class RowDamage(Damage):
    """A damage of one row: what it puts where the good row has something else, and the column that is named."""

    change: dict[str, str] = field(default_factory=dict)
    column: str = ""


def bad(log: str, kind: str, change: dict[str, str], says: str, column: str = "") -> RowDamage:
    """Return a damage that sends the row to quarantine; the column is the first one changed if none is named."""
    return _row(log, kind, change, Where.ROW, Verdict.QUARANTINED, says=says, column=column or next(iter(change)))


def fine(log: str, kind: str, change: dict[str, str], says: str = "") -> RowDamage:
    """Return a damage that is read as it was meant."""
    return _row(log, kind, change, Where.ROW, Verdict.READ, says=says)


def silent(log: str, kind: str, change: dict[str, str], why: str) -> RowDamage:
    """Return a damage that nothing can notice, with the reason."""
    return _row(log, kind, change, Where.NOWHERE, Verdict.STAYS, why=why)


def _row(log, kind, change, where, verdict, *, says="", column="", why=""):
    example = ", ".join(f"{name} = {value}" for name, value in change.items())
    return RowDamage(
        log=log, kind=kind, example=example, where=where, verdict=verdict, says=says, why=why, change=change,
        column=column,
    )  # fmt: skip


TIMES = [
    bad("interactions", "time left empty", {"occurred_at": ""}, "required, but empty"),
    bad("interactions", "time as seconds since 1970", {"occurred_at": "1709600000"}, "write 2024-03-05T00:53:20Z"),
    bad("interactions", "time as milliseconds since 1970", {"occurred_at": "1709600000000"}, "write 2024-03-05T00:53"),
    bad("interactions", "day first, month second, where both are possible", {"occurred_at": "05/03/2024"},
        "write 2024-03-05 if the day comes first, 2024-05-03 if the month does"),
    bad("interactions", "day first, where it is no month", {"occurred_at": "25.03.2024 08:00"}, "write 2024-03-25"),
    bad("interactions", "month first", {"occurred_at": "3/25/2024"}, "write 2024-03-25"),
    bad("interactions", "day with slashes", {"occurred_at": "2024/03/05 08:00"}, "write 2024-03-05"),
    bad("interactions", "time as Excel's serial number", {"occurred_at": "45356.33333"}, "is no ISO 8601 time"),
    bad("interactions", "name of a zone behind the time", {"occurred_at": "2024-03-05T08:00:00 Asia/Tokyo"},
        "is no ISO 8601 time"),
    bad("interactions", "name of the month", {"occurred_at": "Mar 5, 2024 8:00 AM"}, "is no ISO 8601 time"),
    bad("interactions", "month and day do not exist", {"occurred_at": "2024-02-30T08:00:00"}, "is no ISO 8601 time"),
    bad("interactions", "zero date of a database", {"occurred_at": "0000-00-00 00:00:00"}, "between 1970 and 2200"),
    bad("interactions", "empty date of a spreadsheet", {"occurred_at": "1899-12-30"}, "between 1970 and 2200"),
    bad("interactions", "word instead of a time", {"occurred_at": "now"}, "is no ISO 8601 time"),
    bad("interactions", "day after its log day", {"occurred_at": "2024-03-07"}, "deliver it under its own day"),
    fine("interactions", "blanks around a time", {"occurred_at": " 2024-03-05T08:00:00 "}),
    bad("subscriptions", "day of a term as Excel's serial number", {"term_start": "45356"}, "is no ISO 8601 day"),
    bad("subscriptions", "day of a term left empty", {"term_end": ""}, "required, but empty"),
    bad("members", "joined left empty", {"joined_at": ""}, "required, but empty"),
]  # fmt: skip

KINDS = [
    bad("interactions", "kind in capitals", {"kind": "LIKE"}, "is none of its kinds; nearest: like"),
    bad("interactions", "kind misspelt", {"kind": "lkie"}, "nearest: like"),
    bad("interactions", "kind of the platform, not of the contract", {"kind": "thumbs_up"}, "is none of its kinds"),
    bad("interactions", "kind left empty", {"kind": ""}, "required, but empty"),
    bad("content", "yes instead of a kind of access", {"access": "true"}, "is none of its kinds; nearest: free"),
    bad("payments", "several kinds in one cell", {"kind": "subscription|event"}, "is none of its kinds"),
    bad("subscriptions", "step of another system", {"step": "canceled"}, "nearest: cancelled"),
    bad("members", "status of another system", {"status": "inactive"}, "nearest: active"),
    bad("content", "op of another system", {"op": "remove"}, "is none of its kinds"),
    bad("feedback", "scale that the contract does not know", {"scale": "csat7"}, "nearest: csat5"),
    fine("interactions", "blanks around a kind", {"kind": " like "}),
]

NUMBERS = [
    bad("payments", "decimal point in minor units", {"amount_minor": "39.50"}, "is no whole number"),
    bad("payments", "decimal comma", {"amount_minor": "39,50"}, "is no whole number"),
    bad("payments", "thousand separators", {"amount_minor": "3,900"}, "is no whole number"),
    bad("payments", "thousands apart by a blank", {"amount_minor": "3 900"}, "is no whole number"),
    bad("payments", "sign of the currency beside the amount", {"amount_minor": "¥3900"}, "is no whole number"),
    bad("payments", "amount in brackets for a negative one", {"amount_minor": "(3900)"}, "is no whole number"),
    bad("payments", "minus behind the number", {"amount_minor": "3900-"}, "is no whole number"),
    bad("payments", "typographic minus", {"amount_minor": "\u22123900"}, "is no whole number"),
    bad("payments", "digits of full width", {"amount_minor": "３９００"}, "is no whole number"),
    bad("payments", "amount left empty", {"amount_minor": ""}, "required, but empty"),
    bad("payments", "error of a spreadsheet's formula", {"amount_minor": "#REF!"}, "is no whole number"),
    bad("payments", "formula instead of its value", {"amount_minor": "=B2*100"}, "is no whole number"),
    bad("payments", "more than 64 bits", {"amount_minor": "9223372036854775808"}, "is no whole number"),
    bad("content", "number with an exponent for a whole one", {"n_chars": "1.2E+03"}, "is no whole number"),
    bad("content", "hexadecimal number", {"n_chars": "0x4b0"}, "is no whole number"),
    bad("interactions", "word for no number", {"duration_s": "NaN"}, "is no finite decimal number"),
    bad("interactions", "infinite number", {"duration_s": "inf"}, "is no finite decimal number"),
    bad("interactions", "number beyond double precision", {"value": "1e400"}, "is no finite decimal number"),
    bad("interactions", "decimal comma in a duration", {"duration_s": "12,5"}, "is no finite decimal number"),
    bad("interactions", "duration as hours and minutes", {"duration_s": "00:12:30"}, "is no finite decimal number"),
    bad("interactions", "unit beside the number", {"duration_s": "90s"}, "is no finite decimal number"),
    bad("interactions", "percent sign", {"value": "80%"}, "is no finite decimal number"),
    bad("feedback", "score as stars", {"score": "★★★★"}, "is no finite decimal number"),
    bad("content", "version as text", {"source_seq": "v2"}, "is no whole number"),
    fine("content", "whole number with a zero behind the point", {"n_chars": "1200.0"}),
    fine("payments", "plus before a number", {"amount_minor": "+3900"}),
]

CURRENCIES = [
    bad("payments", "currency in small letters", {"currency": "cny"}, "is no currency code"),
    bad("payments", "sign of the currency instead of its code", {"currency": "¥"}, "is no currency code"),
    bad("payments", "name of the currency instead of its code", {"currency": "RMB yuan"}, "is no currency code"),
    bad("payments", "currency left empty", {"currency": ""}, "required, but empty"),
    bad("subscriptions", "number of the currency instead of its code", {"currency": "156"}, "is no currency code"),
]

IDS = [
    bad("interactions", "id left empty", {"interaction_id": "  "}, "required, but empty"),
    bad("payments", "member left empty where one is required", {"member_id": ""}, "required, but empty"),
    bad("identity_links", "link of an id with itself", {"member_a": "m7", "member_b": "m7"},
        "a link joins two different ids", column="member_b"),
    fine("payments", "blanks around an id", {"member_id": " m1 "}),
]  # fmt: skip

DAMAGES = [*TIMES, *KINDS, *NUMBERS, *CURRENCIES, *IDS]
