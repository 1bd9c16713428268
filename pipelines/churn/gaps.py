"""Cut-offs that cannot be trusted: days of an outage or of new member ids look like people leaving."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from models.churn_definitions import Definition

if TYPE_CHECKING:
    import duckdb


MOST_MISSING = {"inactivity": 0.05}
"""Definition -> share of a window's days that an outage may take before the cut-off is left out; none for others.

Days deleted from clean windows of two real communities and the sample changed fewer than 1 of 100 labels up to here, as
most members come on other days too. Whether a term was renewed rests on one row, so a single day counts.
"""


def excluded_cutoffs(con: duckdb.DuckDBPyConnection, definition: Definition) -> tuple[tuple[date, str], ...]:
    """Return the labelled cut-offs of a definition that gaps of ``data_completeness`` spoil, each with what that is.

    A cut-off has two windows: the days that make members eligible, and those until all its outcomes are known. Outages
    count in the logs that the outcome rests on, where they take too large a share of either window. A break of
    identities counts for every definition, on any day of both.
    """
    outages: list[tuple[date, str]] = con.execute(
        """
        select
            day,
            case when bool_and(is_held_out) then string_agg(log, ', ' order by log) || ' withheld'
            else 'outage of ' || string_agg(log, ', ' order by log) end,
        from marts.data_completeness
        where (is_outage or is_held_out) and list_contains($logs, log) group by day order by day
        """,
        {"logs": list(definition.logs)},
    ).fetchall()
    breaks: list[tuple[date, str]] = con.execute(
        "select day, 'member ids changed' from marts.data_completeness where is_identity_break order by day"
    ).fetchall()
    cutoffs: list[tuple[date]] = con.execute(
        "select distinct as_of_day::date as cutoff from churn.churn_labels where definition = $name order by cutoff",
        {"name": definition.name},
    ).fetchall()
    excluded = []
    for (cutoff,) in cutoffs:
        first = cutoff - timedelta(days=definition.horizon_days - 1)
        last = cutoff + timedelta(days=definition.known_after_days)
        spoilt = _within(breaks, first, last)
        for begin, end in ((first, cutoff), (cutoff + timedelta(days=1), last)):
            missing = _within(outages, begin, end)
            n_days = (end - begin).days + 1
            if len(missing) > MOST_MISSING.get(definition.name, 0) * n_days:
                spoilt += missing
        if spoilt:
            day, gap = min(spoilt)
            more = f" and {len(spoilt) - 1} more" if len(spoilt) > 1 else ""
            excluded.append((cutoff, f"{gap} on {day}{more}"))
    return tuple(excluded)


def _within(gaps: Sequence[tuple[date, str]], begin: date, end: date) -> list[tuple[date, str]]:
    return [(day, gap) for day, gap in gaps if begin <= day <= end]
