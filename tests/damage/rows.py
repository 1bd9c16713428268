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


def row_of(log: str, number: int | str, change: dict[str, str]) -> dict[str, str]:
    """Return the good row of a log with a number of its own and what is changed."""
    return {name: value.format(n=number) for name, value in GOOD_ROWS[log].items()} | change


@dataclass(frozen=True, kw_only=True)
class RowDamage(Damage):
    """A damage of one row.

    Attributes:
        change: what it puts where the good row has something else.
        column: the column that is named, for a finding too.
        finding: the finding that it makes.
        reads: how the values are read that are read as meant.
    """

    change: dict[str, str]
    column: str = ""
    finding: str = ""
    reads: dict[str, str] = field(default_factory=dict)


def bad(log: str, kind: str, change: dict[str, str], says: str, column: str = "") -> RowDamage:
    """Return a damage that sends the row to quarantine; the column is the first one changed if none is named."""
    return RowDamage(
        log=log, kind=kind, change=change, example=_example(change), where=Where.ROW, verdict=Verdict.QUARANTINED,
        says=says, column=column or next(iter(change)),
    )  # fmt: skip


def odd(log: str, kind: str, change: dict[str, str], says: str, finding: str, column: str = "") -> RowDamage:
    """Return a damage that makes a finding; the row counts."""
    return RowDamage(
        log=log, kind=kind, change=change, example=_example(change), where=Where.FINDING, verdict=Verdict.WARNED,
        says=says, finding=finding, column=column or next(iter(change)),
    )  # fmt: skip


def fine(log: str, kind: str, change: dict[str, str], /, **reads: str) -> RowDamage:
    """Return a damage that is read as it was meant."""
    return RowDamage(
        log=log, kind=kind, change=change, example=_example(change), where=Where.ROW, verdict=Verdict.READ,
        reads=reads,
    )  # fmt: skip


def silent(log: str, kind: str, change: dict[str, str], why: str) -> RowDamage:
    """Return a damage that nothing can notice, with the reason."""
    return RowDamage(
        log=log, kind=kind, change=change, example=_example(change), where=Where.NOWHERE, verdict=Verdict.STAYS,
        why=why,
    )  # fmt: skip


