"""The first rule of the contract that a row breaks, as SQL, with what to do about it. Nothing is cast here.

The query that it is a part of has each column twice: its trimmed text under its own name, and ``<name>__cast``, null
where the text is nothing of the column's type.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from pipelines.contract import Column, Log, Type
from pipelines.contract.rules import EMPTY_SPELLINGS, RowRule
from pipelines.ingest.advice import time_advice
from pipelines.ingest.plain import unless_plain
from pipelines.sql import array, is_one_of, literal

MOST_CHARACTERS = 1000
"""Longest id; addresses of pages are used as ids, and few are longer."""

_UNSEEN = (
    r"\p{Cc}\x{ad}\x{61c}\x{180e}\x{200b}\x{200e}\x{200f}\x{2028}-\x{202e}\x{2060}-\x{206f}\x{feff}\x{fff9}-\x{fffb}"
)
"""Characters that nobody sees: control characters, breaks of lines, marks of direction, of no width."""

_JOINER = r"[\x{200c}\x{200d}]"
_UNSEEN_IN_ID = rf"[{_UNSEEN}]|(^|[\x00-\x7f]){_JOINER}|{_JOINER}([\x00-\x7f]|$)"
"""In an id also joiners, unless they stand between letters or signs that they are made to join, as in Persian."""

_UNSEEN_ANYWHERE = rf"{_UNSEEN}\x{{200c}}\x{{200d}}\x{{a0}}\x{{2007}}\x{{202f}}\x{{3000}}"
_EXPONENT = r"(.*[:/])?-?[0-9](\.[0-9]+)?E\+[0-9]{2,}"

_NO_SUCH = {
    Type.TIME: "is no ISO 8601 time between 1970 and 2200",
    Type.DAY: "is no ISO 8601 day between 1970 and 2200",
    Type.INTEGER: "is no whole number of 64 bits",
    Type.NUMBER: "is no finite decimal number",
    Type.CURRENCY: "is no currency code of three capital letters, such as CNY",
}
_EXAMPLES = {Type.TIME: "2021-04-27T15:06:00+08:00", Type.DAY: "2021-04-27"}
_CHECK = "look whether the column or the unit is another one"
_FIRST_DAYS = "1970-01-03"
"""Before it lies the moment that systems count from, in whatever zone: what they write where they know no time."""


BROKEN = "broken"
"""Put in place of a row's reason while nobody asks for it."""


def first_broken_rule(log: Log, always_needed: Collection[str]) -> str:
    """Return the reason of the first rule that a row breaks, as ``column: what is wrong``, or null.

    ``always_needed`` are the required columns that a row which withdraws a key needs too.
    """
    rules = [f"when {condition} then {reason}" for condition, reason in _rules(log, always_needed)]
    return f"case {' '.join(rules)} end"


def any_broken_rule(log: Log, always_needed: Collection[str]) -> str:
    """Return ``BROKEN`` where a row breaks a rule, else null: a query without reasons is planned far faster."""
    conditions = [f"({condition})" for condition, _ in _rules(log, always_needed)]
    return f"case when {' or '.join(conditions)} then '{BROKEN}' end"


