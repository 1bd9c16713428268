"""What a damage of a whole day makes of its rows; ``shapes.py`` lists the damages."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.support.steady_logs import LAST, Row, steady_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    Change = Callable[[list[Row]], list[Row]]

_IDS = {"interactions": "interaction_id", "payments": "payment_id", "content": "content_id"}


def moved(**by: float) -> Change:
    """All times later by days, hours or minutes."""
    return lambda rows: [row | {"occurred_at": row["occurred_at"] + timedelta(**by)} for row in rows]


def cut_off(**parts: int) -> Change:
    """All times with one hour, minute or second."""
    return lambda rows: [row | {"occurred_at": row["occurred_at"].replace(**parts)} for row in rows]


def put(**values: object) -> Change:
    """One value in all rows."""
    return lambda rows: [row | values for row in rows]


def put_in_most(**values: object) -> Change:
    """One value in four of five rows."""
    return lambda rows: [row | (values if n % 5 else {}) for n, row in enumerate(rows)]


def times(name: str, factor: float) -> Change:
    """A number in another unit."""
    return lambda rows: [
        row if row[name] is None else row | {name: type(row[name])(row[name] * factor)} for row in rows
    ]


def only(keep: Callable[[Row], bool]) -> Change:
    """Some rows only."""
    return lambda rows: [row for row in rows if keep(row)]


def one_in(n: int) -> Change:
    """Every n-th row only."""
    return lambda rows: rows[::n]


def all_but_one_in(n: int) -> Change:
    """Without every n-th row."""
    return lambda rows: [row for number, row in enumerate(rows) if number % n]


def without(name: str, kind: str) -> Change:
    """Without the rows of a kind."""
    return only(lambda row: row[name] != kind)


def again(name: str, n: int, person: str = "") -> Change:
    """Each row ``n`` times under ids of its own, of members of its own where ``person`` is named."""

    def change(rows: list[Row]) -> list[Row]:
        return [
            row | {name: f"{row[name]}-{time}"} | ({person: f"{row[person]}{'x' * time}"} if person else {})
            for row in rows
            for time in range(n)
        ]

    return change


def renamed(name: str, form: str) -> Change:
    """Other ids for the same."""
    return lambda rows: [row | {name: form.format(row[name])} for row in rows]


def half_of_others(name: str) -> Change:
    """Every second row of members nobody knows."""
    return lambda rows: [row | ({name: f"x{row[name]}{n}"} if n % 2 else {}) for n, row in enumerate(rows)]


def numbered(name: str, form: str) -> Change:
    """Ids counted from the first row on."""
    return lambda rows: [row | {name: form.format(n)} for n, row in enumerate(rows)]


def capped(rows: list[Row]) -> list[Row]:
    """Exactly 50 rows of each of six members."""
    return [row | {"member_id": f"m{n % 6}"} for n, row in enumerate(rows[:300])]


def withdrawn(rows: list[Row]) -> list[Row]:
    """Nine of ten rows withdraw their key."""
    return [row | {"op": "delete" if n % 10 else "upsert"} for n, row in enumerate(rows)]


def swapped(rows: list[Row]) -> list[Row]:
    """Two members in each other's place."""
    other = {"m1": "m2", "m2": "m1"}
    return [row | {"member_id": other.get(row["member_id"], row["member_id"])} for row in rows]


def of_day_before(days: int, *, dated_anew: bool = True) -> Change:
    """The rows of an earlier day, under the date of this one or as they were."""

    def change(rows: list[Row]) -> list[Row]:
        log = next(log for log, key in _IDS.items() if key in rows[0])
        before = steady_rows(log, LAST - timedelta(days=days))
        return moved(days=days)(before) if dated_anew else before

    return change
