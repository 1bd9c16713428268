"""Columns that the contract does not know, with the one that may be meant. A file that lacks a required one is refused.

They are looked for in the accepted rows: their values are kept in ``extra``.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import duckdb

from pipelines.contract import Log
from pipelines.ingest.batch import STAGED
from pipelines.ingest.names import pair_names
from pipelines.sql import literal

UNKNOWN = "unknown_column"
"""A column that the contract does not know; nothing suggests a typing error."""
MISSPELT = "misspelt_column"
"""An unknown column that looks like one of the contract, which none of its rows fills."""

_MOST_COLUMNS = 50
_PERSON = re.compile(r"(user|member|author|account|person|nick|owner|poster)_?(name|id|login|handle|email)?")
"""Names that systems give the column that says whose a row is."""
_HAS_EXTRA = "reason is null and op = 'upsert' and extra is not null"


def unknown_columns(con: duckdb.DuckDBPyConnection, log: Log) -> list[tuple[date, dict[str, Any]]]:
    """Return the unknown columns that accepted rows of the batch fill, per log day, those of most rows first."""
    names = con.execute(
        f"""
        select name from (select unnest(json_keys(extra)) as name from {STAGED} where {_HAS_EXTRA})
        group by name order by count(*) desc, name limit {_MOST_COLUMNS}
        """
    ).fetchall()
    if not names:
        return []
    meant = {name: _nearest(log, name) for (name,) in names}
    filled = " ".join(f"when {literal(name)} then {ours} is not null" for name, ours in meant.items() if ours)
    found = con.execute(
        f"""
        select log_day, name, count(*) as n_rows, count(*) filter (where is_filled) as n_filled
        from (
            select log_day, name, {f"case name {filled} end" if filled else "null"} as is_filled
            from (select *, unnest(json_keys(extra)) as name from {STAGED} where {_HAS_EXTRA})
            where name in ({", ".join(map(literal, meant))})
        )
        group by all order by log_day, n_rows desc, name
        """
    ).fetchall()
    return [(log_day, _finding(name, meant[name], n_rows, n_filled)) for log_day, name, n_rows, n_filled in found]


def _nearest(log: Log, name: str) -> str | None:
    """Return the column of the contract that a name looks most like; whose a row is comes first."""
    own = [column.name for column in log.own_columns]
    if log.person and (_PERSON.fullmatch(name.lower()) or pair_names([log.person], [name])):
        return log.person
    return next(iter(pair_names(own, [name])), None)


def _finding(name: str, ours: str | None, n_rows: int, n_filled: int) -> dict[str, Any]:
    name = _shown(name)
    if ours is None or n_filled:
        near = f" (nearest: {ours})" if ours else ""
        said = f"column `{name}` is not in the contract{near}: {_rows(n_rows)}"
        cure = "nothing to do if you do not need it; `extra` keeps it, under pseudonyms its name alone"
    else:
        said = f"column `{name}` is not in the contract: did you mean {ours}? It is empty in {_rows(n_rows)}"
        cure = f"call it {ours} and deliver the day again"
    return {
        "finding": UNKNOWN if ours is None or n_filled else MISSPELT,
        "name": name,
        "n_rows": n_rows,
        "said": said,
        "cure": cure,
    }


def _shown(name: str) -> str:
    """Return a name with what cannot be seen spelled out."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in name)


def _rows(n: int) -> str:
    return f"{n:,} row{'' if n == 1 else 's'}"
