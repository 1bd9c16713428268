"""SQL that every connector needs: reading times, writing them.

Times travel through a connector as TIMESTAMP in UTC; only these functions know how they look outside.
"""

from __future__ import annotations

from pipelines.sql import literal

_OFFSET = r"(Z|[+-](0\d|1[0-5])(:?[0-5]\d)?)"
_ISO = rf"^(19[7-9]|20\d|21\d)\d-\d{{2}}-\d{{2}}([T ]\d{{2}}:\d{{2}}(:\d{{2}}(\.\d{{1,9}})?)?{_OFFSET}?)?$"
_ISO_OFFSET = rf":.*{_OFFSET}$"
_EPOCH = r"^\d{1,13}(\.\d{1,6})?$"
_FIRST_YEAR, _LAST_YEAR = 1970, 2199
_EPOCH_END_S = 7_258_118_400  # 2200-01-01

UNITS_PER_SECOND = {"epoch_s": 1, "epoch_ms": 1_000}
"""Units of a time given as a number since 1970."""


def iso_time(text: str, timezone: str) -> str:
    """SQL that reads ISO 8601 ``text`` as TIMESTAMP in UTC; null where it is no time or outside 1970..2199.

    A day or a time without an offset is in ``timezone``, an IANA name.
    """
    instant = f"try_cast({text} as timestamptz)"
    local = f"timezone({literal(timezone)}, try_cast({text} as timestamp))"
    either = f"case when regexp_matches({text}, {literal(_ISO_OFFSET)}) then {instant} else {local} end"
    return f"case when regexp_matches({text}, {literal(_ISO)}) then timezone('UTC', {either}) end"


def epoch_time(text: str, unit: str) -> str:
    """SQL that reads ``text``, a number of ``unit`` since 1970, as ``iso_time`` does."""
    number = f"case when regexp_matches({text}, {literal(_EPOCH)}) then cast({text} as decimal(19, 6)) end"
    seconds_end = _EPOCH_END_S * UNITS_PER_SECOND[unit]
    factor = 1_000_000 // UNITS_PER_SECOND[unit]
    return f"make_timestamp(cast(case when ({number}) < {seconds_end} then ({number}) * {factor} end as bigint))"


def spelled_time(text: str, form: str, timezone: str) -> str:
    """SQL that reads ``text`` as ``form`` says, as ``%Y/%m/%d``, in ``timezone``; null where ``iso_time`` is."""
    local = f"try_strptime({text}, {literal(form)})"
    instant = f"timezone('UTC', timezone({literal(timezone)}, {local}))"
    return f"case when year({local}) between {_FIRST_YEAR} and {_LAST_YEAR} then {instant} end"


def local_day(time: str, timezone: str) -> str:
    """SQL for the DATE of the UTC TIMESTAMP ``time`` in ``timezone``."""
    return f"cast(timezone({literal(timezone)}, timezone('UTC', {time})) as date)"


def utc_text(time: str) -> str:
    """SQL for the UTC TIMESTAMP ``time`` as ISO 8601 text with ``Z``, without needless zeros."""
    return f"rtrim(rtrim(strftime({time}, '%Y-%m-%dT%H:%M:%S.%f'), '0'), '.') || 'Z'"
