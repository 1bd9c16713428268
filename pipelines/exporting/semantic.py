"""The catalogue as dbt's semantic models: a project of its own whose models are the published tables.

Its models are only names: nothing is built, and queries read ``published/analytics.duckdb`` as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from pipelines.exporting import folder
from pipelines.files import write_text
from pipelines.home import Home
from pipelines.metrics.answer import collected
from pipelines.metrics.metric import AddsUp, Grain, Metric
from pipelines.metrics.published import opened
from pipelines.report.context import site_context
from pipelines.settings import Settings

PROJECT = "guildbook_metrics"
SPINE = "dim_days"

Yaml = dict[str, Any]

_AGGREGATES = {AddsUp.SUM: "sum", AddsUp.RATIO: "sum", AddsUp.LAST: "sum", AddsUp.MEAN: "average"}
_RESERVED = ("second", "minute", "hour", "day", "week", "month", "quarter", "year")
"""Names that MetricFlow keeps for spans of time."""

_MONTHS = ("month", "cohort_month")
"""Columns that hold the first day of a month."""


def export_metrics(home: Home, settings: Settings, out: Path) -> list[str]:
    """Write the project and return the names of its files.

    Tools know no "not collected", and would show zero: what nobody delivers is left out.
    """
    folder.prepare(out, home)
    with opened(home, settings.timezone) as con:
        metrics = collected(con, site_context(settings, date.min, 0).activity_logs)
    files = project(metrics, home.published / "analytics.duckdb")
    for name, text in files.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        write_text(out / name, text)
    folder.finish(out, {name: len(text.splitlines()) for name, text in files.items()})
    return list(files)


def exported(metrics: Mapping[str, Metric]) -> dict[str, Metric]:
    """Metrics that a semantic model can say: not those whose values do not add up at all."""
    return {key: one for key, one in metrics.items() if one.adds_up is not AddsUp.NONE}


def project(metrics: Mapping[str, Metric], database: Path) -> dict[str, str]:
    """Name of each file of the project -> its text."""
    chosen = exported(metrics)
    marts = sorted({one.mart for one in chosen.values()})
    files = {
        "dbt_project.yml": _dump(
            {"name": PROJECT, "version": "1.0.0", "profile": PROJECT, "flags": {"send_anonymous_usage_stats": False}}
        ),
        "profiles.yml": _dump(
            {PROJECT: {"target": "published", "outputs": {"published": {
                "type": "duckdb", "path": str(database), "schema": "marts", "threads": 1,
                "config_options": {"access_mode": "READ_ONLY"},
            }}}}
        ),
        "models/semantic_models.yml": _dump(
            {"semantic_models": [_semantic_model(mart, chosen) for mart in marts]}
        ),
        "models/metrics.yml": _dump({"metrics": [one for key in chosen for one in _metric(key, chosen[key])]}),
        f"models/{SPINE}.yml": _dump(
            {"models": [{
                "name": SPINE,
                "description": "Calendar days.",
                "time_spine": {"standard_granularity_column": "day"},
                "columns": [{"name": "day", "granularity": "day"}],
            }]}
        ),
    }  # fmt: skip
    # A name for a published table, never built.
    return files | {f"models/{mart}.sql": f"select * from marts.{mart}\n" for mart in sorted({*marts, SPINE})}


def _semantic_model(mart: str, metrics: Mapping[str, Metric]) -> Yaml:
    own = {key: one for key, one in metrics.items() if one.mart == mart}
    columns = dict.fromkeys(column for one in own.values() for column in one.columns)
    times = dict.fromkeys(one.time for one in own.values())
    return {
        "name": mart,
        "model": f"ref('{mart}')",
        "primary_entity": f"{mart}_row",
        "defaults": {"agg_time_dimension": _time_name(next(iter(times)))},
        "dimensions": [
            *(_dimension(column) for column in columns),
            *(_time_dimension(time) for time in times),
        ],
        "measures": [measure for key, one in own.items() for measure in _measures(key, one)],
    }


def _dimension(column: str) -> Yaml:
    if column in _RESERVED:
        return {"name": f"{column}_counted", "type": "categorical", "expr": column}
    return {"name": column, "type": "categorical"}


def _time_name(time: str | None) -> str:
    return f"{time or 'last'}_counted"  # a plain name such as day is a granularity's


def _time_dimension(time: str | None) -> Yaml:
    return {
        "name": _time_name(time),
        "type": "time",
        "expr": time or "(select through_day from marts.publication)",
        "type_params": {"time_granularity": "month" if time in _MONTHS else "day"},
    }


def _measures(key: str, metric: Metric) -> list[Yaml]:
    parts = {"value": metric.value, "numerator": metric.numerator, "denominator": metric.denominator}
    return [_measure(f"{key}_{part}", expression, metric) for part, expression in parts.items() if expression]


def _measure(name: str, expression: str, metric: Metric) -> Yaml:
    where = " and ".join(f"({one})" for one in metric.filters)
    measure: Yaml = {
        "name": name,
        "agg": "count_distinct" if metric.adds_up is AddsUp.DISTINCT else _AGGREGATES[metric.adds_up],
        "agg_time_dimension": _time_name(metric.time),
        "expr": f"case when {where} then {expression} end" if where else expression,
    }
    if metric.adds_up is AddsUp.LAST:
        measure["non_additive_dimension"] = {"name": _time_name(metric.time), "window_choice": "max"}
    return measure


def _metric(key: str, metric: Metric) -> list[Yaml]:
    """The metric, behind those that it is divided from."""
    parts: list[Yaml] = []
    if metric.value:
        kind: Yaml = {"type": "simple", "type_params": {"measure": f"{key}_value"}}
    else:
        names = f"{key}_numerator", f"{key}_denominator"
        parts = [
            {"name": name, "label": name, "type": "simple", "type_params": {"measure": name},
             "description": f"Part of {key}."}
            for name in names
        ]  # fmt: skip
        kind = {"type": "ratio", "type_params": {"numerator": names[0], "denominator": names[1]}}
    always = f" Always group by {', '.join(metric.always_by)}." if metric.always_by else ""
    about = {
        "unit": metric.unit,
        "better": metric.better,
        "name_zh": metric.name.zh,
        "meaning_zh": metric.meaning.zh,
        "shortest_period": str(Grain(metric.grain)),
        "always_by": list(metric.always_by),
        "needs": list(metric.needs),
        "least_n": metric.min_n,
    }
    head = {"name": key, "label": metric.name.en, "description": metric.meaning.en + always}
    return [*parts, head | kind | {"config": {"meta": {name: one for name, one in about.items() if one}}}]


def _dump(document: Yaml) -> str:
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110)
