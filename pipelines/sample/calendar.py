"""Time in the sample community: days as numbers, the daily and weekly rhythm, and times as text.

Inside the simulator a time is a whole number of seconds of wall clock since the first day's local midnight,
and a day is that number divided by 86,400. Only this module turns them into calendar text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]
TimeStyle = Literal["local", "offset", "utc"]

DAY_S = 86_400

_HOURS = [3, 2, 1, 1, 1, 1, 2, 4, 8, 14, 17, 15, 9, 11, 15, 16, 15, 12, 9, 12, 18, 21, 17, 9]
"""Relative number of sessions that start in each local hour: office hours, a lunch dip, a long evening."""

_WEEKDAYS = [1.08, 1.12, 1.12, 1.08, 1.0, 0.72, 0.78]
"""Activity relative to an average day, Monday first."""


def only(flags: Flags, values: Texts) -> Texts:
    """Return ``values`` where ``flags`` holds and ``None`` elsewhere."""
    kept = np.full(len(flags), None, dtype=object)
    kept[flags] = values[flags]
    return kept


@dataclass(frozen=True)
class Calendar:
    """The calendar of one sample: its first day, number of days and time zone."""

    first_day: date
    days: int
    timezone: str

    @property
    def weekday_factors(self) -> Floats:
        """Activity relative to an average day, for each day of the sample and of the 60 days after it."""
        weekdays = (self.first_day.weekday() + np.arange(self.days + 60)) % 7
        return np.asarray(_WEEKDAYS)[weekdays]

    def day(self, number: int) -> date:
        """Return the date of day ``number``; day 0 is the first."""
        return self.first_day + timedelta(days=int(number))

    def weekday(self, numbers: Ints) -> Ints:
        """Return the weekday of each day, Monday being 0."""
        return (self.first_day.weekday() + numbers) % 7

    def add_months(self, numbers: Ints, months: Ints) -> Ints:
        """Return each day moved on by its months; a day that the month lacks becomes the month's last."""
        epoch = np.datetime64(self.first_day, "D")
        days = epoch + numbers.astype("timedelta64[D]")
        month = days.astype("datetime64[M]")
        target = month + months.astype("timedelta64[M]")
        last = (target + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
        moved = target.astype("datetime64[D]") + (days - month.astype("datetime64[D]"))
        return np.asarray(np.minimum(moved, last) - epoch, dtype=np.int64)

    def sessions(self, rng: np.random.Generator, members: int) -> Ints:
        """Draw the second of the day at which each member's session starts; shape (days, members)."""
        weights = np.asarray(_HOURS, dtype=np.float64)
        hours = rng.choice(24, size=(self.days, members), p=weights / weights.sum())
        return hours * 3600 + rng.integers(0, 3600, size=(self.days, members))

    def days_text(self, numbers: npt.ArrayLike) -> Texts:
        """Return days as ISO 8601 dates."""
        days = np.datetime64(self.first_day, "D") + np.asarray(numbers, dtype=np.int64).astype("timedelta64[D]")
        return np.datetime_as_string(days).astype(object)

    def times_text(self, seconds: npt.ArrayLike, style: TimeStyle) -> Texts:
        """Return times as ISO 8601 text, ``None`` where the number is missing.

        Args:
            seconds: Wall clock seconds since the first day's midnight; NaN where unknown.
            style: ``local`` writes no offset, ``offset`` writes the zone's, ``utc`` writes Z.
        """
        values = np.asarray(seconds, dtype=np.float64)
        known = ~np.isnan(values)
        text = np.full(len(values), None, dtype=object)
        naive = pd.Timestamp(self.first_day) + pd.to_timedelta(values[known].astype(np.int64), unit="s")
        local = pd.DatetimeIndex(naive).tz_localize(
            self.timezone, ambiguous=np.ones(len(naive), dtype=bool), nonexistent="shift_forward"
        )
        utc = local.tz_convert("UTC").tz_localize(None).to_numpy().astype("datetime64[s]")
        wall = local.tz_localize(None).to_numpy().astype("datetime64[s]")
        text[known] = np.datetime_as_string(utc if style == "utc" else wall).astype(object)
        if style == "utc":
            text[known] += "Z"
        elif style == "offset":
            minutes, where = np.unique((wall - utc).astype(np.int64) // 60, return_inverse=True)
            signs = [f"{'-' if m < 0 else '+'}{abs(m) // 60:02d}:{abs(m) % 60:02d}" for m in minutes.tolist()]
            text[known] += np.asarray(signs, dtype=object)[where]
        return text
