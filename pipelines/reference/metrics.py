"""``docs/metrics.md``: every metric of the catalogue, how it is counted and which questions of the cookbook show it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipelines.metrics.metric import AddsUp, Grain, Metric, Range, catalogue
from pipelines.reference.markdown import DOCS_DIR, GENERATED, table
from pipelines.reference.marts import SUBJECTS

_INTRO = """\
# Metrics

One name, one meaning, one way to count it. The report's pages, this page, exports and agents read the same catalogue.
In *counted as* the names are columns of the mart.

* **over a longer period**: *sum*, the sum of the days or months; *last*, the value of the last one; *mean*, the mean of
  the days; *ratio*, the sums divided; *distinct*, each counted once; *none*, a value of that span alone.
* **always by**: never added over these columns. An amount has one currency.
* **good news**: the direction that an operator wants; nothing where neither is.
* **least n**: from so many on a rate or mean says something. Below it say the count.
* A metric whose log nobody delivers is *not collected*, never zero. A period that is not over, lies before the first
  log day, or has a day that was withheld or missing is not complete (`is_complete`).
* A healthy range is given only where one is published, with its source; pages say it with the meaning.
* A [target](operator-guide.md#targets-and-notes) may be set for each metric that is divided by nothing
  but a currency.
"""

_ADDS_UP = {
    AddsUp.SUM: "sum",
    AddsUp.LAST: "last",
    AddsUp.MEAN: "mean of days",
    AddsUp.RATIO: "ratio of sums",
    AddsUp.DISTINCT: "distinct",
    AddsUp.NONE: "none",
}

_GOOD = {"up": "more", "down": "less", "neither": ""}


def metrics_page() -> str:
    """Markdown of ``docs/metrics.md``."""
    metrics = catalogue()
    parts = [GENERATED.format(source="`pipelines/metrics/catalogue.yaml`"), _INTRO]
    header = (
        "metric", "name", "meaning", "counted as", "over a longer period", "divided by", "unit", "good news", "least n",
    )  # fmt: skip
    for subject, heading in SUBJECTS.items():
        rows = [_row(key, metric) for key, metric in metrics.items() if metric.subject == subject]
        if rows:
            parts += [f"## {heading}\n", table(header, rows)]
    healthy = [(f"`{key}`", _range(one.healthy), one.healthy.said.en, f"<{one.healthy.source}>")
               for key, one in metrics.items() if one.healthy]  # fmt: skip
    parts += ["## Healthy ranges\n", table(("metric", "from … to", "what is said", "who says so"), healthy)]
    questions = [(f"[{question}](cookbook.md#{_anchor(question)})", ", ".join(f"`{key}`" for key in keys))
                 for question, keys in _asked(metrics).items()]  # fmt: skip
    parts += ["## In the cookbook\n", table(("question", "metrics"), questions)]
    return "\n".join(parts)


def _row(key: str, metric: Metric) -> tuple[str, ...]:
    made = metric.value or f"{metric.numerator} / {metric.denominator}"
    counted = f"[`{metric.mart}`](marts/{metric.mart}.md): `{made}`"
    if metric.filters:
        counted += " where " + " and ".join(f"`{one}`" for one in metric.filters)
    by = ", ".join(f"`{one}`" for one in metric.dimensions)
    if metric.always_by:
        by = "always " + ", ".join(f"`{one}`" for one in metric.always_by) + (f"; {by}" if by else "")
    span = "the last day" if metric.grain is Grain.NOW else f"{_ADDS_UP[metric.adds_up]}, by {metric.grain} or longer"
    if metric.adds_up is AddsUp.NONE:
        span = "none: by " + " or ".join(metric.grains)
    return (
        f"`{key}`",
        f"{metric.name.en}<br>{metric.name.zh}",
        f"{metric.meaning.en}<br>{metric.meaning.zh}",
        counted,
        span,
        by,
        metric.unit,
        _GOOD[metric.better],
        str(metric.min_n or ""),
    )


def _range(healthy: Range) -> str:
    return " … ".join("" if one is None else f"{one:g}" for one in (healthy.low, healthy.high)).strip()


def _asked(metrics: Mapping[str, Metric]) -> dict[str, list[str]]:
    """Question of the cookbook -> metrics that are made of columns that its query reads."""
    text = (DOCS_DIR / "cookbook.md").read_text(encoding="utf-8")
    asked = {}
    for question, query in re.findall(r"^### ([^\n]+)\n\n```sql\n(.*?)```", text, flags=re.MULTILINE | re.DOTALL):
        read = set(re.findall(r"\bmarts\.(\w+)", query))
        words = set(re.findall(r"\w+", query))
        keys = [key for key, one in metrics.items() if one.mart in read and _made_of(one) and _made_of(one) <= words]
        if keys:
            asked[question] = keys
    return asked


def _made_of(metric: Metric) -> set[str]:
    """Columns that a metric's value is made of."""
    made = " ".join(filter(None, (metric.value, metric.numerator, metric.denominator)))
    return {one for one in re.findall(r"[a-z_]\w*", re.sub(r"'[^']*'", "", made)) if one not in _SQL}


_SQL = {"case", "when", "then", "else", "end", "coalesce", "false", "is", "not", "null", "int"}
"""Words of SQL in the catalogue's expressions."""


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
