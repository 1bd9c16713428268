"""Taking the erased out of rows of a source that are about to land, whatever its kind and its mapping."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.connectors.prepare import Prepared
from pipelines.contract import Log
from pipelines.privacy import tables
from pipelines.privacy.names import MEMBER_COLUMNS, SHARED_BY
from pipelines.privacy.needles import Needles
from pipelines.sources.gone import Gone, is_mark, is_tombstone


def landed(gone: Gone) -> Callable[[duckdb.DuckDBPyConnection, Prepared], None]:
    """Return what takes the erased out of rows that are about to land, as an erasure takes them out of landing."""

    def replace(con: duckdb.DuckDBPyConnection, part: Prepared) -> None:
        if not gone:
            return
        rows: pa.Table = con.sql(f"select * from {part.table} order by position").to_arrow_table()
        new, n_changed = without(rows.select(list(part.columns)), part.log, gone)
        if n_changed:
            for name in part.columns:
                rows = rows.set_column(rows.column_names.index(name), new.schema.field(name), new[name])
            con.register("without_erased", rows)
            con.execute(f"create or replace temp table {part.table} as from without_erased")
            con.unregister("without_erased")

    return replace


def without(rows: pa.Table, log: Log, gone: Gone) -> tuple[pa.Table, int]:
    """Return rows of a log without the erased, and how many values changed; what only marks a text goes too."""
    members: set[str] = set()
    for name in MEMBER_COLUMNS & set(rows.column_names):
        members.update(one.strip(" ") for one in pc.unique(rows[name]).to_pylist() if one)
    marks = {one: one if is_tombstone(one) else gone.of(one) for one in members}
    found = {one: mark for one, mark in marks.items() if mark}
    needles = gone.needles.merged(Needles(found, shared=_shared(rows, found)))
    new, n_changed = tables.rewrite(rows, needles, log) if needles.ids else (rows, 0)
    for position, field in enumerate(new.schema):
        if pa.types.is_string(field.type):
            column, n_emptied = tables.mapped(new.column(position), lambda text: None if is_mark(text) else text)
            new, n_changed = new.set_column(position, field, column), n_changed + n_emptied
    return new, n_changed


def _shared(rows: pa.Table, found: Mapping[str, str]) -> frozenset[str]:
    """Referrers that so many others have that they say nothing of one."""
    if not {"member_id", "referrer"} <= set(rows.column_names):
        return frozenset()
    is_erased = pc.is_in(rows["member_id"], value_set=pa.array([*found], pa.string()))
    others = rows.select(["member_id", "referrer"]).filter(pc.invert(is_erased))
    counted = others.group_by("referrer").aggregate([("member_id", "count_distinct")]).to_pylist()
    return frozenset(
        row["referrer"] for row in counted if row["referrer"] and row["member_id_count_distinct"] >= SHARED_BY
    )