def _example(change: dict[str, str]) -> str:
    return ", ".join(f"{name} = {value[:60]}{'…' * (len(value) > 60)}" for name, value in change.items())


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
    bad("interactions", "offset of a time that no place has", {"occurred_at": "2024-03-05T08:00:00+25:00"},
        "no place is more than 14 hours from UTC"),
    bad("interactions", "minutes in an offset that are none", {"occurred_at": "2024-03-05T08:00:00+05:75"},
        "no place is more than 14 hours from UTC"),
    bad("members", "time 0 of a system that knows none", {"joined_at": "1970-01-01T00:00:00Z"},
        "where systems begin to count: no time was known"),
    bad("content", "time 0 shown in a zone", {"deleted_at": "1970-01-01 08:00:00"}, "leave it empty"),
    bad("subscriptions", "end of time of a system", {"term_end": "9999-12-31"}, "between 1970 and 2200"),
    bad("events", "year of two digits", {"starts_at": "24-03-20 19:00"}, "is no ISO 8601 time"),
    bad("events", "hour 25", {"starts_at": "2024-03-20T25:00:00"}, "is no ISO 8601 time"),
    bad("events", "week instead of a day", {"starts_at": "2024-W12-3"}, "is no ISO 8601 time"),
    bad("events", "letters of full width in a time", {"starts_at": "２０２４-03-20"}, "is no ISO 8601 time"),
    bad("events", "Chinese date", {"starts_at": "2024年3月20日"}, "is no ISO 8601 time"),
    bad("events", "time left without its day", {"starts_at": "19:00"}, "is no ISO 8601 time"),
    bad("events", "two times in one cell", {"starts_at": "2024-03-20 19:00 - 21:00"}, "is no ISO 8601 time"),
    fine("interactions", "blanks around a time", {"occurred_at": " 2024-03-05T08:00:00 "},
         occurred_at="2024-03-05 00:00:00"),
    fine("interactions", "offset without a colon", {"occurred_at": "2024-03-05T09:30:00+0930"},
         occurred_at="2024-03-05 00:00:00"),
    silent("interactions", "time of another zone without its offset", {"occurred_at": "2024-03-05T00:00:00"},
           "a time without an offset is in the community's zone; a few rows that are not look like any others"),
    silent("interactions", "day and month swapped, both up to 12", {"occurred_at": "2024-02-03"},
           "both are days; only a whole delivery of days far apart looks unlike itself"),
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
    bad("interactions", "character of no width in a kind", {"kind": "like\u200b"}, "nobody sees: U+200B"),
    bad("event_participation", "state in another language", {"state": "已报名"}, "is none of its kinds"),
    bad("events", "kind in the plural", {"kind": "workshops"}, "nearest: workshop"),
    bad("actions", "arm of another tool", {"arm": "control"}, "is none of its kinds; nearest:"),
    fine("interactions", "blanks around a kind", {"kind": " like "}, kind="like"),
    silent(
        "interactions",
        "kind mapped to a wrong one",
        {"kind": "read"},
        "each kind is honest by itself; that likes came as reads is seen in the figures only",
    ),
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
    bad("content", "blank that does not break, in a number", {"n_chars": "1\u00a0200"}, "nobody sees: U+00A0"),
    bad("content", "truth instead of a number", {"n_chars": "true"}, "is no whole number"),
    bad("content", "length below zero", {"n_chars": "-1"}, "is less than 0, the least it may be"),
    bad("content", "id in the column of a number", {"n_chars": "100000000000000001"}, "is more than 1,000,000,000"),
    bad("content", "price below zero", {"price_minor": "-100"}, "is less than 0"),
    bad(
        "payments",
        "amount near the end of 64 bits",
        {"amount_minor": "9000000000000000000"},
        "is more than 1,000,000,000,000, the most it may be",
    ),
    bad("payments", "amount in millionths of a unit", {"amount_minor": "-39000000000000"}, "is less than -1,000,000"),
    bad("payments", "fee that is the time in milliseconds", {"fee_minor": "1709600000000"}, "is more than"),
    bad("interactions", "duration below zero", {"duration_s": "-3"}, "is less than 0"),
    bad("interactions", "duration in milliseconds, of an hour", {"duration_s": "3600000"}, "is more than 2,678,400"),
    bad("interactions", "value at the end of double precision", {"value": "1e308"}, "is more than 1,000,000,000"),
    bad("interactions", "negative value at the end of double precision", {"value": "-1.7e308"}, "is less than"),
    bad("event_participation", "minutes below zero", {"minutes": "-5"}, "is less than 0"),
    bad("event_participation", "minutes of more than a month", {"minutes": "90000"}, "is more than 44,640"),
    bad("event_participation", "interactions below zero", {"n_interactions": "-1"}, "is less than 0"),
    bad("events", "no limit written as minus one", {"capacity": "-1"}, "is less than 0"),
    bad("events", "no limit written as the largest number", {"capacity": "2147483647"}, "is more than 1,000,000,000"),
    bad("events", "cost below zero", {"cost_minor": "-50000"}, "is less than 0"),
    bad("subscriptions", "interval of no month", {"interval_months": "0"}, "is less than 1"),
    bad("subscriptions", "interval below zero", {"interval_months": "-12"}, "is less than 1"),
    bad("subscriptions", "interval in seconds", {"interval_months": "2629800"}, "is more than 1,200"),
    bad("subscriptions", "discount below zero", {"discount_minor": "-500"}, "is less than 0"),
    bad("actions", "points that are a phone number", {"points": "13800138000"}, "is more than 1,000,000,000"),
    fine("content", "whole number with a zero behind the point", {"n_chars": "1200.0"}, n_chars="1200"),
    fine("payments", "plus before a number", {"amount_minor": "+3900"}, amount_minor="3900"),
    fine("interactions", "number too small for double precision", {"value": "1e-400"}, value="0.0"),
    silent("content", "length in bytes", {"n_chars": "3600"}, "a length in bytes is a length too"),
    silent(
        "payments",
        "amount of one row in major units",
        {"amount_minor": "39"},
        "small amounts are honest; when all of a delivery are, its mean jumps",
    ),
]

