"""The catalogue as a file set for Apache Superset: database, datasets with their metrics, charts, one dashboard.

Ids are made from names, so that a later import can replace what an earlier one brought.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from zipfile import ZipFile, ZipInfo

import yaml

from pipelines.exporting import folder
from pipelines.files import whole
from pipelines.home import Home
from pipelines.metrics.answer import collected
from pipelines.metrics.metric import AddsUp, Grain, Metric
from pipelines.metrics.published import opened
from pipelines.report.context import site_context
from pipelines.settings import Settings

FILE = "guildbook-superset.zip"

ROW_A_PERIOD = ("community_days", "revenue_months")
"""Marts of which a period has one row for each of the columns that it is always divided by."""

DASHBOARD = (
    "mau", "dau", "n_interactions", "new_members", "pieces_published", "answered_rate",
    "mrr", "payers", "income_net_minor", "renewal_rate", "show_up_rate", "churn_by_tenure",
)  # fmt: skip
"""Metrics of the dashboard, in its order."""

_GRAINS = {Grain.DAY: "P1W", Grain.MONTH: "P1M"}
"""Grain of a metric -> span that its chart shows."""

Yaml = dict[str, Any]
Columns = Mapping[str, Mapping[str, str]]
"""Mart -> column -> type."""


def export_superset(home: Home, settings: Settings, out: Path) -> Path:
    """Write the file set and return its path.

    Tools know no "not collected", and would show zero: what nobody delivers is left out.
    """
    folder.prepare(out, home)
    with opened(home, settings.timezone) as con:
        ((day,),) = con.execute("select through_day from marts.publication").fetchall()
        metrics = collected(con, site_context(settings, day, 0).activity_logs)
        rows = con.execute(
            "select table_name, column_name, data_type from duckdb_columns() where schema_name = 'marts' order by 1, 2"
        ).fetchall()
    columns: dict[str, dict[str, str]] = {}
    for mart, column, data_type in rows:
        columns.setdefault(mart, {})[column] = data_type
    files = file_set(metrics, columns, home.published / "analytics.duckdb", day)
    with whole(out / FILE) as beside:
        beside.write_bytes(zipped(files))
    folder.finish(out, {FILE: len(files)})
    return out / FILE


def zipped(files: Mapping[str, Yaml]) -> bytes:
    """The files as an archive; the same files give the same bytes."""
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as archive:
        for name, document in files.items():
            text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True)
            archive.writestr(ZipInfo(f"guildbook/{name}"), text.encode())
    return buffer.getvalue()


def expression(metric: Metric) -> str | None:
    """SQL that gives a metric in whatever group of rows; none where no aggregate can."""
    condition = " and ".join(f"({one})" for one in metric.filters)

    def counted(value: str | None) -> str:
        return f"case when {condition} then {value} end" if condition else str(value)

    if metric.numerator:
        made = f"sum({counted(metric.numerator)}) / nullif(sum({counted(metric.denominator)}), 0)"
    else:
        made = {
            AddsUp.SUM: f"sum({counted(metric.value)})",
            AddsUp.MEAN: f"avg({counted(metric.value)})",
            AddsUp.DISTINCT: f"count(distinct {counted(metric.value)})",
            AddsUp.LAST: f"arg_max({counted(metric.value)}, {metric.time})",
        }.get(metric.adds_up, "")
    is_told = metric.adds_up is not AddsUp.LAST or (metric.mart in ROW_A_PERIOD and not metric.numerator)
    if not made or not is_told:
        return None
    if not metric.always_by:
        return made
    single = " and ".join(f"count(distinct {one}) <= 1" for one in metric.always_by)
    return f"case when {single} then {made} end"


def file_set(metrics: Mapping[str, Metric], columns: Columns, database: Path, day: date) -> dict[str, Yaml]:
    """Path of each file of the archive -> what stands in it."""
    chosen = {key: one for key, one in metrics.items() if expression(one) and one.mart in columns}
    shown = [key for key in DASHBOARD if key in chosen]
    files: dict[str, Yaml] = {
        "metadata.yaml": {"version": "1.0.0", "type": "Dashboard", "timestamp": f"{day.isoformat()}T00:00:00+00:00"},
        "databases/Guildbook.yaml": {
            "database_name": "Guildbook",
            "sqlalchemy_uri": f"duckdb:///{database}?access_mode=read_only",
            "expose_in_sqllab": True,
            "allow_dml": False,
            "extra": {"allows_virtual_table_explore": True},
            "uuid": _id("database", "Guildbook"),
            "version": "1.0.0",
        },
    }
    for mart in sorted({one.mart for one in chosen.values()}):
        own = {key: one for key, one in chosen.items() if one.mart == mart}
        files[f"datasets/Guildbook/{mart}.yaml"] = _dataset(mart, own, columns[mart])
    for key in shown:
        files[f"charts/{key}.yaml"] = _chart(key, chosen[key])
    files["dashboards/guildbook.yaml"] = _dashboard({key: chosen[key] for key in shown})
    return files


def _id(kind: str, name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"guildbook/superset/{kind}/{name}"))


def _dataset(mart: str, metrics: Mapping[str, Metric], columns: Mapping[str, str]) -> Yaml:
    times = [one.time for one in metrics.values() if one.time]
    return {
        "table_name": mart,
        "schema": "marts",
        "main_dttm_col": times[0] if times else None,
        "columns": [
            {"column_name": name, "type": type_, "is_dttm": type_.startswith(("DATE", "TIMESTAMP")), "groupby": True,
             "filterable": True, "is_active": True}
            for name, type_ in columns.items()
        ],
        "metrics": [
            {"metric_name": key, "verbose_name": one.name.en, "description": f"{one.meaning.en} {one.meaning.zh}",
             "expression": expression(one), "metric_type": "expression"}
            for key, one in metrics.items()
        ],
        "uuid": _id("dataset", mart),
        "database_uuid": _id("database", "Guildbook"),
        "version": "1.0.0",
    }  # fmt: skip


def _chart(key: str, metric: Metric) -> Yaml:
    kind = "echarts_timeseries_bar" if metric.adds_up is AddsUp.SUM else "echarts_timeseries_line"
    params = {
        "viz_type": kind,
        "x_axis": metric.time,
        "time_grain_sqla": _GRAINS[metric.grain],
        "metrics": [key],
        "groupby": list(metric.always_by),
        "adhoc_filters": [],
        "time_range": "No filter",
        "row_limit": 10_000,
        "y_axis_format": ".0%" if metric.unit == "share" else "SMART_NUMBER",
        "x_axis_time_format": "smart_date",
        "show_legend": bool(metric.always_by),
        "rich_tooltip": True,
    }
    return {
        "slice_name": metric.name.en,
        "description": metric.meaning.en,
        "viz_type": kind,
        "params": params,
        "uuid": _id("chart", key),
        "dataset_uuid": _id("dataset", metric.mart),
        "version": "1.0.0",
    }


def _dashboard(metrics: Mapping[str, Metric]) -> Yaml:
    """Two charts in a row."""
    keys = list(metrics)
    rows = [keys[start : start + 2] for start in range(0, len(keys), 2)]
    position: Yaml = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"id": "ROOT_ID", "type": "ROOT", "children": ["GRID_ID"]},
        "GRID_ID": {
            "id": "GRID_ID", "type": "GRID", "parents": ["ROOT_ID"],
            "children": [f"ROW-{number}" for number in range(len(rows))],
        },
        "HEADER_ID": {"id": "HEADER_ID", "type": "HEADER", "meta": {"text": "Guildbook"}},
    }  # fmt: skip
    for number, row in enumerate(rows):
        position[f"ROW-{number}"] = {
            "id": f"ROW-{number}", "type": "ROW", "parents": ["ROOT_ID", "GRID_ID"],
            "children": [f"CHART-{key}" for key in row], "meta": {"background": "BACKGROUND_TRANSPARENT"},
        }  # fmt: skip
        for key in row:
            position[f"CHART-{key}"] = {
                "id": f"CHART-{key}", "type": "CHART", "children": [],
                "parents": ["ROOT_ID", "GRID_ID", f"ROW-{number}"],
                "meta": {
                    "width": 6, "height": 50, "uuid": _id("chart", key), "sliceName": metrics[key].name.en,
                    "chartId": keys.index(key) + 1,  # an import gives another one, but does without none
                },
            }  # fmt: skip
    return {
        "dashboard_title": "Guildbook",
        "slug": "guildbook",
        "published": True,
        "position": position,
        "metadata": {"color_scheme": "supersetColors", "refresh_frequency": 0},
        "uuid": _id("dashboard", "guildbook"),
        "version": "1.0.0",
    }
