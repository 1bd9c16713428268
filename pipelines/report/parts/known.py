"""Metrics of the catalogue as pages name them: the name, and what it means wherever the pointer rests on it."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from pipelines.metrics.metric import catalogue
from pipelines.report.parts.blocks import Tone
from pipelines.report.parts.text import Text

_TONES: dict[str, Tone] = {"up": "good", "down": "bad", "neither": "neutral"}


@dataclass(frozen=True)
class Term(Text):
    """A word with its meaning."""

    meaning: Text

    def __html__(self) -> Markup:
        """Both languages as HTML, each with the meaning in its own."""
        marked = Markup('<abbr title="{}">{}</abbr>')
        return Markup('<span lang="en">{}</span><span lang="zh-Hans">{}</span>').format(
            marked.format(self.meaning.en, self.en), marked.format(self.meaning.zh, self.zh)
        )


def term(key: str) -> Term:
    """Return the name of a metric with its meaning.

    Raises:
        KeyError: The catalogue has no such metric.
    """
    metric = catalogue()[key]
    return Term(metric.name.en, metric.name.zh, Text(metric.meaning.en, metric.meaning.zh))


def rise(key: str) -> Tone:
    """Whether a rise of a metric is good or bad news, or neither."""
    return _TONES[catalogue()[key].better]


def names_of(*marts: str) -> dict[str, Text]:
    """Column of these marts that a metric is the plain sum, mean or last value of -> what the metric is called."""
    return {
        metric.value: Text(metric.name.en, metric.name.zh)
        for metric in catalogue().values()
        if metric.mart in marts and metric.value is not None and metric.value.isidentifier()
    }
