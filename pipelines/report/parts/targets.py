"""Targets on the pages: how far a tile's figure is from its own, and where a chart's line should be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pipelines.metrics.metric import Grain
from pipelines.metrics.targets import MONEY, Target
from pipelines.report.parts.blocks import Block, Chart, Page, Tile, Tiles, Tone
from pipelines.report.parts.few import drawn
from pipelines.report.parts.known import Term
from pipelines.report.parts.text import Number, Text, hours

_SPANS = {
    Grain.DAY: Text(" a day", "／天"),
    Grain.WEEK: Text(" a week", "／周"),
    Grain.MONTH: Text(" a month", "／月"),
}
Targets = Mapping[str, Target]


def with_targets(page: Page, targets: Targets) -> Page:
    """Return a page with a target beside each tile and each line whose metric has one."""
    return replace(page, blocks=[_with(block, targets) for block in page.blocks]) if targets else page


def amount(value: Number, target: Target) -> Text:
    """A figure as its metric is written."""
    if target.metric.unit == MONEY:
        said = f"{_number(value)} {target.currency}"
        return Text(said, said)
    if target.metric.unit == "hours":
        return hours(value)
    said = f"{_number(100 * value)}%" if target.metric.unit == "share" else _number(value)
    return Text(said, said)


def against(value: Number | None, target: Target, *, is_named: bool = True) -> tuple[Text, Tone]:
    """The target in words with what a figure lacks of it, and whether that is good; without one the target alone.

    Where small counts are hidden only what the page shows of the figure is compared. Under a heading that says what it
    is the word itself is left out (``is_named``).
    """
    goal = _goal(target, is_named=is_named)
    shown = drawn(value)
    if shown is None:
        return goal, "neutral"
    gap = float(shown) - target.value
    off = _off(abs(gap), target)
    if target.metric.better == "neither":
        where = Text("above", "高") if gap > 0 else Text("below", "低")
        said = Text(f"{off.en} {where.en}", f"{where.zh} {off.zh}") if gap else Text("met", "持平")
        return goal + Text(": ", "：") + said, "neutral"
    if target.is_met(gap):
        return goal + Text(": reached", "：已达成"), "good"
    if target.metric.better == "up":
        return goal + Text(f": {off.en} short", f"：还差 {off.zh}"), "bad"
    return goal + Text(f": {off.en} over", f"：超出 {off.zh}"), "bad"


def _goal(target: Target, *, is_named: bool = True) -> Text:
    of = amount(target.value, target)
    if target.span is not target.metric.grain:
        of += _SPANS[target.span]
    if target.metric.better == "down":
        of = Text(f"{of.en} at most", f"不高于 {of.zh}")
        return Text("target ", "目标") + of if is_named else of
    return Text("target ", "目标 ") + of if is_named else of


def _off(gap: float, target: Target) -> Text:
    """How far apart two figures of a metric are."""
    if target.metric.unit == "share":
        points = _number(100 * gap)
        return Text(f"{points} point{'' if points == '1' else 's'}", f"{points} 个百分点")
    return amount(gap, target)


def _number(number: Number) -> str:
    """With as many decimals as a number of its size needs: none from 10 on."""
    value = float(number)
    digits = 0 if abs(value) >= 10 else 1 if abs(value) >= 1 else 2
    return f"{value:,.{digits}f}".rstrip("0").rstrip(".") if digits else f"{value:,.0f}"


def _with(block: Block, targets: Targets) -> Block:
    match block:
        case Tiles():
            return replace(block, tiles=[_tile(tile, targets) for tile in block.tiles])
        case Chart():
            return replace(block, figure=_figure(block.figure, targets))
    return block


def _tile(tile: Tile, targets: Targets) -> Tile:
    target = targets.get(tile.label.key) if isinstance(tile.label, Term) else None
    if target is None or tile.amount is None or target.currency not in ("", tile.currency):
        return tile
    if not target.is_of(tile.span or target.metric.grain):
        return tile
    said, tone = against(tile.amount, target)
    return replace(tile, target=said, target_tone=tone)


def _figure(figure: dict[str, Any], targets: Targets) -> dict[str, Any]:
    """A figure with a line at the target of each series, or of all together, whose metric has one in its currency."""
    together = {"name": Text("all together", "合计"), "ink": "muted", **figure}
    found = [
        {"y": target.value, "of": one["name"], "said": _goal(target), "panel": one.get("panel", 0), "ink": one["ink"]}
        for one in (*figure["series"], together)
        if (target := targets.get(one.get("metric", "")))
        and target.currency in ("", one.get("currency", ""))
        and target.is_of(target.metric.grain)
    ]
    return figure | {"targets": found} if found else figure
