"""What the logs know of a person: linked ids, texts that nobody else has, contents that were nobody else's."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator

import duckdb

from pipelines.contract import LOGS, Log, Type
from pipelines.erasure import delivered
from pipelines.erasure.refused import quoted_texts
from pipelines.home import Home
from pipelines.identity.links import link_name
from pipelines.ingest.landing import delivered_days, landing_files
from pipelines.lake.duck import connect, open_warehouse
from pipelines.privacy import known
from pipelines.privacy.names import CALLED, KEPT_REASONS, MEMBER_COLUMNS, OWNERS, PRIVATE, SHARED_BY, TOMBSTONE
from pipelines.privacy.needles import Needles, is_long
from pipelines.privacy.pseudonyms import known_as
from pipelines.reading.publication import open_published
from pipelines.settings import Settings
from pipelines.sql import file_list
from pipelines.warehouse.plan import completed_build

_LEAST_LENGTH = 3
_MOST_VALUES = 200


def linked_ids(home: Home, settings: Settings, ids: Collection[str]) -> list[str]:
    """Other ids that the links of the last completed run join with these, in order; of what is up where it is gone."""
    wanted = [known_as(settings, one) for one in ids]
    published = home.published / "analytics.duckdb"
    if completed_build(home) is not None:
        con = open_warehouse(home)
    elif published.exists():
        con = open_published(published)
    else:
        return []
    with con:
        rows = con.execute(
            """
            with persons as (select person_id from marts.member_ids where list_contains($ids, member_id))
            select distinct member_id from marts.member_ids
            where person_id in (from persons) and not list_contains($ids, member_id)
            order by member_id
            """,
            {"ids": wanted},
        ).fetchall()
    return sorted(plain_ids(home, settings, [member for (member,) in rows]))


def stated_ids(home: Home, settings: Settings) -> list[str]:
    """Ids whose newest accepted state is ``erased`` and that are no tombstone, in order."""
    parts = _parts(home, LOGS["members"], stages=("raw",))
    if not parts:
        return []
    with connect(home, settings) as con:
        rows = con.execute(
            f"""
            with newest as (
                select member_id, status, op from read_parquet({parts}, hive_partitioning = true, union_by_name = true)
                qualify row_number() over (
                    partition by member_id order by occurred_at desc, source_seq desc nulls last, log_day desc
                ) = 1
            )
            select member_id from newest where status = 'erased' and op = 'upsert' order by member_id
            """
        ).fetchall()
    erased = known.erased_members(home)
    found = plain_ids(home, settings, [member for (member,) in rows if member not in erased])
    return sorted(one for one in found if not TOMBSTONE.fullmatch(one))


def plain_ids(home: Home, settings: Settings, ids: Collection[str]) -> list[str]:
    """Return ids of the lake as the logs have them: the delivered files tell whose a pseudonym is."""
    if not settings.pseudonyms or not ids:
        return list(ids)
    wanted: set[str] = set(ids)
    found: dict[str, str] = {}
    for log in (LOGS["members"], LOGS["identity_links"]):
        for day in delivered_days(home, log):
            for file in landing_files(home, log, day):
                if delivered.form(file.path):
                    found |= {one: known_as(settings, one) for one in delivered.member_values(file.path, log)}
    return [one for one, pseudonym in found.items() if pseudonym in wanted]


def unknown_ids(home: Home, settings: Settings, ids: Collection[str]) -> list[str]:
    """Ids that no accepted or waiting row names and that were not erased before."""
    names_of = {known_as(settings, one.strip(" ")): one for one in ids}
    seen = {known_as(settings, one) for one in known.tombstones(home, ids)}
    with connect(home, settings) as con:
        _keep(con, "ids", names_of)
        for log in LOGS.values():
            if not (parts := _parts(home, log)):
                continue
            read = f"read_parquet({parts}, hive_partitioning = false, union_by_name = true)"
            names = {name for name, *_ in con.execute(f"describe from {read}").fetchall()} & MEMBER_COLUMNS
            for name in sorted(names):
                seen |= _column(con, f"select distinct {name} from {read} where {name} in (from wanted_ids)")
    return sorted(one for name, one in names_of.items() if name not in seen)


def look_up(home: Home, settings: Settings, tombstones: dict[str, str]) -> Needles:
    """Collect what has to go besides the ids, from the accepted and the waiting rows."""
    texts: set[str] = set()
    shared: set[str] = set()
    pieces: set[str] = set()
    renamed: dict[str, str] = {}
    quoted = quoted_texts(home, tombstones)
    with connect(home, settings) as con:
        _keep(con, "ids", tombstones)
        for log in LOGS.values():
            parts = _parts(home, log)
            if not parts or not OWNERS[log.name]:
                continue
            con.execute(
                "create or replace temp view delivered as select * from "
                f"read_parquet({parts}, hive_partitioning = false, union_by_name = true)"
            )
            if log.name == "content":
                pieces = _pieces(con)
            _keep(con, "pieces", pieces if log.name == "content" else ())
            con.execute(f"create or replace temp view marked as select *, {_own(log)} as is_own from delivered")
            for column in PRIVATE.get(log.name, ()):
                found = _texts(con, column) - KEPT_REASONS
                # A short name may be a plain word: it goes where it stands beside the id, and is not looked for.
                texts |= {one for one in found if is_long(one)} if column == CALLED else found
            texts |= _extras(con)
            quoted -= _of_others(con, log, quoted)
            if log.name == "members":
                shared = _shared(con)
            if log.name == "identity_links":
                renamed = _link_names(con, tombstones)
    return Needles(tombstones, frozenset((texts | quoted) - shared), frozenset(pieces), frozenset(shared), renamed)


def _parts(home: Home, log: Log, stages: tuple[str, ...] = ("raw", "candidates")) -> str:
    paths = [path for stage in stages for path in sorted((home.lake / stage / log.name).glob("log_day=*/*.parquet"))]
    return file_list(paths) if paths else ""


def _keep(con: duckdb.DuckDBPyConnection, name: str, values: Collection[str]) -> None:
    con.execute(f"create or replace temp table wanted_{name} as select unnest($1::varchar[]) as v", [sorted(values)])


def _own(log: Log) -> str:
    """SQL that is true of the person's rows."""
    owned = [f"coalesce({name} in (from wanted_ids), false)" for name in OWNERS[log.name]]
    if log.name == "content":
        owned.append("(author_id is null and content_id in (from wanted_pieces))")
    return " or ".join(owned)


