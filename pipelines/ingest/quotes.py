"""Cutting one CSV record with quotes into its fields, by the rules of DuckDB's strict reader.

Python's own reader differs from it beside a quote: one space before and any after are left out, and a closed quote
may open again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

_OPENING = re.compile(' ?"')
_QUOTED = re.compile('[^"]*(?:" *"[^"]*)*')
_CLOSING = re.compile('" *(,|$|[\r\n])')
_PLAIN = re.compile("[^,\r\n]*(,?)")
_ESCAPED = re.compile('"(.?)')


class Malformed(Exception):  # noqa: N818 - a verdict on a record, not an error of the program
    """A record that cannot be read; the message says why."""


def quoted_fields(texts: Iterator[str]) -> list[str]:
    """Cut a record into fields; of ``texts``, lines with their ends, no more are taken than it needs.

    Raises:
        Malformed: The lines end while a quote is open, or text follows a closed quote.
    """
    text, at, fields = next(texts), 0, list[str]()
    while True:
        if opening := _OPENING.match(text, at):
            quoted = _any_match(_QUOTED, text, opening.end())
            parts = [quoted.group()]
            while quoted.end() == len(text):
                if not (text := next(texts, "")):
                    raise Malformed("a quote is not closed")
                quoted = _any_match(_QUOTED, text)
                parts.append(quoted.group())
            if not (end := _CLOSING.match(text, quoted.end())):
                raise Malformed("no line of CSV: text follows a quote" if len(parts) == 1 else "a quote is not closed")
            fields.append(_ESCAPED.sub(r"\1", "".join(parts)))
        else:
            end = _any_match(_PLAIN, text, at)
            fields.append(text[at : end.start(1)])
        at = end.end()
        if end[1] != ",":
            break
    if text[at:].strip("\r\n"):
        raise Malformed("a carriage return stands inside the line")
    return fields


def _any_match(pattern: re.Pattern[str], text: str, at: int = 0) -> re.Match[str]:
    """Match a pattern that matches the empty text too."""
    return cast("re.Match[str]", pattern.match(text, at))
