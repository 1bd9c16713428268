"""Cut-offs that cannot be believed: days of an outage or of new member ids look like people leaving."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

    from models.definitions import Definition


def excluded_cutoffs(con: duckdb.DuckDBPyConnection, definition: Definition) -> tuple[tuple[date, str], ...]:
    """Return the labelled cut-offs of a definition that touch a gap of ``data_completeness``, each with what that is.

    A cut-off's window begins with the days that make members eligible and ends when all its outcomes are known. Outages
    count in the logs that the outcome rests on, a break of identities counts for every definition.
    """
    gaps: list[tuple[date, str]] = con.execute(
        """
        select
            day,
            case when is_identity_break then 'member ids changed' else 'outage of ' || log end as gap,
        from marts.data_completeness
        where is_identity_break or (is_outage and list_contains($logs, log))
        order by day, log
        """,
        {"logs": list(definition.logs)},
    ).fetchall()
    cutoffs: list[tuple[date]] = con.execute(
        "select distinct as_of_day::date as cutoff from churn.churn_labels where definition = $name order by cutoff",
        {"name": definition.name},
    ).fetchall()
    excluded = []
    for (cutoff,) in cutoffs:
        first = cutoff - timedelta(days=definition.horizon_days - 1)
        last = cutoff + timedelta(days=definition.known_after_days)
        touched = [f"{gap} on {day}" for day, gap in gaps if first <= day <= last]
        if touched:
            more = f" and {len(touched) - 1} more" if len(touched) > 1 else ""
            excluded.append((cutoff, touched[0] + more))
    return tuple(excluded)
