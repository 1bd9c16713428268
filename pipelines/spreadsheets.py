"""Text in CSV files that a spreadsheet would run as a formula is made plain. Python and DuckDB use one pattern.

What counts follows OWASP's page on CSV injection: cells that start with ``=``, ``+``, ``-``, ``@`` or their full-width
kin, with blanks or quotes before them too, and cells that start with a tab or a line end. A spreadsheet of a country
whose lists are separated by semicolons cuts cells there, so what follows one counts as a start.
"""

from __future__ import annotations

import re

from pipelines.sql import identifier, literal

_SIGNS = r"=+\-@" + "＝＋－＠﹦﹢﹣﹫⁼⁺⁻₌₊₋−"
_SKIPPED = (
    '"'
    + r"\x00-\x08\x0b\x0c\x0e-\x20"
    + "\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f"
    + "\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\U000e0000-\U000e0fff"
)
"""What may stand unseen before a sign: blanks, controls, marks without width, and quotes."""
_START = f"(^|[;\\t\\r\\n])([{_SKIPPED}]*[{_SIGNS}])"
_FIRST = r"^([\x00\t\r\n])"
_PLAIN = re.compile(_START), re.compile(_FIRST)


def plain_cell(value: object) -> object:
    """Return a cell's value; a text that a spreadsheet would run gets apostrophes before what makes it one."""
    if not isinstance(value, str):
        return value
    start, first = _PLAIN
    return first.sub(r"'\1", start.sub(r"\1'\2", value))


def plain_cell_sql(column: str, type_: str) -> str:
    """Return the select expression of a column that does the same; numbers, days and times stay as they are."""
    quoted = identifier(column)
    if not any(of_text in type_ for of_text in ("VARCHAR", "JSON", "ENUM", "BLOB")):
        return quoted
    started = f"regexp_replace({quoted}::varchar, {literal(_START)}, '\\1''\\2', 'g')"
    return f"regexp_replace({started}, {literal(_FIRST)}, '''\\1') as {quoted}"
