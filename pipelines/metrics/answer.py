"""A metric asked of an open publication: its rows, or that nobody collects it; never zero for what nobody collects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any

import duckdb

from pipelines.metrics.metric import ACTIVITY, Metric, catalogue
from pipelines.metrics.query import Question, QuestionError, metric_sql

Row = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What a publication says of a metric.

    Attributes:
        key: The metric's key.
        metric: The metric.
        sql: The statement that was run.
        rows: What it gave; none where the metric is not collected.
        through_day: Last day of the publication.
        version: Its number.
        missing: Logs, or the fact, that nobody delivers and that the metric needs.
    """

    key: str
    metric: Metric
    sql: str
    rows: list[Row]
    through_day: date
    version: int
    missing: list[str] = field(default_factory=list)

    @property
    def is_collected(self) -> bool:
        """Whether all that it needs is delivered."""
        return not self.missing


def find(key: str) -> Metric:
    """Return a metric of the catalogue.

    Raises:
        QuestionError: There is none of that key.
    """
    known = catalogue()
    if key not in known:
        near = get_close_matches(key, known, n=3, cutoff=0.4)
        raise QuestionError(f"there is no metric {key}" + (f"; did you mean {' or '.join(near)}?" if near else ""))
    return known[key]


def logs_of(metric: Metric, activity_logs: Sequence[str]) -> list[str]:
    """Logs that a metric is made from."""
    return [log for one in metric.needs for log in (activity_logs if one == ACTIVITY else (one,))]


def missing(con: duckdb.DuckDBPyConnection, metric: Metric, activity_logs: Sequence[str]) -> list[str]:
    """Return what a metric needs and nobody delivers; of logs that make members active one is enough."""
    rows = con.execute("select log from marts.log_coverage where is_collected").fetchall()
    collected = {log for (log,) in rows}
    lacking = [one for one in metric.needs if one != ACTIVITY and one not in collected]
    if ACTIVITY in metric.needs and not collected & set(activity_logs):
        lacking.append(" or ".join(activity_logs))
    if not lacking and metric.fact:
        found = con.execute("select is_collected from marts.collected_facts where fact = ?", [metric.fact]).fetchall()
        if found == [(False,)]:
            lacking.append(metric.fact)
    return lacking


def collected(con: duckdb.DuckDBPyConnection, activity_logs: Sequence[str]) -> dict[str, Metric]:
    """Return the metrics of the catalogue that somebody delivers all of."""
    return {key: one for key, one in catalogue().items() if not missing(con, one, activity_logs)}


def ask(con: duckdb.DuckDBPyConnection, key: str, question: Question, activity_logs: Sequence[str]) -> Answer:
    """Ask a metric of an open publication.

    Raises:
        QuestionError: There is no such metric, or it can't be asked that way.
    """
    metric = find(key)
    sql = metric_sql(key, metric, question, logs_of(metric, activity_logs))
    ((through_day, version),) = con.execute("select through_day, version from marts.publication").fetchall()
    if lacking := missing(con, metric, activity_logs):
        return Answer(key, metric, sql, [], through_day, version, lacking)
    cursor = con.execute(sql)
    names = [column[0] for column in cursor.description or ()]
    rows = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
    return Answer(key, metric, sql, rows, through_day, version)
