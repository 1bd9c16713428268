"""What charts show, as plain data; ``static/charts.js`` draws it in the words and colours that the reader chose.

A figure has series on one x axis, in one panel or in several below each other. Words are ``Text``; a colour is the name
of a variable of the style sheet, without dashes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

from pipelines.report.parts.database import Row
from pipelines.report.parts.few import drawn
from pipelines.report.parts.text import Text

Figure = dict[str, Any]
Series = dict[str, Any]
Axis = Literal["number", "share"]
"""How the numbers of an axis are written; a share lies between 0 and 1 and is shown in percent."""


def column(rows: Sequence[Row], name: str) -> list[Any]:
    """One column of a result; days as ISO text."""
    return [value.isoformat() if isinstance(value := row[name], date) else value for row in rows]


def line(
    x: Sequence[Any],
    y: Sequence[Any],
    name: Text,
    ink: str,
    *,
    look: Literal["", "filled", "steps", "dotted", "thick", "marked"] = "",
    notes: Sequence[str] = (),
    metric: str = "",
    currency: str = "",
) -> Series:
    """Line through the points; gaps stay gaps. ``steps`` holds each value for its day, ``marked`` shows the points.

    ``notes`` are told of a point beside its numbers. ``metric`` is that of the catalogue whose values these are, one
    for each span of its own, in whole units of ``currency`` where they are money: its target is drawn beside them.
    """
    told = {"notes": list(notes)} if notes else {}
    return (
        {"kind": "line", "x": list(x), "y": list(y), "name": name, "ink": ink, "look": look}
        | told
        | _of(metric, currency)
    )


def bars(x: Sequence[Any], y: Sequence[Any], name: Text, ink: str, *, metric: str = "", currency: str = "") -> Series:
    """Vertical bars; of a ``metric`` as in ``line``."""
    return {"kind": "bars", "x": list(x), "y": list(y), "name": name, "ink": ink} | _of(metric, currency)


def _of(metric: str, currency: str) -> dict[str, str]:
    return {"metric": metric, "currency": currency} if metric else {}


def band(x: Sequence[Any], low: Sequence[Any], high: Sequence[Any], name: Text, ink: str) -> Series:
    """A filled band between two lines; gaps stay gaps."""
    return {"kind": "band", "x": list(x), "y": list(high), "low": list(low), "name": name, "ink": ink}


def points(x: Sequence[Any], y: Sequence[Any], name: Text, ink: str) -> Series:
    """Single points."""
    return {"kind": "points", "x": list(x), "y": list(y), "name": name, "ink": ink}


def interval(name: Text | str, value: float, low: float | None, high: float | None, ink: str, of: Text) -> Series:
    """One row of a chart of intervals: a point on a line from low to high, beside its name; ``of`` is its legend."""
    ends = [value if low is None else low, value if high is None else high]
    return {"kind": "interval", "x": ends, "y": [value, value], "name": name, "ink": ink, "of": of}


def intervals(rows: Sequence[Series], *, x_title: Text, decimals: int = 1) -> Figure:
    """Rows of ``interval`` below each other on one scale, with a line at 0 where that lies on it."""
    return {"series": list(rows), "panels": [], "x": {"title": x_title, "decimals": decimals}, "stacked": False}


def panels(rows: Sequence[tuple[Text, list[Series]]], *, summed: bool = False) -> Figure:
    """Small charts below each other on one x axis, each with its title and a y axis of its own.

    What is small in one stands beside what is large in another: no scale is shared but that of x. Where they are
    ``summed`` the title ends with the sum of what is drawn.
    """
    series = [one | {"panel": place} for place, (_, own) in enumerate(rows) for one in own]
    return {
        "series": series,
        "panels": [{"title": title, "sum": summed or None} for title, _ in rows],
        "x": {},
        "stacked": True,
    }


def panels_height(n: int) -> int:
    """Pixels that ``n`` panels need."""
    return 40 + 100 * n


def figure(
    series: list[Series],
    *,
    x_title: Text | None = None,
    y_title: Text | None = None,
    stacked: bool = False,
    x: Axis = "number",
    y: Axis = "number",
    metric: str = "",
    currency: str = "",
) -> Figure:
    """Series in one panel.

    Args:
        series: what is drawn, the first at the back.
        x_title: what the x axis tells, where that is not plain.
        y_title: what the y axis tells, likewise.
        stacked: whether bars stand on each other, those below 0 downwards; else beside each other.
        x: how x is written where it is a number.
        y: how y is written.
        metric: that which bars on each other come to together, as in ``line``.
        currency: of it.
    """
    return _of(metric, currency) | {
        "series": series,
        "panels": [{"axis": y, "y_title": y_title}],
        "x": {"title": x_title, "axis": x},
        "stacked": stacked,
    }


def plain(value: object) -> object:
    """Turn a figure into what JSON can hold: ``Text`` as {en, zh}, what is not said left out."""
    value = drawn(value)
    match value:
        case Text():
            return {"en": value.en, "zh": value.zh}
        case dict():
            return {key: plain(item) for key, item in value.items() if item is not None and item != ""}
        case list() | tuple():
            return [plain(item) for item in value]
        case date():
            return value.isoformat()
        case _:
            return value
