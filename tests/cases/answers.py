"""A page whose queries each have their answer beneath, as a table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

QUERY = re.compile(r"```sql\n(?P<query>.*?)```\n(?:(?:\n\|[^\n]*)+\n)?", flags=re.DOTALL)
"""A query, with the table that is its answer where it has one."""


def queries(text: str) -> list[str]:
    """Return the queries of a page, in its order."""
    return [match["query"] for match in QUERY.finditer(text)]


def answered(text: str, connection: duckdb.DuckDBPyConnection) -> str:
    """Return the page with the answer of ``connection`` under each query."""
    return QUERY.sub(lambda match: f"```sql\n{match['query']}```\n\n{_table(match['query'], connection)}\n", text)


def _table(query: str, connection: duckdb.DuckDBPyConnection) -> str:
    answer = connection.sql(query)
    lines = [
        answer.columns,
        ["---"] * len(answer.columns),
        *([_cell(value) for value in row] for row in answer.fetchall()),
    ]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _cell(value: object) -> str:
    return "–" if value is None else str(value)
