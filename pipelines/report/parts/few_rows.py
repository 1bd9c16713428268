"""Rows of the pages' queries where small counts of members are not shown: which of their numbers may be told."""

from __future__ import annotations

from typing import Any

from pipelines.report.parts.few import Count, Share, is_hidden, is_small
from pipelines.report.parts.few_columns import (
    BASES,
    BIN,
    COUNTS,
    FOLLOWERS,
    KEYS,
    OF_COUNTS,
    SHARES,
    STEPS,
    VALUES,
    is_share,
)

Row = dict[str, Any]

_DIGITS = 2
"""Digits of a share of members: all of them would give both counts away."""


def guard(rows: list[Row], least: int) -> list[Row]:
    """Return rows of a query whose counts of members, and what was computed from them, know what may be told."""
    return _hide_beside(_hide_stickiness([_guard(row, least) for row in rows]))


def _guard(row: Row, least: int) -> Row:
    made = dict(row)
    subject = next((row[key] for key in KEYS if key in row), None)
    if subject is not None:
        for name in VALUES:
            if name in row and subject in COUNTS:
                made[name] = _count(row[name], least)
            elif subject in OF_COUNTS and row.get(name) is not None:
                made[name] = Share(float(row[name]), is_hidden=True)
    for name in COUNTS & row.keys():
        made[name] = _count(row[name], least)
    small = {name for name, value in made.items() if is_small(value)}
    for name, value in row.items():
        bases = BASES.get(name)
        if (
            isinstance(value, (int, float))
            and not isinstance(value, bool)
            and not isinstance(made[name], (Count, Share))
        ):
            depends = set(bases) & small if bases else small if isinstance(value, float) or name in OF_COUNTS else set()
            if depends or _tells(value, made.get(SHARES.get(name, ""))):
                made[name] = Share(float(value), is_hidden=True)
            elif is_share(name) and COUNTS & row.keys():
                made[name] = Share(round(value, _DIGITS), is_hidden=False)
    hidden = {name for share, names in FOLLOWERS.items() if is_hidden(made.get(share)) for name in names}
    for name in hidden & row.keys():
        made[name] = None if row[name] is None else Share(float(row[name]), is_hidden=True)
    return made


def _tells(share: float, of: object) -> bool:
    """Whether a share of a count, or what is left of it, is a small count."""
    if not isinstance(of, Count) or not 0 <= share <= 1:
        return False
    part = Count(share * int(of), of.least)
    return part.is_small or Count(int(of) - int(part), of.least).is_small


def _hide_stickiness(rows: list[Row]) -> list[Row]:
    """Hide DAU / MAU, which stands in a row of its own, where either is small in any row beside it."""
    measures = {"dau", "mau"}
    small = any(is_small(value) for row in rows if {row.get(key) for key in KEYS} & measures for value in row.values())
    for row in rows if small else []:
        if "stickiness" in {row.get(key) for key in KEYS}:
            row |= {
                name: [Share(one, is_hidden=True) for one in row[name] if one is not None]
                if isinstance(row[name], list)
                else Share(row[name], is_hidden=True)
                for name in VALUES
                if row.get(name) is not None
            }
    return rows


def _hide_beside(rows: list[Row]) -> list[Row]:
    """Hide the smallest number beside one that alone is hidden, where they add up to what is known."""
    for row in rows:
        _hide_second([(row, step) for step in STEPS if step in row])
    if rows and BIN in rows[0]:
        _hide_second([(row, "n_interactions") for row in rows])
    return rows


def _hide_second(cells: list[tuple[Row, str]]) -> None:
    hidden = [cell for cell in cells if is_hidden(cell[0][cell[1]])]
    others = [(row, name) for row, name in cells if row[name] and not is_hidden(row[name])]
    if len(hidden) == 1 and others:
        row, name = min(others, key=lambda cell: abs(cell[0][cell[1]]))
        row[name] = Share(float(row[name]), is_hidden=True)


def _count(value: Any, least: int) -> Any:  # noqa: ANN401 - a number, a list of them, or none
    if isinstance(value, list):
        return [_count(one, least) for one in value]
    return None if value is None else Count(value, least)
