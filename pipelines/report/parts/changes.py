"""By how much a metric differs from the period before, in the unit that people read, and whether that is good."""

from __future__ import annotations

from typing import Any

from pipelines.metrics.metric import Metric, catalogue
from pipelines.report.parts.blocks import Tone
from pipelines.report.parts.few import is_hidden
from pipelines.report.parts.text import MISSING, Number, Text, major, signed

_LEAST = {"share": 0.0005} | dict.fromkeys(("hours", "ratio", "score", "points", "number"), 0.05)
"""Unit -> the least change that is written as more than none; of counts and amounts half a whole one."""


def change(metric: Metric, now: Number | None, before: Number | None, currency: str = "") -> tuple[str | Text, Tone]:
    """Return the change of a figure as the marts hold it; a dash where either is not known or may not be told."""
    if now is None or before is None:
        return MISSING, "neutral"
    delta: Any = now - before  # type: ignore[operator]
    if is_hidden(delta):
        return MISSING, "neutral"
    shown = major(delta, currency) if metric.unit == "minor units" else delta
    if abs(shown) < _LEAST.get(metric.unit, 0.5):
        return Text("no change", "持平"), "neutral"
    tone: Tone = "neutral"
    if metric.better != "neither":
        tone = "good" if (delta > 0) == (metric.better == "up") else "bad"
    return _said(metric, delta, currency), tone


def of_tile(key: str, now: Number | None, before: Number | None, currency: str = "") -> dict[str, Any]:
    """Return the change of a metric for its tile; nothing where it is not known."""
    said, tone = change(catalogue()[key], now, before, currency)
    if said == MISSING:
        return {}
    return {"change": said if isinstance(said, Text) else Text(said, said), "tone": tone}


def _said(metric: Metric, delta: Number, currency: str) -> str | Text:
    match metric.unit:
        case "share":
            points = _decimal(100 * delta)
            return Text(f"{points} points", f"{points} 个百分点")
        case "minor units":
            return signed(major(delta, currency))
        case "hours":
            shown = _decimal(delta)
            return Text(f"{shown} hours", f"{shown} 小时")
        case "ratio" | "score" | "points" | "number":
            return _decimal(delta)
    return signed(delta)


def _decimal(delta: Number) -> str:
    return f"{delta:+.1f}".replace("-", "\N{MINUS SIGN}")
