"""Figures in Plotly's terms, with two kinds of placeholder that the page's script resolves when it draws.

``Text`` becomes the words of the chosen language, ``Ink`` the colour of the chosen theme. Members' own words
never stand in a figure: Plotly reads tags in text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipelines.report.parts.database import Row
from pipelines.report.parts.few import drawn
from pipelines.report.parts.text import Text

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


def band(x: Sequence[Any], low: Sequence[Any], high: Sequence[Any], name: Text, ink: str) -> list[Trace]:
    """A filled band between two lines; gaps stay gaps."""
    edge = {"showlegend": False, "hoverinfo": "skip"}
    filled = {"fill": "tonexty", "fillcolor": Ink(ink, 0.15)}
    return [line(x, low, name, ink, width=0) | edge, line(x, high, name, ink, width=0) | edge | filled]


def points(x: Sequence[Any], y: Sequence[Any], name: Text, ink: str) -> Trace:
    """Single points."""
    return line(x, y, name, ink) | {"mode": "markers", "marker": {"color": Ink(ink), "size": 8}}


def panels(rows: Sequence[tuple[Text, list[Trace]]], **layout: object) -> Figure:
    """Small charts below each other on one x axis, each with its title and a y axis of its own.

    What is small in one stands beside what is large in another: no scale is shared but time.
    """
    share = 1 / len(rows)
    axes: Figure = {}
    data: list[Trace] = []
    titles = []
    for place, (title, traces) in enumerate(rows):
        suffix = "" if place == 0 else str(place + 1)
        top = 1 - place * share
        axes[f"yaxis{suffix}"] = {"domain": [max(top - 0.72 * share, 0), top - 0.22 * share], "nticks": 3}
        axes[f"yaxis{suffix}"]["rangemode"] = "tozero"
        data += [trace | {"yaxis": f"y{suffix}"} for trace in traces]
        place_of_title = {"x": 0, "xref": "paper", "xanchor": "left", "y": top - 0.2 * share, "yref": "paper"}
        titles.append({"text": title, "showarrow": False, "yanchor": "bottom"} | place_of_title)
    axes["xaxis"] = {"anchor": "y" if len(rows) == 1 else f"y{len(rows)}"}
    own: Figure = {"showlegend": False, "hoversubplots": "axis", "annotations": titles, **axes, **layout}
    return {"data": data, "layout": own}


def panels_height(n: int) -> int:
    """Pixels that ``n`` panels need."""
    return 40 + 100 * n


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
    value = drawn(value)
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
