"""Amounts of money as people and exports write them, read as whole minor units of their currency."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from iso4217 import Currency

from pipelines.contract import CURRENCIES
from pipelines.sql import literal

_USUAL_DIGITS = 2
_BESIDE = r"[\p{Sc}\p{Z}\t元]"
"""Signs of currencies and blanks, which may stand beside or within an amount."""
_PLAIN = r"^\d{1,15}(\.\d{0,6}0*)?$"
_THOUSANDS = r"^\d{1,3}(,\d{3}){1,4}(\.\d{0,6}0*)?$"
_COMMA = r"^(\d{1,15}|\d{1,3}(\.\d{3}){1,4}),\d{1,2}$"


def minor_units(text: str, currency: str | None) -> str:
    """SQL that reads ``text`` as an amount, a BIGINT of minor units; null where it is none.

    Args:
        text: SQL for a text such as ``¥1,234.50``, ``1.234,50 €`` or ``-12``. An amount with more decimals than its
            currency has is none, so that nothing is rounded; nor is one that could be read in two ways.
        currency: SQL for the code of the currency that the amount is in units of; without it the amount is in minor
            units.
    """
    bare = f"regexp_replace({text}, {literal(_BESIDE)}, '', 'g')"
    size = f"regexp_replace({bare}, '^[+-]', '')"
    digits = (
        f"case when regexp_matches({size}, {literal(_PLAIN)}) then {size}"
        f" when regexp_matches({size}, {literal(_THOUSANDS)}) then replace({size}, ',', '')"
        f" when regexp_matches({size}, {literal(_COMMA)}) then replace(replace({size}, '.', ''), ',', '.') end"
    )
    scaled = f"try_cast({digits} as decimal(24, 6)) * {_units(currency) if currency else 1}"
    signed = f"case when starts_with({bare}, '-') then -1 else 1 end"
    return f"case when {scaled} = trunc({scaled}) then {signed} * try_cast({scaled} as bigint) end"


def _units(currency: str) -> str:
    """SQL for the minor units of one unit of a currency; null without a currency."""
    cases = " ".join(
        f"when {currency} in ({', '.join(map(literal, codes))}) then {10**digits}"
        for digits, codes in sorted(_unusual().items())
    )
    return f"case {cases} when {currency} is not null then {10**_USUAL_DIGITS} end"


@cache
def _unusual() -> dict[int, list[str]]:
    """Digits of the minor unit -> codes of currencies that have another number of them than two, by ISO 4217."""
    found = defaultdict(list)
    for code in CURRENCIES:
        try:
            digits = Currency(code).exponent
        except ValueError:  # given up; two, as the report takes it
            continue
        if digits is not None and digits != _USUAL_DIGITS:
            found[digits].append(code)
    return dict(found)