def _column(con: duckdb.DuckDBPyConnection, sql: str) -> set[str]:
    return {value for (value,) in con.execute(sql).fetchall()}


def _pieces(con: duckdb.DuckDBPyConnection) -> set[str]:
    """Contents that the person wrote and that were never anybody else's."""
    return _column(
        con,
        """
        select content_id from delivered group by content_id
        having bool_or(author_id in (from wanted_ids)) and bool_and(author_id is null or author_id in (from wanted_ids))
        """,
    )


def _texts(con: duckdb.DuckDBPyConnection, column: str) -> set[str]:
    """Values of a column that only rows of the person have."""
    return _column(
        con, f"select {column} from marked where {column} is not null group by {column} having bool_and(is_own)"
    )


def _of_others(con: duckdb.DuckDBPyConnection, log: Log, values: Collection[str]) -> set[str]:
    """Those of the values that a row of another has as one of its texts: a plan in a wrong column is no name."""
    _keep(con, "quoted", values)
    names = [column.name for column in log.own_columns if column.type is Type.TEXT] if values else []
    held = (f"select {name} from marked where not is_own and {name} in (from wanted_quoted)" for name in names)
    return set().union(*(_column(con, sql) for sql in held))


def _shared(con: duckdb.DuckDBPyConnection) -> set[str]:
    return _column(
        con,
        f"select referrer from marked where referrer is not null and not is_own "
        f"group by referrer having count(distinct member_id) >= {SHARED_BY}",
    )


def _extras(con: duckdb.DuckDBPyConnection) -> set[str]:
    """Texts in columns that the contract does not know, such as names, unless a row of another has them too."""
    rows = con.execute("select distinct extra from marked where is_own and extra is not null").fetchall()
    values = {
        text
        for (extra,) in rows
        for text in _leaves(json.loads(extra))
        if len(text.strip()) >= _LEAST_LENGTH and not text.strip().isdecimal()
    }
    if not values:
        return set()
    _keep(con, "values", sorted(values, key=lambda text: (-len(text), text))[:_MOST_VALUES])
    common = _column(
        con,
        """
        with others as (select distinct extra from marked where not is_own and extra is not null)
        select v from wanted_values where exists (
            select 1 from others where contains(others.extra, to_json(wanted_values.v)::varchar)
        )
        """,
    )
    return _column(con, "from wanted_values") - common


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _leaves(item)


def _link_names(con: duckdb.DuckDBPyConnection, tombstones: dict[str, str]) -> dict[str, str]:
    """Names of the files that state a link of the person are made from its ids: old name and new."""
    pairs = con.execute("select distinct member_a, member_b from marked where is_own").fetchall()
    return {
        link_name(one, other): link_name(tombstones.get(one, one), tombstones.get(other, other)) for one, other in pairs
    }
