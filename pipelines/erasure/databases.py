"""A DuckDB database without the person, written as a new file: no block that was freed holds what was erased."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.home import Home
from pipelines.lake.duck import connect
from pipelines.privacy.names import MEMBER_COLUMNS, name_columns
from pipelines.privacy.needles import MADE_OF, Needles
from pipelines.settings import Settings
from pipelines.sql import identifier, literal

_TEXTS = ("VARCHAR", "VARCHAR[]")
_CHUNK = 200


def rewrite(path: Path, target: Path, needles: Needles, settings: Settings, *, applies: bool) -> int:
    """Write a database without the person to ``target``, in the format it had: a block freed earlier may hold it too.

    Returns:
        How many distinct values changed, over all columns of all tables.
    """
    with connect(Home(settings.home), settings) as con:
        con.execute(f"attach {literal(path)} as old (read_only)")
        tables = _tables(con)
        changes = {table: found for table in tables if (found := _changes(con, table, tables[table], needles))}
        n_changed: int = sum(new.num_rows for found in changes.values() for new in found.values())
        n_changed += _count_emptied(con, tables, needles)
        if not applies:
            return n_changed
        version = _version(con)
        con.execute(f"attach {literal(target)} as new{f' (storage_version {literal(version)})' if version else ''}")
        con.execute("copy from database old to new (schema)")
        for table, columns in tables.items():
            _copy(con, table, columns, changes.get(table, {}), needles)
        con.execute("checkpoint new")
        con.execute("detach new")
    return n_changed


def _tables(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], dict[str, str]]:
    """Return the types of all columns by schema and table; asked once, as DuckDB takes long to answer."""
    tables: dict[tuple[str, str], dict[str, str]] = {}
    for schema, table, column, kind in con.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns() semi join duckdb_tables() "
        "using (database_name, schema_name, table_name) where database_name = 'old' "
        "order by schema_name, table_name, column_index"
    ).fetchall():
        tables.setdefault((schema, table), {})[column] = kind
    return tables


def _changes(
    con: duckdb.DuckDBPyConnection, table: tuple[str, str], columns: dict[str, str], needles: Needles
) -> dict[str, pa.Table]:
    """Return, for each column with values that change, the old ones and the new ones."""
    found = {}
    texts = {column: kind for column, kind in columns.items() if kind in _TEXTS}
    for column, old in _suspects(con, table, texts, needles).items():
        pairs = [(value, new) for value in old if (new := _changed(column, value, needles)) != value]
        if pairs:
            arrow = pa.list_(pa.string()) if texts[column] == "VARCHAR[]" else pa.string()
            found[column] = pa.table(
                {"old": pa.array([one for one, _ in pairs], arrow), "new": pa.array([one for _, one in pairs], arrow)}
            )
    return found


def _changed(column: str, value: str | list[str], needles: Needles) -> str | list[str | None] | None:
    if isinstance(value, list):
        return [one if one is None else needles.cell(column, one) for one in value]
    return needles.cell(column, value)


def _suspects(
    con: duckdb.DuckDBPyConnection, table: tuple[str, str], texts: dict[str, str], needles: Needles
) -> dict[str, list[str | list[str]]]:
    """Different values of each column that may hold something, in one pass; Python then looks closely."""
    found: dict[str, list[str | list[str]]] = {column: [] for column in texts}
    if not texts:
        return found
    # Quoted by RE2's own rule: Python's escapes of blanks and signs are none of RE2.
    quoted = [re.sub(r"([\\.+*?()|\[\]{}^$])", r"\\\1", core) for core in needles.cores]
    quoted += [MADE_OF.pattern] if needles.renamed else []
    for start in range(0, len(quoted), _CHUNK):
        pattern = "|".join(quoted[start : start + _CHUNK])
        lists = []
        for column, kind in texts.items():
            name = identifier(column)
            text = f"{name}::varchar" if kind == "VARCHAR[]" else name
            wanted = f"regexp_matches({text}, $pattern)"
            if column in MEMBER_COLUMNS:
                wanted = f"trim({name}) in (select unnest($ids::varchar[]))" if not start else "false"
            lists.append(f"list(distinct {name}) filter (where {wanted})")
        values = {"pattern": pattern, "ids": sorted(needles.ids)}
        used = {name: value for name, value in values.items() if any(f"${name}" in one for one in lists)}
        row = con.execute(f"select {', '.join(lists)} from old.{_name(table)}", used).fetchall()[0]
        for column, old in zip(texts, row, strict=True):
            found[column] += old or []
    return found


def _name(table: tuple[str, str]) -> str:
    return f"{identifier(table[0])}.{identifier(table[1])}"


def _emptied(columns: dict[str, str], needles: Needles) -> dict[str, str]:
    """Return the columns of a table that lose values, each with the condition under which it does.

    They are the titles beside the person's contents, and what the person is called beside an id.
    """
    owned = {"title": ["content_id in (select v from pieces)"]} if {"title", "content_id"} <= columns.keys() else {}
    owned = owned if needles.pieces else {}
    for column in MEMBER_COLUMNS & columns.keys():
        for name in columns.keys() & {*name_columns(column)}:
            owned.setdefault(name, []).append(f"trim(t.{column}) in (select v from marks)")
    return {name: f"({' or '.join(sorted(conditions))})" for name, conditions in owned.items()}


def _count_emptied(
    con: duckdb.DuckDBPyConnection, tables: dict[tuple[str, str], dict[str, str]], needles: Needles
) -> int:
    """Count the values that go because of what stands beside them."""
    con.register("pieces", pa.table({"v": pa.array(sorted(needles.all_pieces), pa.string())}))
    con.register("marks", pa.table({"v": pa.array(sorted({*needles.ids, *needles.ids.values()}), pa.string())}))
    n_emptied = 0
    for table, columns in tables.items():
        if not (emptied := _emptied(columns, needles)):
            continue
        counts = [f"count(t.{name}) filter (where {condition})" for name, condition in emptied.items()]
        n_emptied += sum(con.execute(f"select {', '.join(counts)} from old.{_name(table)} as t").fetchall()[0])
    return n_emptied


def _copy(
    con: duckdb.DuckDBPyConnection,
    table: tuple[str, str],
    columns: dict[str, str],
    changes: dict[str, pa.Table],
    needles: Needles,
) -> None:
    """Copy the rows of a table in their order; values that change are looked up."""
    name = _name(table)
    emptied = _emptied(columns, needles)
    selected, joins = [], []
    for place, column in enumerate(columns):
        value = f"t.{identifier(column)}"
        if column in changes:
            con.register(f"change_{place}", changes[column])
            joins.append(f"left join change_{place} as c{place} on {value} = c{place}.old")
            value = f"case when c{place}.old is not null then c{place}.new else {value} end"
        if column in emptied:
            value = f"case when {emptied[column]} then null else {value} end"
        selected.append(value)
    con.execute(f"insert into new.{name} select {', '.join(selected)} from old.{name} as t {' '.join(joins)}")
    for place in range(len(columns)):
        con.unregister(f"change_{place}")


def _version(con: duckdb.DuckDBPyConnection) -> str:
    """Storage version of the old file, so that clients that could open it open the new one."""
    tags = con.execute("select tags from duckdb_databases() where database_name = 'old'").fetchall()[0][0]
    return str(tags.get("storage_version", "")).rstrip("+")
