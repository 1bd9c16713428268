"""Comparing a run's marts with the publication that is up: the figures of past periods that differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from pipelines.reading.publication import tell_folder
from pipelines.restating.figures import Figures
from pipelines.sql import identifier, literal


@dataclass(frozen=True)
class Change:
    """One figure of a period that began on ``day``, as published and as it is now; None where there was no figure."""

    figures: Figures
    metric: str
    dimension: str | None
    day: date
    old_value: float | None
    new_value: float | None


def compare(
    con: duckdb.DuckDBPyConnection, published: Path, marts: Path, watched: Iterable[Figures]
) -> tuple[date, list[Change]]:
    """Return the last day of a publication, and the figures up to it that the marts have otherwise.

    Only whole periods inside the published ones count: figures of a day or month that was still to come, or lies before
    the published history, were never published. Neither were columns that one of the two lacks. A row that is missing
    reads as nothing, so one of zeros is no change.

    Args:
        con: In-memory database to which both are attached.
        published: Database of the publication.
        marts: Database of the marts as they are now.
        watched: Which figures of which marts are compared.
    """
    con.execute(f"attach {literal(published.resolve())} as published (read_only)")
    tell_folder(con, published)
    con.execute(f"attach {literal(marts)} as built (read_only)")
    through_day = con.execute("select max(through_day) from published.marts.publication").fetchall()[0][0]
    changes = [change for figures in watched for change in _changes(con, figures, through_day)]
    return through_day, changes


def _changes(con: duckdb.DuckDBPyConnection, figures: Figures, through_day: date) -> list[Change]:
    old, new = (_columns(con, database, figures.mart) for database in ("published", "built"))
    metrics = [metric for metric in figures.metrics if metric in old & new]
    if not metrics:
        return []
    keys = [figures.period, *([figures.dimension] if figures.dimension else [])]
    on = " and ".join(f"old.{key} = new.{key}" for key in keys)
    day = f"coalesce(old.{figures.period}, new.{figures.period})"
    dimension = f"coalesce(old.{figures.dimension}, new.{figures.dimension})" if figures.dimension else "null"
    compared = " union all ".join(
        f"""
        select
            {literal(metric)} as metric,
            {dimension}::varchar as dimension,
            {day} as day,
            old.{identifier(metric)}::double as old_value,
            new.{identifier(metric)}::double as new_value
        from published.marts.{figures.mart} as old
        full outer join built.marts.{figures.mart} as new on {on}
        where
            old.{identifier(metric)} is distinct from new.{identifier(metric)}
            and coalesce(old.{identifier(metric)}, new.{identifier(metric)}) is not null
            and not (
                (old.{figures.period} is null or new.{figures.period} is null)
                and coalesce(old.{identifier(metric)}, new.{identifier(metric)}) = 0
            )
            and {day} >= (select min({figures.period}) from published.marts.{figures.mart})
        """
        for metric in metrics
    )
    rows = con.execute(f"select * from ({compared}) order by day, dimension, metric").fetchall()
    return [Change(figures, *row) for row in rows if figures.last_day(row[2]) <= through_day]


def _columns(con: duckdb.DuckDBPyConnection, database: str, table: str) -> set[str]:
    rows = con.execute(
        "select column_name from duckdb_columns() where database_name = ? and schema_name = 'marts' and table_name = ?",
        [database, table],
    ).fetchall()
    return {row[0] for row in rows}
