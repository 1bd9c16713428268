"""Whether the marts, grown run by run, equal those of a full rebuild from the lake in a folder of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.lake.scratch import link_lake
from pipelines.settings import Settings
from pipelines.sql import identifier, literal
from pipelines.warehouse import dbt
from pipelines.warehouse.control import is_planned, write_plan
from pipelines.warehouse.plan import ON_PARQUET, completed_build, make_plan
from pipelines.warehouse.project import DBT_PROJECT_DIR
from pipelines.warehouse.results import raise_for_failures

SHOWN_ROWS = 5
"""Rows that differ which are shown per mart and side."""


class NotComparableError(UserError):
    """The warehouse is not what a completed run has made of the lake as it is, so a rebuild has to differ."""

    exit_code = 2


@dataclass(frozen=True)
class Comparison:
    """One mart: rows in the warehouse and of the rebuild, and the first rows that only one of them has."""

    mart: str
    n_rows: int
    n_rebuilt: int
    n_only_here: int = 0
    n_only_rebuilt: int = 0
    only_here: list[dict[str, Any]] = field(default_factory=list)
    only_rebuilt: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_equal(self) -> bool:
        """Whether both hold the same rows, each equally often."""
        return not (self.n_only_here or self.n_only_rebuilt)


def mart_names() -> list[str]:
    """Marts that are made from logs alone, so that a rebuild has to give the same."""
    return _model_names("marts")


def record_names() -> list[str]:
    """Marts about what was run: histories, which no rebuild can give."""
    return _model_names("records")


def verify(home: Home, settings: Settings, scratch: Path, *, marts: Sequence[str] = ()) -> list[Comparison]:
    """Rebuild marts from the lake below ``scratch`` on DuckDB and compare them; the home is only read.

    Args:
        home: Home folder of the community; the caller holds its lock.
        settings: Settings of the community.
        scratch: Empty folder with room for another warehouse.
        marts: Names of marts; all of them where none is given.

    Returns:
        One comparison per mart, by name.

    Raises:
        NotComparableError: No run was completed, or what changed since waits for the next one.
    """
    _check_completed(home, settings)
    names = sorted(marts or mart_names())
    apart = settings.model_copy(update={"home": scratch, "engine": "duckdb"})
    rebuilt = Home(scratch)
    link_lake(home, rebuilt)
    write_plan(rebuilt, make_plan(home, settings, full=True))
    selected = [f"+{name}" for name in marts] or ["+path:models/marts"]
    raise_for_failures(dbt.build(apart, [*selected, "-resource_type:test", "-tag:after_scoring"], full_refresh=True))
    with duckdb.connect(config={"threads": settings.threads, "memory_limit": settings.memory_limit}) as con:
        con.execute(f"set temp_directory = {literal(scratch / 'spill')}")
        con.execute(f"attach {literal(home.marts)} as here (read_only)")
        con.execute(f"attach {literal(rebuilt.marts)} as rebuilt (read_only)")
        return [_compare(con, name) for name in names]


def _check_completed(home: Home, settings: Settings) -> None:
    if completed_build(home) is None:
        raise NotComparableError("no run was completed yet, so there is nothing to verify")
    plan = make_plan(home, settings)
    if plan.is_full and plan.full_because != ON_PARQUET:
        raise NotComparableError(f"the next run rebuilds everything ({plan.full_because}); verify after it")
    if not is_planned(home):
        raise NotComparableError("the lake holds deliveries that no run has built yet; run their days, then verify")


def _model_names(folder: str) -> list[str]:
    return sorted(path.stem for path in (DBT_PROJECT_DIR / "models" / folder).rglob("*.sql"))


def _compare(con: duckdb.DuckDBPyConnection, mart: str) -> Comparison:
    """Compare by count and sum of row hashes; rows themselves are only looked at where these differ."""
    here, rebuilt = _columns(con, "here", mart), _columns(con, "rebuilt", mart)
    if here != rebuilt:
        raise NotComparableError(f"marts.{mart} lacks columns of the rebuild or has others; run any day, then verify")
    columns = ", ".join(map(identifier, sorted(here)))
    sides = {side: f"select {columns} from {side}.marts.{identifier(mart)}" for side in ("here", "rebuilt")}
    digests = {
        side: con.execute(f"select count(*), sum(hash({columns})::hugeint) from ({sql})").fetchall()[0]
        for side, sql in sides.items()
    }
    n_rows, n_rebuilt = digests["here"][0], digests["rebuilt"][0]
    if digests["here"] == digests["rebuilt"]:
        return Comparison(mart, n_rows, n_rebuilt)
    only = {}
    for side, other in (("here", "rebuilt"), ("rebuilt", "here")):
        con.execute(f"create or replace temp table surplus as {sides[side]} except all {sides[other]}")
        (count,) = con.execute("select count(*) from surplus").fetchall()[0]
        cursor = con.execute(f"select * from surplus order by all limit {SHOWN_ROWS}")
        names = [column[0] for column in cursor.description or ()]
        only[side] = (count, [dict(zip(names, row, strict=True)) for row in cursor.fetchall()])
    return Comparison(mart, n_rows, n_rebuilt, only["here"][0], only["rebuilt"][0], only["here"][1], only["rebuilt"][1])


def _columns(con: duckdb.DuckDBPyConnection, database: str, mart: str) -> set[str]:
    rows = con.execute(
        "select column_name from duckdb_columns() where database_name = ? and schema_name = 'marts' and table_name = ?",
        [database, mart],
    ).fetchall()
    return {row[0] for row in rows}
