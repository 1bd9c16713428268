"""What the columns of one row must not say together, log by log; part of the contract.

A rule that no honest row breaks refuses the row. One that honest rows may break is a warning: the row counts. What a
single value may be is said by its column.
"""

from __future__ import annotations

from dataclasses import dataclass

EMPTY_SPELLINGS = (
    "NULL", "null", "(null)", "<null>", "[NULL]", r"\N", "nil", "NaN", "nan", "NaT", "<NA>", "NA", "None", "none",
    "undefined", "N/A", "n/a", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#DIV/0!", "-", "--", "---",
    "[object Object]",
)  # fmt: skip
"""How systems and spreadsheets write that there is no value, or that they failed to work it out."""


WEB_ADDRESS = r"https?://[^\s<>\x22\x27\x60\x5c]+"
"""Pattern of an address that pages may link to: nothing that a browser would run, no quote that ends an attribute."""


@dataclass(frozen=True)
class RowRule:
    """One rule.

    Attributes:
        column: the column that is named, and quoted; a log has one warning at most of each.
        broken: SQL condition that holds of a row that breaks the rule; ``{name}`` stands for a column's value, and
            ``{log_day}`` for the day of the delivery.
        said: what is wrong, as the end of a sentence that begins with the column and its value.
        cure: what to do about it.
        is_warning: whether the row counts nevertheless.
    """

    column: str
    broken: str
    said: str
    cure: str
    is_warning: bool = False


def _refuse(column: str, broken: str, said: str, cure: str) -> RowRule:
    return RowRule(column, broken, said, cure)


def _warn(column: str, broken: str, said: str, cure: str) -> RowRule:
    return RowRule(column, broken, said, cure, is_warning=True)


MEMBERS = (
    _warn(
        "joined_at",
        "{joined_at} > {occurred_at} + interval 1 day",
        "is after occurred_at, when the member already had a state",
        "swap the two columns if they are mixed up; joined_at is when the member came",
    ),
    _warn(
        "profile_url",
        "not regexp_full_match({profile_url}, '" + WEB_ADDRESS + "') or length({profile_url}) > 2000",
        "is no address of a page, so nothing links to it",
        "deliver the whole address, such as https://forum.example.org/u/ana, or leave it empty",
    ),
)

CONTENT = (
    _refuse(
        "parent_id",
        "{parent_id} = {content_id}",
        "is the piece itself",
        "leave it empty where a piece answers nothing",
    ),
    _refuse(
        "accepted_answer_id",
        "{accepted_answer_id} = {content_id}",
        "is the piece itself",
        "name the answer that was accepted, or leave it empty",
    ),
    _refuse(
        "deleted_at",
        "{deleted_at} < {published_at} - interval 1 day",
        "is before published_at",
        "swap the two columns if they are mixed up, or leave it empty",
    ),
    _warn(
        "published_at",
        "{published_at} > {log_day} + interval 1 year",
        "is more than a year after the delivery",
        "look at the year; a piece counts on the day that is given here",
    ),
    _warn(
        "price_minor",
        "{access} = 'free' and {price_minor} > 0",
        "is a price, but access is free",
        "write paid in access, or leave the price empty",
    ),
)

EVENTS = (
    _refuse(
        "ends_at",
        "{ends_at} < {starts_at}",
        "is before starts_at",
        "swap the two columns if they are mixed up, or leave it empty",
    ),
    _warn(
        "ends_at",
        "{ends_at} > {starts_at} + interval 31 day",
        "is more than a month after starts_at",
        "look at day and month, which may be swapped",
    ),
    _warn(
        "starts_at",
        "{starts_at} > {log_day} + interval 3 year",
        "is more than three years after the delivery",
        "look at the year",
    ),
)

EVENT_PARTICIPATION = (
    _warn(
        "state",
        "{minutes} > 0 and {state} <> 'attended'",
        "comes with minutes, as if somebody was there",
        "deliver a row with the state attended",
    ),
)

FEEDBACK = (
    _refuse(
        "score",
        "case when {scale} = 'nps10' then {score} not between 0 and 10 else {score} not between 1 and 5 end",
        "lies outside its scale",
        "csat5 and likert run from 1 to 5, nps10 from 0 to 10: name the scale that was asked, or convert the score",
    ),
    _warn(
        "about_kind",
        "{about_kind} <> 'community' and {about_id} is null",
        "comes without about_id, so it counts for no piece and no event",
        "fill about_id",
    ),
)

SUBSCRIPTIONS = (
    _refuse(
        "term_end",
        "{term_end} <= {term_start}",
        "is not after term_start",
        "term_end is the first day after the term: swap the two columns if they are mixed up",
    ),
    _refuse(
        "discount_minor",
        "{discount_minor} > {price_minor}",
        "is more than price_minor",
        "price_minor is the price before the discount; both are in minor units",
    ),
    _warn(
        "interval_months",
        "{step} in ('start', 'renew') and {term_end} > {term_start} "
        "and {term_end} - {term_start} not between {interval_months} * 15 and {interval_months} * 61",
        "is not the length of the term, from term_start to term_end",
        "interval_months is in months, 12 for a year",
    ),
    _warn(
        "term_end",
        "{term_end} > {term_start} + interval 10 year",
        "is more than ten years after term_start, so a month of the term brings next to nothing",
        "look at the year; a membership for life has no such term",
    ),
    _warn(
        "price_minor",
        "{price_minor} <> 0 and {currency} is null",
        "comes without a currency, so it stands apart from the rest as XXX",
        "fill currency",
    ),
)

PAYMENTS = (
    _refuse(
        "amount_minor",
        "{kind} = 'refund' and {amount_minor} > 0",
        "is above zero, but kind is refund",
        "money paid out is negative",
    ),
    _refuse(
        "fee_minor",
        "{fee_minor} < 0 and {amount_minor} > 0",
        "is below zero, but money came in",
        "a fee that the provider kept is above zero",
    ),
    _warn(
        "amount_minor",
        "{amount_minor} < 0 and {kind} <> 'refund'",
        "is below zero, so it counts as paid back, but kind is not refund",
        "write refund in kind if money was paid back, and turn the sign if it came in",
    ),
    _warn(
        "fee_minor",
        "{amount_minor} > 0 and {fee_minor} > {amount_minor}",
        "is more than the amount",
        "deliver both in minor units; a fixed fee on a small amount is fine",
    ),
    _warn(
        "discount_minor",
        "{discount_minor} > 0 and ({amount_minor} < 0 or {kind} = 'refund')",
        "is a discount on money that was paid out",
        "leave it empty there; it belongs to the purchase",
    ),
)

ACTIONS = (
    _refuse(
        "expires_at",
        "{expires_at} < {occurred_at} - interval 1 day",
        "is before occurred_at",
        "swap the two columns if they are mixed up, or leave it empty",
    ),
    _warn(
        "kind",
        "{kind} = 'points' and coalesce({points}, 0) = 0",
        "says that points were given, but points is empty",
        "fill points",
    ),
)

IDENTITY_LINKS = (
    _refuse(
        "member_b",
        "{member_a} = {member_b}",
        "is member_a too",
        "a link joins two different ids",
    ),
    _warn(
        "revoked_at",
        "{revoked_at} < {valid_from}",
        "is before valid_from, so the link never stands",
        "swap the two columns if they are mixed up",
    ),
)
