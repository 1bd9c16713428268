"""Counts of members that are shown only from a least count on, and what would tell the smaller ones.

With ``GUILDBOOK_LEAST_SHOWN_COUNT`` = k a count of members is shown as a multiple of k, and one from 1 to k - 1 as
``<k``, so that no difference of two counts gives a small one away. What is computed from a small count is left out. The
numbers keep their value for arithmetic; how they are written, drawn and exported is decided here alone.
"""
# ruff: noqa: ANN401 - operators take and give what those of numbers do

from __future__ import annotations

from typing import Any, Self

from pipelines.report.few_columns import BASES, COUNTS, FOLLOWERS, KEYS, OF_COUNTS, SHARES, VALUES, is_share

_DIGITS = 2
"""Digits of a share of members: all of them would tell both counts, of which it is the quotient."""
HIDDEN = "–"
"""What is written for a number that would tell a small count."""

Row = dict[str, Any]


class Count(int):
    """A number of members. It is written, drawn and exported as a multiple of ``least``, or as under it."""

    least: int

    def __new__(cls, value: float, least: int) -> Self:
        """Take the whole number nearest to a mean or sum of probabilities."""
        made = super().__new__(cls, round(value))
        made.least = least
        return made

    @property
    def is_small(self) -> bool:
        """Whether it may not be told."""
        return 0 < abs(int(self)) < self.least

    @property
    def shown(self) -> int | None:
        """The nearest multiple of the least count; None where it is small."""
        if self.is_small:
            return None
        multiple = max(round(abs(int(self)) / self.least), 1) * self.least if int(self) else 0
        return multiple if int(self) > 0 else -multiple

    def __format__(self, spec: str) -> str:
        """Write what may be shown."""
        return f"<{self.least}" if self.shown is None else format(self.shown, spec)

    def __str__(self) -> str:
        """Write what may be shown."""
        return format(self, "")

    __repr__ = __str__

    def _with(self, value: float, other: object) -> Count | Share:
        if isinstance(other, Share):
            return Share(value, is_hidden=other.is_hidden or self.is_small)
        is_whole = isinstance(other, int)
        return Count(value, self.least) if is_whole else Share(value, is_hidden=self.is_small)

    def __add__(self, other: Any) -> Any:
        """Another count of members."""
        return self._with(float(int(self)) + float(int(other) if isinstance(other, int) else other), other)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        """Another count of members."""
        return self + (-other)

    def __rsub__(self, other: Any) -> Any:
        """Another count of members."""
        return -self + other

    def __neg__(self) -> Count:
        """As many the other way."""
        return Count(-int(self), self.least)

    def __abs__(self) -> Count:
        """As many, whichever way."""
        return Count(abs(int(self)), self.least)

    def __mul__(self, other: Any) -> Any:
        """Another count of members."""
        return self._with(int(self) * (int(other) if isinstance(other, int) else float(other)), other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Share:
        """A share; hidden where either count, or the rest of the larger, is small."""
        rest = isinstance(other, Count) and Count(int(other) - int(self), self.least).is_small
        return Share(int(self) / float(int(other)), is_hidden=self.is_small or _is_small(other) or rest)

    def __rtruediv__(self, other: Any) -> Share:
        """What falls to each."""
        return Share(float(other) / int(self), is_hidden=self.is_small or _is_small(other))


class Share(float):
    """A share, mean or amount that small counts may have gone into; then it is not told."""

    is_hidden: bool

    def __new__(cls, value: float, *, is_hidden: bool) -> Self:
        """Mark a number."""
        made = super().__new__(cls, value)
        made.is_hidden = is_hidden
        return made

    def __format__(self, spec: str) -> str:
        """Write it, or a dash."""
        return HIDDEN if self.is_hidden else format(float(self), spec)

    def __str__(self) -> str:
        """Write it, or a dash."""
        return HIDDEN if self.is_hidden else str(float(self))

    __repr__ = __str__

    def _with(self, value: float, other: object) -> Share:
        return Share(value, is_hidden=self.is_hidden or _is_small(other))

    def __add__(self, other: Any) -> Share:
        """Another such number."""
        return self._with(float(self) + float(other), other)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Share:
        """Another such number."""
        return self._with(float(self) - float(other), other)

    def __rsub__(self, other: Any) -> Share:
        """Another such number."""
        return self._with(float(other) - float(self), other)

    def __neg__(self) -> Share:
        """Another such number."""
        return Share(-float(self), is_hidden=self.is_hidden)

    def __abs__(self) -> Share:
        """Another such number."""
        return Share(abs(float(self)), is_hidden=self.is_hidden)

    def __mul__(self, other: Any) -> Share:
        """Another such number."""
        return self._with(float(self) * float(other), other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Share:
        """Another such number."""
        return self._with(float(self) / float(other), other)

    def __rtruediv__(self, other: Any) -> Share:
        """Another such number."""
        return self._with(float(other) / float(self), other)


def is_hidden(value: object) -> bool:
    """Whether a number may not be told."""
    return isinstance(value, Share) and value.is_hidden


def is_told(value: object) -> bool:
    """Whether a value decides itself how it is written."""
    return isinstance(value, (Count, Share))


def drawn(value: Any) -> Any:
    """Return a number as it may stand in a chart, a style or a sorting key; None where it may not be told."""
    if isinstance(value, Count):
        return value.shown
    if isinstance(value, Share):
        return None if value.is_hidden else float(value)
    return value


def guard(rows: list[Row], least: int) -> list[Row]:
    """Return rows of a query whose counts of members, and what was computed from them, know what may be told."""
    return _hide_stickiness([_guard(row, least) for row in rows])


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
    small = {name for name, value in made.items() if _is_small(value)}
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
    small = any(_is_small(value) for row in rows if {row.get(key) for key in KEYS} & measures for value in row.values())
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


def _count(value: Any, least: int) -> Any:
    if isinstance(value, list):
        return [_count(one, least) for one in value]
    return None if value is None else Count(value, least)


def _is_small(value: object) -> bool:
    if isinstance(value, list):
        return any(_is_small(one) for one in value)
    return value.is_small if isinstance(value, Count) else is_hidden(value)
