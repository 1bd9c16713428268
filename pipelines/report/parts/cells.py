"""Cells that several tables share: pieces, events, numbers sorted with what is not known last, shares with their n."""

from __future__ import annotations

from pipelines.lake.own_pages import EVENT, PIECE
from pipelines.report.parts.blocks import Cell
from pipelines.report.parts.database import Row
from pipelines.report.parts.linked import One
from pipelines.report.parts.text import MISSING, Number, decimal, integer, percent


def piece(row: Row, id_: str = "content_id", title: str = "title") -> Cell:
    """A piece by its title, by its id without one; it leads to the piece's own page."""
    return Cell(MISSING if row[id_] is None else One(PIECE, row[id_], row[title]))


def event(row: Row, without: object = MISSING) -> Cell:
    """An event by its title, by its id without one; it leads to the event's own page."""
    return Cell(without if row["event_id"] is None else One(EVENT, row["event_id"], row["title"]))


def number(shown: object, value: Number | None) -> Cell:
    """A number as it is shown, sorted by its value; what is not known comes after everything that is."""
    return Cell(shown, -1e9 if value is None else float(value))


def share(row: Row, name: str, *, ends: str = "", n: str = "", least: int = 0) -> Cell:
    """A share with its interval, of the columns ``ends``_low and _high, and its n; a dash below the least n.

    Args:
        row: of a result.
        name: column of the share.
        ends: what the columns of its interval begin with; the share's own name if empty.
        n: column that it is a share of; not shown if empty.
        least: n from which it is shown.
    """
    if row[name] is None or (n and (row[n] is None or row[n] < least)):
        return number(MISSING, None)
    low, high = (percent(row[f"{ends or name}_{end}"]) for end in ("low", "high"))
    return number(
        f"{percent(row[name])} ({low.rstrip('%')}–{high}{f', n = {integer(row[n])}' if n else ''})", row[name]
    )


def influence(row: Row) -> str:
    """The influence of an event in active days, with its interval where there is one."""
    if row["influence_low"] is None:
        return _one_digit(row["influence"])
    ends = "–".join(_one_digit(row[name]) for name in ("influence_low", "influence_high"))
    return f"{_one_digit(row['influence'])} ({ends})"


def _one_digit(value: float | None) -> str:
    """A true minus, and none before a zero."""
    return decimal(value, 1).replace("-0.0", "0.0").replace("-", "\N{MINUS SIGN}")