CURRENCIES = [
    bad("payments", "currency in small letters", {"currency": "cny"}, "is no currency code"),
    bad("payments", "sign of the currency instead of its code", {"currency": "¥"}, "is no currency code"),
    bad("payments", "name of the currency instead of its code", {"currency": "RMB yuan"}, "is no currency code"),
    bad("payments", "currency left empty", {"currency": ""}, "required, but empty"),
    bad("subscriptions", "number of the currency instead of its code", {"currency": "156"}, "is no currency code"),
    bad("payments", "mark of a byte order in a currency", {"currency": "\ufeffCNY"}, "nobody sees: U+FEFF"),
    odd(
        "payments",
        "three capitals that are no currency",
        {"currency": "RMB"},
        "'RMB' is no code of ISO 4217: 1 row",
        "unknown_currency",
    ),
    odd("events", "code for no currency", {"currency": "XXX"}, "'XXX' is no code of ISO 4217", "unknown_currency"),
    odd(
        "subscriptions",
        "price without a currency",
        {"currency": "", "price_minor": "3900"},
        "without a currency",
        "contradiction",
        "price_minor",
    ),
    silent(
        "payments",
        "currency of another payment",
        {"currency": "USD"},
        "a member may pay in any currency; one that no subscription has is a relation between logs",
    ),
]

