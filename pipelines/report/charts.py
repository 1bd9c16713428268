"""Figures in Plotly's terms, with two kinds of placeholder that the page's script resolves when it draws.

``Text`` becomes the words of the chosen language, ``Ink`` the colour of the chosen theme. Members' own words
never stand in a figure: Plotly reads tags in text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipelines.report.database import Row
from pipelines.report.text import Text

Figure = dict[str, Any]
Trace = dict[str, Any]


@dataclass(frozen=True)
class Ink:
    """A colour of the style sheet, by the name of its variable without dashes; ``alpha`` thins it."""

    name: str
    alpha: float = 1.0


def column(rows: Sequence[Row], name: str) -> list[Any]:
    """One column of a result; days as ISO text."""
    return [value.isoformat() if isinstance(value := row[name], date) else value for row in rows]


def line(x: Sequence[Any], y: Sequence[Any], name: Text, ink: str, *, width: float = 2, fill: bool = False) -> Trace:
    """Line through the points; gaps stay gaps."""
    trace: Trace = {
        "type": "scatter",
        "mode": "lines",
        "x": list(x),
        "y": list(y),
        "name": name,
        "line": {"color": Ink(ink), "width": width},
        "connectgaps": False,
    }
    return trace | ({"fill": "tozeroy", "fillcolor": Ink(ink, 0.12)} if fill else {})


def bars(x: Sequence[Any], y: Sequence[Any], name: Text, ink: str) -> Trace:
    """Vertical bars."""
    return {"type": "bar", "x": list(x), "y": list(y), "name": name, "marker": {"color": Ink(ink)}}


def figure(
    traces: list[Trace], *, x_title: Text | None = None, y_title: Text | None = None, **layout: object
) -> Figure:
    """Traces and their own part of the layout, in Plotly's names; the script adds what all charts share."""
    own: Figure = {"showlegend": len(traces) > 1, **layout}
    for axis, title in (("xaxis", x_title), ("yaxis", y_title)):
        if title is not None:
            own[axis] = {"title": {"text": title}, **own.get(axis, {})}
    return {"data": traces, "layout": own}


def plain(value: object) -> object:
    """Turn a figure into what JSON can hold: ``Text`` as {en, zh}, ``Ink`` as {ink, alpha}."""
    match value:
        case Text():
            return {"en": value.en, "zh": value.zh}
        case Ink():
            return {"ink": value.name, "alpha": value.alpha}
        case dict():
            return {key: plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case date():
            return value.isoformat()
        case _:
            return value
