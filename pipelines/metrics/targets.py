"""Targets that the settings give for metrics of the catalogue: checked, in the unit that people read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from math import isfinite

from pipelines.metrics.metric import AddsUp, Grain, Metric, catalogue
from pipelines.settings import Settings, SettingsError
from pipelines.settings.given import place_of

MONEY = "minor units"
_PERCENT = re.compile(r"(-?\d+(?:\.\d+)?)\s*[%％]")
_SPAN = re.compile(r"(.*?)\s*(?:a|per|每)\s*(day|week|month|天|日|周|月)")
_SPANS = {"天": Grain.DAY, "日": Grain.DAY, "周": Grain.WEEK, "月": Grain.MONTH}
_ADDED = (AddsUp.SUM, AddsUp.DISTINCT)
"""How values add up that are larger of a longer span."""
_AMOUNT = re.compile(r"(-?\d[\d,_ ]*(?:\.\d+)?)\s*([A-Za-z]{3})")


@dataclass(frozen=True)
class Target:
    """What a metric should come to.

    Attributes:
        key: The metric's key.
        metric: The metric.
        value: A share between 0 and 1, money in whole units of its currency, else as the metric counts.
        span: What one value is about that should come to it.
        currency: Of money; empty for whatever else.
    """

    key: str
    metric: Metric
    value: float
    span: Grain
    currency: str = ""

    def is_of(self, span: Grain) -> bool:
        """Whether a value of this span can be held against it: a sum of a month is none of a day."""
        return span is self.span or self.metric.adds_up not in _ADDED

    def is_met(self, gap: float) -> bool | None:
        """Whether a figure that lies this far above the target meets it; None where neither direction is good news."""
        if self.metric.better == "neither":
            return None
        return gap >= 0 if self.metric.better == "up" else gap <= 0


def read_targets(settings: Settings) -> dict[str, Target]:
    """Return the targets by metric, in the order in which they are given.

    Raises:
        SettingsError: One names no metric or is none that the metric can have; each is named with its place.
    """
    found: dict[str, Target] = {}
    problems = []
    for key, given in settings.targets.items():
        try:
            found[key] = _read(key, given, catalogue())
        except ValueError as error:
            problems.append(f"{place_of(settings.home, 'targets', key)}: {error}")
    if problems:
        raise SettingsError(problems)
    return found


def _read(key: str, given: float | str, known: Mapping[str, Metric]) -> Target:
    if key not in known:
        near = get_close_matches(key, known, n=3, cutoff=0.5)
        raise ValueError(f"there is no metric {key}" + (f"; did you mean {' or '.join(near)}?" if near else ""))
    metric = known[key]
    if others := [one for one in metric.always_by if one != "currency"]:
        raise ValueError(f"{key} is a figure for each {' and '.join(others)}, so one target does not fit it")
    span = metric.grain
    if isinstance(given, str) and (found := _SPAN.fullmatch(given.strip())):
        given, span = found[1], _SPANS.get(found[2]) or Grain(found[2])
    if span not in metric.grains:
        raise ValueError(f"{key} is never counted by {span}: it is by {', '.join(metric.grains)}")
    if metric.unit == MONEY:
        value, currency = _money(key, given)
        return Target(key, metric, value, span, currency)
    value = _share(given) if metric.unit == "share" else _number(given)
    if value < 0 and metric.unit not in ("points", "share"):
        raise ValueError(f"{value:g} lies below 0, where {key} never is")
    return Target(key, metric, value, span)


def _money(key: str, given: float | str) -> tuple[float, str]:
    if isinstance(given, str) and (found := _AMOUNT.fullmatch(given.strip())):
        return _number(re.sub("[,_ ]", "", found[1])), found[2].upper()
    raise ValueError(f'{key} is money: write an amount with its currency, such as "120000 CNY", not {given!r}')


def _share(given: float | str) -> float:
    if isinstance(given, str) and (found := _PERCENT.fullmatch(given.strip())):
        value = float(found[1]) / 100
    else:
        value = _number(given)
    if not -1 <= value <= 1:
        raise ValueError(f'a share lies between 0 and 1: write 0.6 or "60 %", not {given!r}')
    return value


def _number(given: float | str) -> float:
    try:
        value = float(given)
    except ValueError:
        raise ValueError(f"{given!r} is no number") from None
    if isinstance(given, bool) or not isfinite(value):
        raise ValueError(f"{given!r} is no number")
    return value