IDS = [
    bad("interactions", "id left empty", {"interaction_id": "  "}, "required, but empty"),
    bad("payments", "member left empty where one is required", {"member_id": ""}, "required, but empty"),
    bad("identity_links", "link of an id with itself", {"member_a": "m7", "member_b": "m7"},
        "a link joins two different ids", column="member_b"),
    bad("content", "author written NULL", {"author_id": "NULL"}, "that there is no value; leave it empty"),
    bad("content", "author written null", {"author_id": "null"}, "leave it empty"),
    bad("content", "author written \\N", {"author_id": r"\N"}, "leave it empty"),
    bad("content", "author written None", {"author_id": "None"}, "leave it empty"),
    bad("content", "author written nan", {"author_id": "nan"}, "leave it empty"),
    bad("content", "author written <NA>", {"author_id": "<NA>"}, "leave it empty"),
    bad("content", "author written undefined", {"author_id": "undefined"}, "leave it empty"),
    bad("content", "author written N/A", {"author_id": "N/A"}, "leave it empty"),
    bad("content", "author written as a dash", {"author_id": "-"}, "leave it empty"),
    bad("payments", "member written NaN", {"member_id": "NaN"}, "leave the row out, or fill the column"),
    bad("payments", "member written NaT", {"member_id": "NaT"}, "leave the row out, or fill the column"),
    bad("interactions", "error of a look-up instead of an id", {"member_id": "#N/A"}, "leave it empty"),
    bad("interactions", "broken reference instead of an id", {"content_id": "#REF!"}, "leave it empty"),
    bad("interactions", "object that a script printed", {"member_id": "[object Object]"}, "leave it empty"),
    bad("interactions", "object instead of an id", {"member_id": '{"id": 7}'}, "is JSON; deliver the id"),
    bad("interactions", "list instead of an id", {"member_id": "[1]"}, "is JSON; deliver the id"),
    bad("interactions", "list of texts instead of an id", {"target_member_id": '["m1", "m2"]'}, "is JSON"),
    bad("interactions", "space of no width in an id", {"member_id": "m\u200b1"}, "nobody sees: U+200B; remove them"),
    bad("interactions", "mark of a byte order in an id", {"member_id": "\ufeffm1"}, "nobody sees: U+FEFF"),
    bad("interactions", "mark of direction in an id", {"member_id": "m1\u200e"}, "nobody sees: U+200E"),
    bad("interactions", "override of direction in an id", {"member_id": "\u202em1\u202c"}, "U+202C, U+202E"),
    bad("interactions", "soft hyphen in an id", {"member_id": "mem\u00adber"}, "nobody sees: U+00AD"),
    bad("interactions", "joiner of no width between plain letters", {"member_id": "m\u200d1"}, "nobody sees: U+200D"),
    bad("interactions", "tab at the end of an id", {"member_id": "m1\t"}, "nobody sees: U+0009"),
    bad("interactions", "end of line in an id", {"member_id": "m1\nm2"}, "nobody sees: U+000A"),
    bad("interactions", "escape character in an id", {"member_id": "\x1b[31mm1"}, "nobody sees: U+001B"),
    bad("interactions", "text in the column of an id", {"member_id": "x" * 1001}, "has more than 1,000 characters"),
    bad("payments", "id shortened by a spreadsheet", {"payment_id": "1.23457E+17"}, "a spreadsheet shortened"),
    bad("payments", "id shortened behind a prefix", {"payment_id": "shop:1.2E+11"}, "a spreadsheet shortened"),
    odd("actions", "id made a decimal number, behind a prefix", {"member_id": "shop:7.0"}, "a decimal number",
        "decimal_id"),
    odd("payments", "id made a decimal number", {"member_id": "1007.0"}, "made a decimal number: 1 row", "decimal_id"),
    odd("content", "name read as Latin-1", {"author_id": "JÃ¶rg"}, "read in another encoding", "garbled_text"),
    odd("interactions", "Chinese name read as Latin-1", {"member_id": "å¼\u00a0ä¼Ÿ"},
        "read in another encoding", "garbled_text"),
    odd("members", "character that could not be read", {"member_id": "J\ufffdrg"}, "another encoding", "garbled_text"),
    odd("events", "title read twice", {"title": "Whatâ€™s new"}, "read in another encoding", "garbled_text"),
    odd("feedback", "text of bytes that were filled up", {"comment": "锟斤拷"}, "another encoding", "garbled_text"),
    odd("members", "plan written NULL", {"plan": "NULL"}, "that there is no value: 1 row", "empty_spelling"),
    odd("subscriptions", "reason written as N/A", {"end_reason": "N/A"}, "there is no value", "empty_spelling"),
    odd("interactions", "channel written None", {"channel": "None"}, "there is no value", "empty_spelling"),
    fine("payments", "blanks around an id", {"member_id": " m1 "}, member_id="m1"),
    fine("payments", "blanks of full width around an id", {"member_id": "\u3000m1\u00a0"}, member_id="m1"),
    fine("members", "joiner of no width that a name needs", {"member_id": "می\u200cخواهم"}, member_id="می\u200cخواهم"),
    silent("payments", "leading zeros lost", {"member_id": "7"}, "7 may be an id as well as 007"),
    silent("payments", "id in other capitals", {"member_id": "M1"},
           "M1 and m1 may be two members; ids are compared exactly, and identity_links join them"),
    silent("payments", "id of somebody else", {"member_id": "m2"}, "any member may have paid"),
    silent("interactions", "one id for all that nobody knows", {"member_id": "-1"},
           "-1 may be a member; that one id does as much as all others is seen in the figures"),
    silent("interactions", "ids made anonymous differently each day", {"member_id": "5f4dcc3b5aa765d61d8327deb882cf99"},
           "a hash is an id; that none of a day's was ever seen before is noticed of the day"),
    silent("members", "mark of a name's spelling", {"member_id": "Jose\u0301"},
           "two spellings of é may be two members; ids are compared code point by code point"),
]  # fmt: skip

