"""Counts of members that are shown only from a least count on, and what would tell the smaller ones.

With ``GUILDBOOK_LEAST_SHOWN_COUNT`` = k a count of members is shown as a multiple of k, and one from 1 to k - 1 as
``<k``, so that no difference of two counts gives a small one away. What is computed from a small count is left out. The
numbers keep their value for arithmetic; how they are written, drawn and exported is decided here alone.
"""
# ruff: noqa: ANN401 - operators take and give what those of numbers do

from __future__ import annotations

from typing import Any, Self

HIDDEN = "–"
"""What is written for a number that would tell a small count."""


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
        return Share(int(self) / float(int(other)), is_hidden=self.is_small or is_small(other) or rest)

    def __rtruediv__(self, other: Any) -> Share:
        """What falls to each."""
        return Share(float(other) / int(self), is_hidden=self.is_small or is_small(other))


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
        return Share(value, is_hidden=self.is_hidden or is_small(other))

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


def is_small(value: object) -> bool:
    """Whether a value, or any of a list, is a small count or was computed from one."""
    if isinstance(value, list):
        return any(is_small(one) for one in value)
    return value.is_small if isinstance(value, Count) else is_hidden(value)
