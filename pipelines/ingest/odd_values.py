"""Accepted rows that somebody should look at: the contract's warnings, and values that look like the slip of an export.

Honest rows may look so too, and all of them count. Each finding is of one column of a log day, with an example.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from pipelines.contract import CURRENCIES, Column, Log, Type
from pipelines.contract.rules import EMPTY_SPELLINGS
from pipelines.ingest.batch import STAGED
from pipelines.ingest.row_rules import broken
from pipelines.sql import is_one_of, literal

CONTRADICTION = "contradiction"
"""Columns of a row that hardly go together."""
EMPTY_SPELLING = "empty_spelling"
"""A text by which systems say that there is no value."""
GARBLED_TEXT = "garbled_text"
"""Text that was read in another encoding than it was written in."""
DECIMAL_ID = "decimal_id"
"""An id that some tool took for a number."""
UNKNOWN_CURRENCY = "unknown_currency"
"""Three capitals that are no code of ISO 4217."""

_LATIN_1 = r"[\x{80}-\x{bf}\x{152}\x{153}\x{160}\x{161}\x{178}\x{17d}\x{17e}\x{192}\x{2c6}\x{2dc}\x{2013}-\x{2122}]"
_GARBLED = (
    rf"\x{{fffd}}|[\x{{c2}}\x{{c3}}]{_LATIN_1}|\x{{e2}}\x{{20ac}}|([\x{{e4}}-\x{{e9}}]{_LATIN_1}{{2}}){{2}}|锟斤拷"
)
"""What UTF-8 looks like when it is read as Latin-1, and what is left where a character could not be read."""


_UNQUOTED = ("display_name", "profile_url")
"""Columns that say who somebody is: findings outlive an erasure, and a short name is not found again in their words."""


@dataclass(frozen=True)
class _Oddity:
    """What is looked for in one column: the rows in which ``is_odd`` holds."""

    finding: str
    column: str
    is_odd: str
    said: str
    cure: str


def odd_values(con: duckdb.DuckDBPyConnection, log: Log) -> list[tuple[date, dict[str, Any]]]:
    """Return what is odd about accepted rows of the batch, per log day and column, with an example."""
    looked_for = list(_oddities(log))
    conditions = ", ".join(f"bool_or({one.is_odd})" for one in looked_for)
    accepted = f"from {STAGED} where reason is null and op = 'upsert'"
    ((*is_found,),) = con.execute(f"select {conditions} {accepted}").fetchall()
    return [
        (log_day, _finding(one, n_rows, example))
        for one, is_one in zip(looked_for, is_found, strict=True)
        if is_one
        for log_day, n_rows, example in con.execute(
            f"select log_day, count(*), min({one.column}::varchar) {accepted} and ({one.is_odd}) group by log_day"
        ).fetchall()
    ]


def _oddities(log: Log) -> Iterator[_Oddity]:
    for rule in log.rules:
        if rule.is_warning:
            yield _Oddity(CONTRADICTION, rule.column, broken(rule, log), rule.said, rule.cure)
    for column in log.own_columns:
        yield from _of_column(column)


def _of_column(column: Column) -> Iterator[_Oddity]:
    name = column.name
    if column.type in (Type.ID, Type.TEXT):
        # A text of as many bytes as characters is plain ASCII, and soon done with: of a `case` only the branch taken is
        # worked out, of an `and` both sides.
        is_garbled = f"regexp_matches({name}, {literal(_GARBLED)})"
        garbled = f"case when strlen({name}) <> length({name}) then {is_garbled} end"
        cure = "write the file in UTF-8, from a source that still has the characters, and deliver the day again"
        yield _Oddity(GARBLED_TEXT, name, garbled, "looks like text that was read in another encoding", cure)
    if column.type is Type.ID:
        is_decimal = f"regexp_full_match({name}, '(.*[:/])?[0-9]+[.]0')"
        decimal = f"case when suffix({name}, '.0') then {is_decimal} end"
        cure = "export the column as text, or these ids match no others"
        yield _Oddity(DECIMAL_ID, name, decimal, "looks like an id that was made a decimal number", cure)
    if column.type is Type.TEXT:
        empty = is_one_of(name, EMPTY_SPELLINGS)
        cure = "leave the column empty, or it counts as a value of that name"
        yield _Oddity(EMPTY_SPELLING, name, empty, "is how a system writes that there is no value", cure)
    if column.type is Type.CURRENCY:
        unknown = f"not {is_one_of(name, CURRENCIES)}"
        cure = "write CNY for RMB, JPY for YEN, and so on: money of one currency under two codes is not added up"
        yield _Oddity(UNKNOWN_CURRENCY, name, unknown, "is no code of ISO 4217", cure)


def _finding(one: _Oddity, n_rows: int, example: str) -> dict[str, Any]:
    value = "" if one.column in _UNQUOTED else f" '{example[:80]}'"
    return {
        "finding": one.finding,
        "name": one.column,
        "n_rows": n_rows,
        "said": f"{one.column}{value} {one.said}: {n_rows:,} row{'' if n_rows == 1 else 's'}",
        "cure": one.cure,
    }
