"""What somebody who looks at a mart sees of it at once: how many rows it has, and the last few where nobody is in them.

Marts with a row per member, piece or event are counted only: what is shown is kept in Dagster's history.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from pipelines.sql import identifier

_SHOWN_ROWS = 5

_SHOWN: Mapping[str, tuple[str, ...]] = {
    "community_days": ("day", "dau", "wau", "mau", "joined_members", "lost_members", "n_contents", "n_interactions"),
    "content_days": ("day", "kind", "n_published", "n_reads", "n_interactions"),
    "mrr_months": ("month", "plan", "currency", "mrr_end_minor", "n_payers_end"),
    "revenue_months": ("month", "currency", "mrr_start_minor", "mrr_end_minor", "payments_in_minor", "refunds_minor"),
}
"""Columns of the marts whose last rows are shown, the latest first; the first column says which they are."""


@dataclass(frozen=True)
class Look:
    """How many rows a mart has, and its last ones as a table in Markdown; empty where none are shown."""

    n_rows: int
    last_rows: str = ""


def look(con: duckdb.DuckDBPyConnection, mart: str) -> Look | None:
    """Look at a mart of the database that is attached as ``built``; None where it has none of that name."""
    table = f"built.marts.{identifier(mart)}"
    try:
        (n_rows,) = con.execute(f"select count(*) from {table}").fetchall()[0]
    except duckdb.CatalogException:
        return None
    if not (columns := _SHOWN.get(mart)):
        return Look(n_rows)
    names = ", ".join(map(identifier, columns))
    rows = con.execute(f"select {names} from {table} order by 1 desc, {names} limit {_SHOWN_ROWS}").fetchall()
    return Look(n_rows, "\n".join(map(_line, [columns, ["---"] * len(columns), *rows])))


def _line(cells: Any) -> str:  # noqa: ANN401 - a row of any columns
    return "| " + " | ".join("" if cell is None else str(cell).replace("|", "\\|") for cell in cells) + " |"
