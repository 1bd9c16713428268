"""How a feature's template becomes a reason: filled with the values of a member's row.

In a template ``{x}`` is the member's own value, ``{s}`` its English plural, ``{other_name}`` the value of another
feature of the same row; ``{every_other_name}`` writes it as a rhythm of days and ``{ago_other_name}`` as a day of the
past. The template of a flag is what no and what yes mean, with a bar between; ``models/sayable.py`` knows when to say
it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from string import Formatter

from models.features import Feature, Show, named


def words(feature: Feature, row: Mapping[str, float]) -> tuple[str, str]:
    """Return the reason in English and Chinese, filled with the values of the member's row.

    All that the template names must be known; ``told`` lists it.
    """
    written = _Written(row, feature)
    en, zh = (_template(template, feature, row).format_map(written) for template in (feature.en, feature.zh))
    return en, zh


@cache
def told(feature: Feature) -> tuple[str, ...]:
    """Return the features whose values the words of a feature tell, itself first."""
    fields = [field for _, field, _, _ in Formatter().parse(feature.en) if field]
    others = [field.removeprefix("every_").removeprefix("ago_") for field in fields if field not in {"x", "s"}]
    return tuple(dict.fromkeys([feature.name, *others]))


def _template(template: str, feature: Feature, row: Mapping[str, float]) -> str:
    return template.split("|")[int(row[feature.name] > 0)] if feature.show is Show.FLAG else template


class _Written(dict[str, str]):
    """The row's values as text, written only when a template asks for them."""

    def __init__(self, row: Mapping[str, float], own: Feature) -> None:
        super().__init__()
        self._row, self._own = row, own

    def __missing__(self, name: str) -> str:
        if name == "s":
            return "" if self["x"] == "1" else "s"
        if name.startswith("every_"):
            days = self[name.removeprefix("every_")]
            return "day" if days in {"0", "1"} else f"{days} days"
        if name.startswith("ago_"):
            days = self[name.removeprefix("ago_")]
            return "on this day" if days == "0" else f"{days} day{'' if days == '1' else 's'} ago"
        if name.startswith("zh_every_"):
            days = self[name.removeprefix("zh_every_")]
            return "每天" if days in {"0", "1"} else f"每 {days} 天"
        if name.startswith("zh_ago_"):
            days = self[name.removeprefix("zh_ago_")]
            return "当天" if days == "0" else f" {days} 天前"
        feature = self._own if name == "x" else named(name)
        value = self._row[feature.name]
        return "?" if math.isnan(value) else _write(feature.show, value)


def _write(show: Show, value: float) -> str:
    if show is Show.PERCENT:
        return f"{value:.0%}"
    return f"{math.exp(value):.1f}" if show is Show.TIMES else f"{value:.0f}"
