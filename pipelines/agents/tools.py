"""What the tools answer: each with the day and number of the publication, a definition and the SQL that was run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from pipelines.agents import risk
from pipelines.agents.bounded import MOST_ROWS, SECONDS, limited, plain, select
from pipelines.home import Home
from pipelines.metrics.answer import Answer, ask, find, logs_of, missing
from pipelines.metrics.metric import Grain, Metric, catalogue
from pipelines.metrics.published import opened
from pipelines.metrics.query import Question
from pipelines.report.context import site_context
from pipelines.settings import Settings

Said = dict[str, Any]

NOT_COLLECTED = "not collected"

_COLUMNS = "select table_name, column_name, data_type, comment from duckdb_columns() where schema_name = 'marts'"
_TABLES = {
    "en": f"What the statement says, over the published marts. Their columns: {_COLUMNS}",
    "zh": f"按所给语句查询已发布的数据集市。其各列：{_COLUMNS}",
}


@dataclass(frozen=True)
class Tools:
    """The tools of one home. Each call opens what is published then."""

    home: Home
    settings: Settings

    def list_metrics(self, subject: str | None) -> Said:
        """Every metric with its name and definition, and whether it is collected."""
        with opened(self.home, self.settings.timezone) as con:
            metrics = [
                {"metric": key, "subject": one.subject, "status": self._status(con, one)} | _words(one)
                for key, one in catalogue().items()
                if subject in (None, one.subject)
            ]
            return _publication(con) | {"metrics": metrics}

    def describe_metric(self, metric: str) -> Said:
        """All that the catalogue says of a metric."""
        one = find(metric)
        with opened(self.home, self.settings.timezone) as con:
            return (
                _publication(con)
                | {"metric": metric, "status": self._status(con, one)}
                | _words(one)
                | {
                    "mart": one.mart,
                    "counted_as": one.value or f"({one.numerator}) / ({one.denominator})",
                    "filters": list(one.filters),
                    "adds_up": one.adds_up,
                    "periods": list(one.grains),
                    "always_by": list(one.always_by),
                    "dimensions": list(one.dimensions),
                    "better": one.better,
                    "least_n": one.min_n,
                    "needs": [*logs_of(one, self._activity_logs), *filter(None, [one.fact])],
                    "healthy": one.healthy.model_dump() if one.healthy else None,
                }
            )

    def query_metric(
        self,
        metric: str,
        period: Grain | None,
        first_day: date | None,
        last_day: date | None,
        dimensions: Sequence[str],
        only: Mapping[str, Sequence[str]],
    ) -> Said:
        """Values of a metric by period and dimension."""
        question = Question(period, first_day, last_day, dimensions, only)
        with opened(self.home, self.settings.timezone) as con, limited(con, SECONDS):
            answer = ask(con, metric, question, self._activity_logs)
            rows = [{key: plain(value) for key, value in row.items()} for row in answer.rows[:MOST_ROWS]]
            return (
                _publication(con)
                | {"metric": metric, "status": "collected" if answer.is_collected else NOT_COLLECTED}
                | _words(answer.metric)
                | {"rows": rows, "notes": _notes(answer), "sql": answer.sql}
            )

    def run_sql(self, sql: str, most_rows: int) -> Said:
        """Rows of one select statement."""
        with opened(self.home, self.settings.timezone) as con:
            table = select(con, sql, most_rows)
            notes = (
                []
                if table.is_whole
                else ["Not all of it is here: rows or long texts were cut. Add up, or ask for less."]
            )
            return _publication(con) | {
                "definition": _TABLES,
                "columns": table.columns,
                "rows": table.rows,
                "notes": notes,
                "sql": sql,
            }

    def explain_risk(self, member_id: str) -> Said:
        """Why a member may leave."""
        with opened(self.home, self.settings.timezone) as con, limited(con, SECONDS):
            said = _publication(con)
            context = site_context(self.settings, date.fromisoformat(said["day"]), said["version"])
            return said | risk.explain(con, member_id, context, names=self.settings.show_names)

    @property
    def _activity_logs(self) -> Sequence[str]:
        return site_context(self.settings, date.min, 0).activity_logs

    def _status(self, con: duckdb.DuckDBPyConnection, metric: Metric) -> str:
        return NOT_COLLECTED if missing(con, metric, self._activity_logs) else "collected"


def _publication(con: duckdb.DuckDBPyConnection) -> Said:
    ((version, day),) = con.execute("select version, through_day from marts.publication").fetchall()
    return {"day": day.isoformat(), "version": version}


def _words(metric: Metric) -> Said:
    return {"name": metric.name.model_dump(), "definition": metric.meaning.model_dump(), "unit": metric.unit}


def _notes(answer: Answer) -> list[str]:
    """What has to be said beside the numbers."""
    metric, rows = answer.metric, answer.rows
    if not answer.is_collected:
        return [f"Not collected, which is not zero: nobody delivers {', '.join(answer.missing)}."]
    notes = []
    if not all(row["is_complete"] for row in rows):
        notes.append(
            "Periods with is_complete = false are partial: not over, before the first log day, not yet settled, or "
            "with a day that was withheld or missing. Do not compare them with whole ones."
        )
    if metric.min_n and any((row["n"] or 0) < metric.min_n for row in rows):
        notes.append(f"Below n = {metric.min_n} the value says little: give the count instead.")
    if len(rows) > MOST_ROWS:
        notes.append(f"The first {MOST_ROWS:,} of {len(rows):,} rows.")
    if not rows:
        notes.append("No row: there was nothing to count in these periods.")
    if metric.unit == "minor units":
        notes.append("Amounts are in minor units of their currency, such as cents.")
    return notes