BETWEEN = [
    bad("content", "piece that answers itself", {"content_id": "c7", "parent_id": "c7"}, "is the piece itself",
        "parent_id"),
    bad("content", "piece that is its own accepted answer", {"content_id": "c8", "accepted_answer_id": "c8"},
        "is the piece itself", "accepted_answer_id"),
    bad("content", "taken down before it was published", {"deleted_at": "2024-03-01"}, "is before published_at"),
    bad("events", "ends before it starts", {"ends_at": "2024-03-20T18:00:00"}, "is before starts_at"),
    bad("events", "end without its day", {"ends_at": "2024-03-19T21:00:00"}, "is before starts_at"),
    bad("feedback", "score above its scale", {"score": "8"}, "lies outside its scale"),
    bad("feedback", "score of none on a scale from 1", {"score": "0"}, "csat5 and likert run from 1 to 5"),
    bad("feedback", "score in percent", {"score": "85", "scale": "nps10"}, "nps10 from 0 to 10"),
    bad("feedback", "score below its scale", {"score": "-1", "scale": "nps10"}, "lies outside its scale"),
    bad("subscriptions", "term that ends before it starts", {"term_end": "2024-02-05"}, "is not after term_start"),
    bad("subscriptions", "term of no day", {"term_end": "2024-03-05"}, "is not after term_start"),
    bad("subscriptions", "discount of more than the price", {"discount_minor": "5000"}, "is more than price_minor"),
    bad("payments", "refund without its sign", {"kind": "refund"}, "is above zero, but kind is refund",
        "amount_minor"),
    bad("payments", "fee with the sign of a cost", {"fee_minor": "-39"}, "is below zero, but money came in"),
    bad("actions", "offer that ends before it was made", {"expires_at": "2024-02-05"}, "is before occurred_at"),
    odd("members", "joined after the state", {"joined_at": "2024-04-01"}, "is after occurred_at", "contradiction"),
    odd("members", "page's address without its beginning", {"profile_url": "forum.example.org/u/ana"},
        "is no address of a page", "contradiction"),
    odd("members", "script instead of a page's address", {"profile_url": "javascript:alert(1)"},
        "is no address of a page", "contradiction"),
    odd("content", "published in the next year", {"published_at": "2025-03-20"}, "more than a year after the delivery",
        "contradiction"),
    odd("content", "free, with a price", {"access": "free", "price_minor": "900"}, "but access is free",
        "contradiction", "price_minor"),
    odd("events", "day and month of the end swapped", {"ends_at": "2024-12-03"}, "more than a month after starts_at",
        "contradiction"),
    odd("events", "year of the start mistyped", {"starts_at": "2042-03-20", "ends_at": ""}, "more than three years",
        "contradiction"),
    odd("event_participation", "minutes of a no-show", {"state": "no_show", "minutes": "45"}, "comes with minutes",
        "contradiction"),
    odd("feedback", "rating of nothing", {"about_kind": "event"}, "comes without about_id", "contradiction"),
    odd("subscriptions", "interval in years", {"term_end": "2025-03-05", "interval_months": "1"},
        "is not the length of the term", "contradiction", "interval_months"),
    odd("subscriptions", "membership for life as a term", {"term_end": "2099-12-31", "interval_months": ""},
        "more than ten years", "contradiction"),
    odd("payments", "money out that is no refund", {"amount_minor": "-3900"}, "but kind is not refund",
        "contradiction"),
    odd("payments", "fee in another unit than the amount", {"fee_minor": "390000"}, "is more than the amount",
        "contradiction"),
    odd("payments", "discount on money paid out", {"amount_minor": "-3900", "kind": "refund", "discount_minor": "500"},
        "a discount on money that was paid out", "contradiction", "discount_minor"),
    odd("actions", "points without their number", {"kind": "points"}, "points is empty", "contradiction"),
    odd("identity_links", "link revoked before it stands", {"valid_from": "2024-03-05", "revoked_at": "2024-03-01"},
        "is before valid_from", "contradiction", "revoked_at"),
    silent("feedback", "scale upside down", {"score": "2"}, "2 is a score; that all turned is seen in their mean"),
    silent("feedback", "mean of several answers", {"score": "3.7"}, "scales of half stars have such scores"),
    silent("interactions", "interaction directed at its own member", {"target_member_id": "m1"},
           "people do like and mention themselves; the real logs have such rows"),
    silent("payments", "payment delivered gross of a tax", {"amount_minor": "4641"}, "any amount may be the price"),
    silent("events", "start shown in the visitor's zone", {"starts_at": "2024-03-20T11:00:00"},
           "events may start at any hour"),
]  # fmt: skip

DAMAGES = [*TIMES, *KINDS, *NUMBERS, *CURRENCIES, *IDS, *BETWEEN]
