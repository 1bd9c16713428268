"""How to write a date or time that is no ISO 8601, as SQL. It is advice: nothing is read this way."""

from __future__ import annotations

from pipelines.sql import literal

_CLOCK = r"([ T]+([0-9]{2}:[0-9]{2}(:[0-9]{2})?))?"
_YEAR_LAST = rf"([0-9]{{2}})[./-]([0-9]{{2}})[./-]([0-9]{{4}}){_CLOCK}"
_YEAR_FIRST = rf"([0-9]{{4}})[./-]?([0-9]{{2}})[./-]?([0-9]{{2}}){_CLOCK}"


def time_advice(text: str) -> str:
    """Return an expression that says how to write ``text``; null where nobody can tell what it means.

    Args:
        text: Name of a trimmed column of text.
    """
    padded = rf"regexp_replace({text}, '\b([0-9])\b', '0\1', 'g')"
    day_first, month_first = _written(padded, _YEAR_LAST, r"\3-\2-\1"), _written(padded, _YEAR_LAST, r"\3-\1-\2")
    as_is = _written(padded, _YEAR_FIRST, r"\1-\2-\3")
    either = literal(" if the day comes first, "), literal(" if the month does")
    return f"""
        case
            when regexp_full_match({text}, '[0-9]{{10}}') then {_instant(text)}
            when regexp_full_match({text}, '[0-9]{{13}}') then {_instant(f"left({text}, 10)")}
            when regexp_full_match({padded}, {literal(_YEAR_LAST)}) then coalesce(
                case when {day_first} <> {month_first}
                    then {day_first} || {either[0]} || {month_first} || {either[1]} end,
                {day_first}, {month_first}
            )
            when regexp_full_match({padded}, {literal(_YEAR_FIRST)}) then {as_is}
        end
    """


def _written(text: str, pattern: str, order: str) -> str:
    """Write what matches as ISO 8601; null where there is no such day."""
    day = f"try_cast(regexp_replace({text}, {literal(pattern)}, {literal(order)}) as date)::varchar"
    return rf"rtrim({day} || 'T' || regexp_extract({text}, {literal(pattern)}, 5), 'T')"


def _instant(seconds: str) -> str:
    return f"strftime(make_timestamp(try_cast({seconds} as bigint) * 1000000), '%Y-%m-%dT%H:%M:%SZ')"
