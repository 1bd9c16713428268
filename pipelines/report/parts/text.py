"""Text in both languages and the numbers, days and changes that people read. No queries, no page layout.

Numbers carry no more digits than their n supports. A missing value is a dash, never zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from markupsafe import Markup, escape

from pipelines.report.parts.few import is_hidden

MISSING = "–"
Number = int | float | Decimal
_WEEKDAYS_ZH = "一二三四五六日"


@dataclass(frozen=True)
class Text:
    """The same words in English and in Chinese; templates print both and the style sheet shows one."""

    en: str
    zh: str

    def __html__(self) -> Markup:
        """Both languages as escaped HTML; words that don't differ are printed once."""
        if self.en == self.zh:
            return escape(self.en)
        return Markup('<span lang="en">{}</span><span lang="zh-Hans">{}</span>').format(self.en, self.zh)

    def __add__(self, other: Text | str) -> Text:
        """Join two texts language by language."""
        tail = other if isinstance(other, Text) else Text(other, other)
        return Text(self.en + tail.en, self.zh + tail.zh)


@dataclass(frozen=True)
class Claim(Text):
    """What a page says of its own trustworthiness; the browser takes it back when a later run stopped."""

    def __html__(self) -> Markup:
        """Both languages as HTML, marked."""
        return Markup("<span data-trust>{}</span>").format(Text(self.en, self.zh))


def joined(texts: Iterable[Text]) -> Text:
    """Texts in a row, with semicolons between."""
    texts = list(texts)
    return Text("; ".join(one.en for one in texts), "；".join(one.zh for one in texts))


def integer(value: Number | None) -> str:
    """Whole number with thousands separators."""
    return MISSING if value is None else f"{value:,.0f}"


def decimal(value: Number | None, digits: int = 2) -> str:
    """Number with a fixed count of decimals."""
    return MISSING if value is None else f"{value:,.{digits}f}"


def percent(share: Number | None, n: int | None = None) -> str:
    """Share as per cent: one decimal from ``n`` = 1,000 on, whole below or where n is unknown.

    Only a share of nothing or of everything reads as 0 or 100.
    """
    if share is None or is_hidden(share):
        return MISSING
    digits = 1 if n is not None and n >= 1000 else 0
    step = 10.0**-digits
    shown = f"{100 * share:.{digits}f}"
    if 0 < share < 1 and float(shown) in (0, 100):
        return f"<{step:g}%" if float(shown) == 0 else f">{100 - step:g}%"
    return f"{shown}%"


def size(n_bytes: Number | None) -> str:
    """File size in the largest fitting unit."""
    if n_bytes is None:
        return MISSING
    value = float(n_bytes)
    for unit in ("B", "kB", "MB"):
        if value < 1000:
            return f"{value:.0f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def money(minor: Number | None, currency: str) -> str:
    """Amount in minor units as whole units of its currency, such as 1,234 CNY, with a true minus."""
    return MISSING if minor is None else f"{major(minor, currency):,.0f} {currency}".replace("-", "\N{MINUS SIGN}")


def price(minor: Number | None, currency: str | None, *, named: bool = True) -> str:
    """Amount to its smallest unit, such as 12.50 CNY; without a currency where none is known or ``named`` is false."""
    if minor is None:
        return MISSING
    code = currency or ""
    shown = decimal(major(minor, code), _minor_digits(code))
    return f"{shown} {code}".rstrip() if named else shown


def major(minor: Number, currency: str) -> float:
    """Amount in minor units in units of its currency."""
    return (minor if isinstance(minor, float) else float(minor)) / 10.0 ** _minor_digits(currency)


@cache
def _minor_digits(currency: str) -> int:
    """Digits of the minor unit after ISO 4217; two where it knows none, as of a currency that is no more."""
    from iso4217 import Currency  # noqa: PLC0415 - reading its table takes longer than many a command that says a text

    try:
        digits = Currency(currency).exponent
    except ValueError:
        return 2
    return 2 if digits is None else digits


def signed(value: Number) -> str:
    """Whole number with its sign, a true minus."""
    return f"{value:+,.0f}".replace("-", "\N{MINUS SIGN}")


def day(value: date | None) -> Text:
    """Day of the month, such as 19 Nov 2026."""
    if value is None:
        return Text(MISSING, MISSING)
    return Text(f"{value.day} {value:%b %Y}", f"{value.year}年{value.month}月{value.day}日")


def weekday(value: date) -> Text:
    """Name of the day of the week."""
    return Text(f"{value:%A}", f"周{_WEEKDAYS_ZH[value.weekday()]}")


def days(count: int) -> Text:
    """A number of days."""
    return Text(f"{count:,} day{'' if count == 1 else 's'}", f"{count:,} 天")


def ago(value: date | None, today: date) -> Text:
    """How long before ``today`` (the data's last day) a day was."""
    if value is None:
        return Text("never", "从未")
    gap = (today - value).days
    return Text("same day", "当天") if gap <= 0 else days(gap) + Text(" ago", "前")


def month(value: date) -> Text:
    """Month of a year, such as Nov 2026."""
    return Text(f"{value:%b %Y}", f"{value.year}年{value.month}月")


def month_names(values: Sequence[date], through: date) -> list[Text]:
    """Months of charts and tables; of one that is not over on the data's last day, how many days of it are in."""
    return [Text(f"{value:%Y-%m}", f"{value:%Y-%m}") + so_far(value, through) for value in values]


def so_far(value: date, through: date) -> Text:
    """How many days of a month are in, where the data ends before it is over; nothing of one that is."""
    is_running = (value.year, value.month) == (through.year, through.month) and (through + timedelta(days=1)).day > 1
    if not is_running:
        return Text("", "")
    return Text(f" (so far, {days(through.day).en})", f"（至今 {through.day} 天）")


def hours(value: Number | None) -> Text:
    """A wait in the unit that people would use."""
    if value is None:
        return Text(MISSING, MISSING)
    if value < 1:
        return Text(f"{60 * value:.0f} min", f"{60 * value:.0f} 分钟")
    if value < 48:
        return Text(f"{value:.1f} hours", f"{value:.1f} 小时")
    return Text(f"{value / 24:,.1f} days", f"{value / 24:,.1f} 天")


def plural(count: Number | None, one: str, many: str) -> str:
    """English count with its noun."""
    return f"{integer(count)} {one if count == 1 else many}"
