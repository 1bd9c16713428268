"""What somebody should hear about accepted rows: unknown columns, odd values, one key for several members.

Nothing is refused here.

Findings are part of what a delivery says of itself (``_delivery.json``) and rows of the ledger ``delivery_findings``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import duckdb

from pipelines.contract import Log
from pipelines.home import Home
from pipelines.ingest.batch import STAGED
from pipelines.ingest.odd_values import odd_values
from pipelines.ingest.rules import identity
from pipelines.ingest.unknown import MISSPELT, unknown_columns
from pipelines.lake import ledger
from pipelines.sql import any_of

SHARED_KEY = "shared_key"
"""One key for rows of different members or things: all but one of them pass for old versions of it."""

OTHER_KEYS = "other keys"
"""Name of the finding that stands for the shared keys of a day beyond those named."""

_SHOWN_PER_DAY = 20
_SHOWN_PER_LOG = 10


@dataclass
class DayFindings:
    """Findings of one log day: how many accepted rows share keys of others, and each finding as a row of the ledger."""

    shared_key_rows: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)


def find(
    con: duckdb.DuckDBPyConnection, log: Log, log_days: Iterable[date], repeated: Collection[date]
) -> dict[date, DayFindings]:
    """Return what was found in the accepted rows of a batch, for each of its log days; some repeat a key."""
    found = {log_day: DayFindings() for log_day in log_days}
    for log_day, row in [*unknown_columns(con, log), *odd_values(con, log)]:
        found[log_day].rows.append(row)
    if repeated and log.kept:
        _find_shared_keys(con, log, found, repeated)
    return found


def summary(findings: Iterable[tuple[date, dict[str, Any]]]) -> list[str]:
    """Sum findings of a log's days up in lines, misspelt columns first; shared keys in one, by the worst of them."""
    groups: dict[tuple[str, str], list[tuple[date, dict[str, Any]]]] = defaultdict(list)
    for log_day, row in findings:
        groups[row["finding"], "" if row["finding"] == SHARED_KEY else row["name"]].append((log_day, row))
    ranked = sorted(
        groups.values(),
        key=lambda group: (group[0][1]["finding"] != MISSPELT, -sum(row["n_rows"] for _, row in group)),
    )
    lines = [_sum_up(group) for group in ranked[:_SHOWN_PER_LOG]]
    if len(ranked) > _SHOWN_PER_LOG:
        lines.append(f"… and {len(ranked) - _SHOWN_PER_LOG} more, in Data health")
    return lines


def _sum_up(group: list[tuple[date, dict[str, Any]]]) -> str:
    days = sorted({log_day for log_day, _ in group})
    where = f"{days[0]}" if len(days) == 1 else f"{len(days):,} log days, {days[0]} to {days[-1]}"
    worst = max((row for _, row in group), key=lambda row: (row["name"] != OTHER_KEYS, row["n_rows"]))
    others = "; others like it" if worst["finding"] == SHARED_KEY and len(group) > 1 else ""
    more = f"{others}, {sum(row['n_rows'] for _, row in group):,} rows in all" if len(group) > 1 else ""
    return f"{worst['said']}{more} ({where}): {worst['cure']}"


def standing(home: Home) -> list[dict[str, Any]]:
    """Return the findings that stand, as ``marts.delivery_findings`` does, in the order they were recorded.

    Of a log day those of its latest delivery stand, of the landing folder each until it is gone.
    """
    latest = {(row["log"], row["log_day"]): row["ingested_at"] for row in ledger.read(home, "deliveries").to_pylist()}
    stand: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in ledger.read(home, "delivery_findings").to_pylist():
        key = (row["log"], row["log_day"], row["finding"], row["name"])
        if row["log_day"] is None:
            stand.pop(key, None)
        if not row["is_gone"] and (row["log_day"] is None or latest.get(key[:2]) == row["found_at"]):
            stand[key] = row
    return list(stand.values())


def _find_shared_keys(
    con: duckdb.DuckDBPyConnection, log: Log, found: dict[date, DayFindings], repeated: Collection[date]
) -> None:
    """Find keys whose rows differ in what no new version changes: an id was given out twice.

    The first of the log's ``kept`` columns that any row of a key fills decides: rows without it say nothing.
    """
    key = ", ".join(identity(log))
    differ = " ".join(f"when min({name}) is not null then min({name}) <> max({name})" for name in log.kept)
    things = " ".join(
        f"when count({name}) > 0 then {{'n': count(distinct {name}), 'of': '{name}'}}" for name in log.kept
    )
    named = " || ', ' || ".join(f"'{name} ' || {name}::varchar" for name in log.key)
    accepted = f"from {STAGED} where reason is null and op = 'upsert' and log_day in {any_of(repeated)}"
    query = f"""
        with shared as (select log_day, {key} {accepted} group by all having count(*) > 1 and case {differ} end),
        things as (
            select log_day, {named} as named, count(*) as n_rows, case {things} end as things
            from (select * {accepted}) semi join shared using (log_day, {key})
            group by log_day, {key}
        )
        select log_day, named, n_rows, things.n, things.of, sum(n_rows) over (partition by log_day)::bigint
        from things
        qualify row_number() over (partition by log_day order by n_rows desc, named) <= {_SHOWN_PER_DAY}
        order by log_day, n_rows desc, named
    """
    for log_day, name, n_rows, n_things, column, all_rows in con.execute(query).fetchall():
        said_of_key = f"{name}: {n_rows:,} rows with {n_things:,} different {column}, of which one counts"
        found[log_day].shared_key_rows = all_rows
        found[log_day].rows.append(_shared_key(name, n_rows, said_of_key))
    for of_day in found.values():
        named = sum(row["n_rows"] for row in of_day.rows if row["finding"] == SHARED_KEY)
        if rest := of_day.shared_key_rows - named:
            of_day.rows.append(_shared_key(OTHER_KEYS, rest, f"{OTHER_KEYS}: {rest:,} rows that share one"))


def _shared_key(name: str, n_rows: int, said_of_key: str) -> dict[str, Any]:
    cure = "give each row an id of its own; a mapping makes one of several columns by a template"
    return {"finding": SHARED_KEY, "name": name, "n_rows": n_rows, "said": said_of_key, "cure": cure}
