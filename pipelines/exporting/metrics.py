"""The newest value of every metric as a table, with its names and meanings: what goes beside exported tables."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from pipelines.metrics.answer import ask
from pipelines.metrics.metric import catalogue
from pipelines.metrics.query import Question

SCHEMA = pa.schema(
    [
        ("metric", pa.string()),
        ("name_en", pa.string()),
        ("name_zh", pa.string()),
        ("status", pa.string()),
        ("period_start", pa.date32()),
        ("period_end", pa.date32()),
        ("of", pa.string()),
        ("value", pa.float64()),
        ("unit", pa.string()),
        ("n", pa.int64()),
        ("is_complete", pa.bool_()),
        ("least_n", pa.int64()),
        ("better", pa.string()),
        ("meaning_en", pa.string()),
        ("meaning_zh", pa.string()),
        ("mart", pa.string()),
        ("healthy_low", pa.float64()),
        ("healthy_high", pa.float64()),
        ("healthy_source", pa.string()),
    ]
)


def newest(con: duckdb.DuckDBPyConnection, activity_logs: Sequence[str]) -> pa.Table:
    """Return a row for each metric, or for each currency, definition or log that it is always divided by."""
    rows = []
    for key, metric in catalogue().items():
        answer = ask(con, key, Question(), activity_logs)
        healthy = metric.healthy
        about = {
            "metric": key,
            "name_en": metric.name.en,
            "name_zh": metric.name.zh,
            "status": "collected" if answer.is_collected else "not collected",
            "unit": metric.unit,
            "least_n": metric.min_n,
            "better": metric.better,
            "meaning_en": metric.meaning.en,
            "meaning_zh": metric.meaning.zh,
            "mart": metric.mart,
            "healthy_low": healthy.low if healthy else None,
            "healthy_high": healthy.high if healthy else None,
            "healthy_source": healthy.source if healthy else None,
        }
        rows += [
            about
            | {name: row[name] for name in ("period_start", "period_end", "n", "is_complete")}
            | {
                "of": ", ".join(f"{column} {row[column]}" for column in metric.always_by) or None,
                "value": None if row["value"] is None else float(row["value"]),
            }
            for row in answer.rows or [dict.fromkeys((*_EMPTY, *metric.always_by))]
        ]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


_EMPTY = ("period_start", "period_end", "value", "n", "is_complete")
