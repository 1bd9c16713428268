"""All rules applied to the log days that wait, in order; a day withheld is no past of the later ones."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from pipelines.contract import LOGS, Log
from pipelines.gates.shapes import columns, hours, numbers, people, repeats, volume
from pipelines.gates.shapes.shape import Seen, Shape

KEPT_DAYS = 56
"""Log days of the past that the rules may look at: eight of each weekday."""
AS_NEW_DAYS = 7
"""Log days withheld one after the other that look alike: from the next on they are taken for the new usual."""

_PLAIN: dict[str, Callable[[Shape, Sequence[Shape]], Seen]] = {
    "rows_short": volume.rows_short,
    "rows_many": volume.rows_many,
    "rows_cut": volume.rows_cut,
    "rows_withdrawn": volume.rows_withdrawn,
    "strangers": people.strangers,
    "one_member": people.one_member,
    "day_again": repeats.day_again,
    "ids_again": repeats.ids_again,
    "rows_repeated": repeats.rows_repeated,
    "times_alike": hours.times_alike,
    "rows_late": hours.rows_late,
    "rows_ahead": hours.rows_ahead,
}
_OF_COLUMNS: dict[str, Callable[[Shape, Sequence[Shape], Log], Seen]] = {
    "hours_moved": hours.hours_moved,
    "hours_missing": hours.hours_missing,
    "numbers_moved": numbers.numbers_moved,
    "columns_emptied": columns.columns_emptied,
    "columns_alike": columns.columns_alike,
    "kinds_gone": columns.kinds_gone,
    "kinds_new": columns.kinds_new,
    "currency_changed": columns.currency_changed,
}
RULES = (*_PLAIN, *_OF_COLUMNS)
"""Names of the rules, which are those of the columns that the suite looks at."""


def look(log: Log, day: Shape, past: Sequence[Shape]) -> dict[str, Seen]:
    """Return what each rule says of a day, given the log days before it."""
    plain = {name: rule(day, past) for name, rule in _PLAIN.items()}
    return plain | {name: rule(day, past, log) for name, rule in _OF_COLUMNS.items()}


def judge_shapes(
    log: str,
    waiting: Iterable[Shape],
    past: Iterable[Shape],
    withheld: Iterable[Shape] = (),
    unfit: Iterable[date] = (),
    waived: Iterable[date] = (),
    only_warned: Collection[str] = (),
) -> dict[date, dict[str, Seen]]:
    """Return what each rule says of each log day that waits.

    Args:
        log: The log they are of.
        waiting: Log days to judge.
        past: Log days that were accepted before; those that wait are not among them.
        withheld: Log days withheld before that are not judged now.
        unfit: Log days that are withheld for another reason.
        waived: Log days that flow on whatever is said of them, so that they are past of the later ones.
        only_warned: Rules that never withhold a day.
    """
    waived, unfit = set(waived), set(unfit) - set(waived)
    held = {shape.day: shape for shape in withheld}
    known = {shape.day: shape for shape in past if shape.rows}
    found: dict[date, dict[str, Seen]] = {}
    for day in sorted(waiting, key=lambda shape: shape.day):
        before = [known[one] for one in sorted(known) if one < day.day][-KEPT_DAYS:]
        seen = {
            name: replace(one, is_certain=one.is_certain and name not in only_warned)
            for name, one in look(LOGS[log], day, before).items()
        }
        if any(one.is_certain for one in seen.values()):
            seen = _as_new(LOGS[log], day, seen, _held_before(day, known, held))
        found[day.day] = seen
        if day.day in unfit or (day.day not in waived and any(one.is_certain for one in seen.values())):
            held[day.day] = day
        elif day.rows:
            known[day.day] = day
    return found


def _held_before(day: Shape, known: Mapping[date, Shape], held: Mapping[date, Shape]) -> list[Shape]:
    """Return the log days before a day if all of the latest were withheld; else none."""
    latest = sorted(one for one in known.keys() | held.keys() if one < day.day)[-AS_NEW_DAYS:]
    return [held[one] for one in latest] if len(latest) == AS_NEW_DAYS and all(one in held for one in latest) else []


def _as_new(log: Log, day: Shape, seen: dict[str, Seen], held: Sequence[Shape]) -> dict[str, Seen]:
    """Let a day pass with a warning where the days withheld before it look like it."""
    if not held:
        return seen
    again = look(log, day, [*held] * 4)
    return {
        name: replace(one, is_certain=False, said=f"{one.said}; so were the {len(held)} log days withheld before it")
        if one.is_certain and not again[name].value
        else one
        for name, one in seen.items()
    }
