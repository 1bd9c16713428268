"""Metrics of the catalogue as pages name them: the name, and what it means wherever the pointer rests on it."""

from __future__ import annotations

from functools import cache
from urllib.parse import urlsplit

from markupsafe import Markup

from pipelines.metrics.metric import Metric, catalogue
from pipelines.report.parts.blocks import Tone
from pipelines.report.parts.text import Text

_TONES: dict[str, Tone] = {"up": "good", "down": "bad", "neither": "neutral"}


class Term(Text):
    """The name of a metric with what it means and should be; the catalogue is read when either is first looked at."""

    key: str

    def __init__(self, key: str) -> None:
        """Name a metric of the catalogue."""
        object.__setattr__(self, "key", key)

    @property
    def en(self) -> str:
        """The name in English."""
        return self._metric.name.en

    @property
    def zh(self) -> str:
        """The name in Chinese."""
        return self._metric.name.zh

    @property
    def meaning(self) -> Text:
        """What the metric is, in a sentence."""
        return Text(self._metric.meaning.en, self._metric.meaning.zh)

    @property
    def hint(self) -> Text:
        """What the metric is, and where others say that it should lie, with who says so."""
        healthy = self._metric.healthy
        if healthy is None:
            return self.meaning
        host = urlsplit(healthy.source).netloc.removeprefix("www.")
        return self.meaning + Text(f" {healthy.said.en} ({host})", f"{healthy.said.zh}（{host}）")

    @property
    def rise(self) -> Tone:
        """Whether a rise is good or bad news, or neither."""
        return _TONES[self._metric.better]

    @property
    def _metric(self) -> Metric:
        return catalogue()[self.key]

    def __html__(self) -> Markup:
        """Both languages as HTML, each with the meaning in its own."""
        marked = Markup('<abbr title="{}">{}</abbr>')
        return Markup('<span lang="en">{}</span><span lang="zh-Hans">{}</span>').format(
            marked.format(self.hint.en, self.en), marked.format(self.hint.zh, self.zh)
        )


@cache
def names_of(*marts: str) -> dict[str, Text]:
    """Column of these marts that a metric is the plain sum, mean or last value of -> what the metric is called."""
    return {
        metric.value: Text(metric.name.en, metric.name.zh)
        for metric in catalogue().values()
        if metric.mart in marts and metric.value is not None and metric.value.isidentifier()
    }
