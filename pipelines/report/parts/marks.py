"""Marks small enough to stand in a line of text: sparkline, bar, heat cell, day strip, badge.

Figures live in charts.py. Only numbers and fixed class names are written into the SVG and styles; every text
goes through escaping.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from pipelines.report.parts.blocks import Tone
from pipelines.report.parts.few import drawn
from pipelines.report.parts.text import Text

_WIDTH, _HEIGHT, _EDGE = 120, 28, 3


def sparkline(values: Sequence[float | None]) -> Markup:
    """Line of a series without axes, its last point marked; a gap stays a gap. Empty below two values."""
    values = [drawn(value) for value in values]
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return Markup("")
    low, span = min(known), (max(known) - min(known)) or 1
    step = (_WIDTH - 2 * _EDGE) / (len(values) - 1)
    inner = _HEIGHT - 2 * _EDGE
    lines: list[list[str]] = [[]]
    for i, value in enumerate(values):
        if value is None:
            lines.append([])
        else:
            lines[-1].append(f"{_EDGE + i * step:.1f},{_EDGE + inner * (1 - (value - low) / span):.1f}")
    pieces = [line for line in lines if line]
    body = Markup("").join(Markup('<polyline points="{}"/>').format(" ".join(line)) for line in pieces)
    return Markup(
        '<svg class="spark" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">{}<path d="M{}h0"/></svg>'
    ).format(_WIDTH, _HEIGHT, body, pieces[-1][-1])


def bar(share: float, label: str, tone: Tone = "neutral") -> Markup:
    """Number with a bar behind it; the bar ends at a share of 1."""
    width = max(0.0, min(drawn(share) or 0.0, 1.0)) * 100
    return Markup('<span class="bar {}"><i style="width:{:.1f}%"></i><b>{}</b></span>').format(tone, width, label)


def bar_of(share: float, label: str, of: str, tone: Tone = "neutral") -> Markup:
    """A bar with what its number is a share of something else beside it, so that bars below each other begin alike."""
    return Markup('{}<small class="of">{}</small>').format(bar(share, label, tone), of)


def heat(share: float, label: str) -> Markup:
    """Number on a ground that is stronger the larger the share."""
    return Markup('<span class="heat" style="--heat:{:.3f}">{}</span>').format(
        max(0.0, min(drawn(share) or 0.0, 1.0)), label
    )


def badge(text: Text, tone: Tone) -> Markup:
    """Short word on a coloured ground."""
    return Markup('<span class="badge {}">{}</span>').format(tone, text)


def unbroken(text: Text | str) -> Markup:
    """Text that stays on one line, such as a day or month in a narrow column."""
    return Markup('<span class="unbroken">{}</span>').format(text)


def strip(days: Sequence[tuple[str, str]]) -> Markup:
    """Row of small squares, one a day: a class name (none, some, bad) and what the pointer shows."""
    squares = Markup("").join(Markup('<i class="{}" title="{}"></i>').format(state, label) for state, label in days)
    return Markup('<span class="strip">{}</span>').format(squares)


def lines(items: Sequence[Text]) -> Markup:
    """Texts below each other."""
    return Markup('<ul class="lines">{}</ul>').format(
        Markup("").join(Markup("<li>{}</li>").format(item) for item in items)
    )
