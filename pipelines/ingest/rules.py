"""The contract as SQL: rows of text become typed rows, or get the reason why they cannot. No file is read."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.contract import INTERACTIONS, Column, Log, Type
from pipelines.ingest.plain import Steady, instant, local_time, plain
from pipelines.ingest.row_rules import any_broken_rule, first_broken_rule
from pipelines.lake.sources import part_columns
from pipelines.settings import Settings
from pipelines.sql import identifier, is_one_of, literal

TEXT_COLUMNS = ("file_id", "log_day", "line", "malformed", "raw_text", "raw_sha256", "raw_bytes")
"""Columns that a query of texts gives besides the log's own and ``extra``."""

STAGED_COLUMNS = {
    "file_id": "INTEGER",
    "log_day": "DATE",
    "line": "BIGINT",
    "reason": "VARCHAR",
    "column_name": "VARCHAR",
    "raw_text": "VARCHAR",
    "raw_sha256": "VARCHAR",
    "raw_bytes": "BIGINT",
    "row_hash": "UBIGINT",
}
"""Columns of a cast row besides those of the part; a row with a reason belongs in quarantine."""

_OFFSET = r"Z|[+-](0\d|1[0-3])(:?[0-5]\d)?|[+-]14(:?00)?"
_TIME = rf"\d{{4}}-\d\d-\d\d([T ]\d\d:\d\d[0-9:.]*({_OFFSET})?)?"
_INTEGER = r"[+-]?\d+(\.0+)?"
_NUMBER = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"


def identity(log: Log) -> tuple[str, ...]:
    """Return the columns that identify a row of a part; an interaction is unique only within its event day."""
    return ("source", *log.key, *(["event_day"] if log == INTERACTIONS else []))


def cast_sql(log: Log, settings: Settings, texts: str, *, steady: Sequence[Steady] = (), explains: bool = True) -> str:
    """Return the query that casts ``texts`` and judges each row.

    Args:
        log: The log the texts belong to.
        settings: Gives the default source. The time zone is the connection's.
        texts: Query of ``TEXT_COLUMNS``, each own column of the log as VARCHAR, and ``extra``.
        steady: Days on which the connection's time zone does not move: their times are read faster.
        explains: Whether a broken row gets its reason; ``BROKEN`` stands for it where it is to be read again anyway.

    Returns:
        Query of ``STAGED_COLUMNS`` and the part's columns.
    """
    columns = log.own_columns
    own = [column.name for column in columns]
    looked = [f"{is_plain} as {column.name}__plain" for column in columns if (is_plain := plain(column))]
    seen = [f"{column.name}__plain" for column in columns if plain(column)]
    trimmed = [f"{_trimmed(column)} as {column.name}" for column in columns]
    local = f"{local_time('occurred_at', steady)} as occurred_at__local"
    cast = [f"{_cast(column, steady)} as {column.name}__cast" for column in columns]
    values = [f"{_stored(column, settings)} as {column.name}" for column in columns]
    hashed = ", ".join(part_columns(log))
    reason = (first_broken_rule if explains else any_broken_rule)(log, _always_needed(log))
    return f"""
        with texts as ({texts}),
        looked as (select *, {", ".join(looked)} from texts),
        trimmed as (
            select {", ".join(TEXT_COLUMNS)}, extra, {", ".join(seen)}, {local}, {", ".join(trimmed)} from looked
        ),
        casted as (select *, {", ".join(cast)} from trimmed),
        -- A row that withdraws a key may lack the time: it then counts on its log day.
        placed as (
            select *, coalesce(occurred_at__local::date, occurred_at__cast::date, log_day) as event_day from casted
        ),
        judged as (select *, coalesce(malformed, {reason}) as reason from placed),
        valued as (
            select
                file_id, log_day, line, reason,
                case when malformed is null then split_part(reason, ':', 1) end as column_name,
                case when reason is not null then raw_text end as raw_text,
                case when reason is not null then raw_sha256 end as raw_sha256,
                case when reason is not null then raw_bytes end as raw_bytes,
                {", ".join(values)}, extra, event_day
            from judged
        )
        select
            file_id, log_day, line, reason, column_name, raw_text, raw_sha256, raw_bytes,
            hash({hashed}) as row_hash, {", ".join(own)}, extra, event_day
        from valued
    """


def _trimmed(column: Column) -> str:
    name = column.name
    if column.type is Type.TEXT:
        return f"nullif({name}, '')"
    trimmed = f"nullif(trim({name}), '')"
    return f"case when {name}__plain then {name} else {trimmed} end" if plain(column) else trimmed


def _cast(column: Column, steady: Sequence[Steady]) -> str:
    """Return the value of a trimmed text, null where it breaks the type's rule."""
    text = column.name
    years = f"{text} >= '1970' and {text} < '2200'"
    cast_instant = f"case when {years} then try_cast({text} as timestamptz) end"
    time = _if_matches(text, _TIME, cast_instant)
    number = f"try_cast({text} as double)"
    kinds = is_one_of(text, column.kinds)
    rules = {
        Type.TIME: f"case when {text}__plain then {cast_instant} else {time} end",
        Type.DAY: f"({time})::date",
        Type.INTEGER: _if_matches(text, _INTEGER, f"try_cast(split_part({text}, '.', 1) as bigint)"),
        Type.NUMBER: _if_matches(text, _NUMBER, f"case when isfinite({number}) then {number} end"),
        Type.CURRENCY: _if_matches(text, "[A-Z]{3}", text),
        Type.KIND: f"case when {text}__plain then {text} when {kinds} then {text} end",
    }
    value = rules.get(column.type, text)
    return instant(text, steady, value) if text == "occurred_at" else value


def _if_matches(text: str, pattern: str, value: str) -> str:
    return f"case when regexp_full_match({text}, {literal(pattern)}) then {value} end"


def _stored(column: Column, settings: Settings) -> str:
    """Return a cast value as the part stores it: instants as UTC without zone, defaults filled in."""
    value = f"{column.name}__cast"
    if column.type is Type.TIME:
        return f"make_timestamp(epoch_us({value}))"
    if column.name == "source":
        return f"coalesce({value}, {literal(settings.community)})"
    if column.name == "op":
        return f"coalesce({value}, 'upsert')"
    return value


def _always_needed(log: Log) -> set[str]:
    """Return the columns that a row needs to withdraw a key."""
    return {*log.key, *(["occurred_at"] if "event_day" in identity(log) else [])}


def columns_sql(columns: dict[str, str]) -> str:
    """Declare columns for ``create table``."""
    return ", ".join(f"{identifier(name)} {type_}" for name, type_ in columns.items())