def _rules(log: Log, always_needed: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield each rule as the condition that holds where it is broken, and the reason."""
    for column in log.own_columns:
        yield from _of_column(column, column.name in always_needed)
    for rule in log.rules:
        if not rule.is_warning:
            yield broken(rule, log, "__cast"), _said(rule.column, f"{rule.said}; {rule.cure}")
    late = "'occurred_at: day ' || event_day || ' is after its log day ' || log_day || '; deliver it under its own day'"
    yield "event_day > log_day + 1", late


def broken(rule: RowRule, log: Log, ending: str = "") -> str:
    """Return the condition of a rule; the value of a column is called ``<name><ending>``."""
    values = {column.name: f"{column.name}{ending}" for column in log.own_columns}
    return rule.broken.format_map(values | {"log_day": "log_day"})


def _of_column(column: Column, is_always_needed: bool) -> Iterator[tuple[str, str]]:
    """Yield the rules of one column, the more telling first."""
    name, is_wrong = column.name, f"{column.name} is not null and {column.name}__cast is null"
    if column.required:
        unless_deleted = "" if is_always_needed else " and op is distinct from 'delete'"
        yield f"{name} is null{unless_deleted}", f"'{name}: required, but empty'"
    if column.type not in (Type.ID, Type.TEXT):
        unseen = _unseen(name, f"[{_UNSEEN_ANYWHERE}]")
        yield f"case when {is_wrong} then {unseen[0]} end", f"{_said(name)} || {unseen[1]}"
    if column.kinds:
        yield is_wrong, f"{_said(name, 'is none of its kinds; nearest: ')} || {_nearest(column)}"
    elif column.type in _NO_SUCH:
        yield is_wrong, f"{_said(name, _NO_SUCH[column.type])} || {_advice(column)}"
    if column.type in (Type.TIME, Type.DAY):
        nothing = f"is where systems begin to count: no time was known; {_leave_out(column)}"
        yield f"{name}__cast is not null and {name} < '{_FIRST_DAYS}'", _said(name, nothing)
    if column.least is not None:
        less = f"is less than {column.least:,}, the least it may be; {_CHECK}"
        yield f"{name}__cast < {column.least}", _said(name, less)
    if column.most is not None:
        more = f"is more than {column.most:,}, the most it may be; {_CHECK}"
        yield f"{name}__cast > {column.most}", _said(name, more)
    if column.type is Type.ID:
        yield from _of_id(column)


def _of_id(column: Column) -> Iterator[tuple[str, str]]:
    name = column.name
    unseen = _unseen(name, _UNSEEN_IN_ID)
    yield unless_plain(column, unseen[0]), f"{_said(name)} || {unseen[1]}"
    empty = f"is how a system writes that there is no value; {_leave_out(column)}"
    yield unless_plain(column, is_one_of(name, EMPTY_SPELLINGS)), _said(name, empty)
    shortened = "is a number that a spreadsheet shortened; make the column text there before it is filled"
    yield unless_plain(column, f"regexp_full_match({name}, {literal(_EXPONENT)})"), _said(name, shortened)
    long = f"has more than {MOST_CHARACTERS:,} characters; deliver a shorter id"
    yield f"case when strlen({name}) > {MOST_CHARACTERS} then length({name}) > {MOST_CHARACTERS} end", _said(name, long)
    json = "is JSON; deliver the id that stands in it"
    yield unless_plain(column, f"{name}[1] in ('{{', '[') and json_valid({name})"), _said(name, json)


def _said(name: str, what: str = "") -> str:
    """Return the reason with the column and the start of its value."""
    start = literal(f"{name}: '")
    return f"{start} || left({name}, 80) || {literal(chr(39) + ' ' + what)}"


def _leave_out(column: Column) -> str:
    return "leave the row out, or fill the column" if column.required else "leave it empty"


def _unseen(name: str, pattern: str) -> tuple[str, str]:
    """Return the condition that a text has characters of a pattern, and the words that name them."""
    found = f"regexp_extract_all({name}, {literal(f'[{_UNSEEN_ANYWHERE}]')})"
    points = f"list_transform(list_distinct({found}), lambda c: printf('U+%04X', unicode(c)))"
    said = f"'holds characters that nobody sees: ' || array_to_string(list_sort({points}), ', ') || '; remove them'"
    return f"regexp_matches({name}, {literal(pattern)})", said


def _advice(column: Column) -> str:
    """Return what to do about a text that is nothing of its column's type."""
    if column.type not in _EXAMPLES:
        return "''"
    any_offset = r".*[T ]\d\d:\d\d[0-9:.]*[+-]\d\d(:?\d\d)?"
    too_far = f"regexp_full_match({column.name}, {literal(any_offset)})"
    such_as = literal(f", such as {_EXAMPLES[column.type]}")
    return (
        f"case when {too_far} then '; no place is more than 14 hours from UTC' "
        f"else coalesce('; write ' || ({time_advice(column.name)}), {such_as}) end"
    )


def _nearest(column: Column) -> str:
    """Return the three kinds nearest to the text by edit distance."""
    kinds = array(map(literal, column.kinds))
    distances = f"list_transform({kinds}, lambda k: {{'d': levenshtein(lower(left({column.name}, 40)), k), 'k': k}})"
    return f"array_to_string(list_transform(list_sort({distances})[:3], lambda s: s.k), ', ')"
