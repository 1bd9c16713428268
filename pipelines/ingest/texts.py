"""Queries that read delivered files as text, one column per contract column. Nothing is cast here.

Each query gives ``rules.TEXT_COLUMNS``, the log's own columns as VARCHAR (null where the file lacks them) and
``extra``, a JSON object of the values that the contract does not know, null where there is none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import duckdb

from pipelines.contract import Column, Log, Type
from pipelines.ingest.landing import LandingFile
from pipelines.ingest.shape import Shape
from pipelines.sql import array, file_list, literal

_LONGEST_RECORD = 2_000_000
"""Longest record that is read strictly; DuckDB's buffer is sixteen times as big."""
_STRICT = f"auto_detect = false, strict_mode = true, max_line_size = {_LONGEST_RECORD}, hive_partitioning = false"
_UNSEEN = "null::bigint as line, null as malformed, null as raw_text, null as raw_sha256, null::bigint as raw_bytes"
_SEEN = "file_id, log_day, line, malformed, raw_text, raw_sha256, raw_bytes"


def strict_reader(shape: Shape, files: Mapping[int, LandingFile]) -> str:
    """Return the table function that reads files of one shape: any oddity in any of them fails the query.

    A CSV file gives its fields as ``c0``, ``c1``, …; a file of JSON lines gives each line as ``document``: valid JSON
    holds no control character, so one delimits.
    """
    if shape.format == "parquet":
        return f"read_parquet({_paths(files)}, hive_partitioning = false)"
    if shape.format == "csv":
        columns = ", ".join(f"'c{position}': 'VARCHAR'" for position in range(len(shape.columns)))
        form = f"columns = {{{columns}}}, header = true, delim = ',', quote = '\"', escape = '\"'"
    else:
        form = "columns = {'document': 'VARCHAR'}, header = false, delim = '\x01', quote = '', escape = ''"
    return f"read_csv({_paths(files)}, {form}, compression = {literal(shape.compression or 'none')}, {_STRICT})"


def csv_texts(log: Log, shape: Shape, files: Mapping[int, LandingFile]) -> str:
    """Read CSV files of one header, strictly."""
    return _from_fields(log, shape, f"select {_origin(files)}, {_UNSEEN}, * from {strict_reader(shape, files)}")


def jsonl_texts(log: Log, shape: Shape, files: Mapping[int, LandingFile]) -> str:
    """Read files of one JSON object a line, strictly as far as text goes."""
    is_blank = "trim(document, ' \t\r') = ''"
    lines = f"select {_origin(files)}, {_UNSEEN}, document from {strict_reader(shape, files)} where not {is_blank}"
    return _from_documents(log, lines)


def parquet_texts(con: duckdb.DuckDBPyConnection, log: Log, shape: Shape, files: Mapping[int, LandingFile]) -> str:
    """Read Parquet files of one schema; every value becomes text, and a row's number stands for its line."""
    described = con.execute(f"describe from {strict_reader(shape, files)}").fetchall()
    types = [type_ for _, type_, *_ in described]
    names = [f"c{position}" for position in range(len(shape.columns))]
    texts = [f"{_parquet_text(name, type_)} as {name}" for name, type_ in zip(names, types, strict=True)]
    pairs = ", ".join(f"{literal(column)}, {name}" for column, name in zip(shape.columns, names, strict=True))
    return _from_fields(
        log,
        shape,
        f"""
        select *, null as malformed,
            if(strlen(document) > 65536, left(document, 16384), document) as raw_text,
            if(strlen(document) > 65536, sha256(document), null) as raw_sha256, strlen(document) as raw_bytes
        from (
            select *, json_object({pairs})::varchar as document
            from (
                select {_origin(files)}, file_row_number + 1 as line, {", ".join(texts)}
                from read_parquet({_paths(files)}, hive_partitioning = false, file_row_number = true)
                    as delivered({", ".join(names)})
            )
        )
        """,
    )


def record_texts(log: Log, shape: Shape, records: str) -> str:
    """Read the records that ``line_reader`` cut out of CSV or JSONL files; ``records`` names their table."""
    seen = f"select * from {records}"
    return _from_fields(log, shape, seen) if shape.format == "csv" else _from_documents(log, seen)


def _from_fields(log: Log, shape: Shape, source: str) -> str:
    """Name the fields ``c0``, ``c1``, … of ``source`` as the header does."""
    known = {name: f"c{position}" for position, name in enumerate(shape.columns)}
    own = [column.name for column in log.own_columns]
    texts = [f"{known.get(name, 'null::varchar')} as {name}" for name in own]
    unknown = sorted(name for name in known if name not in own)
    pieces = [f"{literal(_json_key(name))} || to_json(nullif({known[name]}, ''))::varchar" for name in unknown]
    extra = f"'{{' || nullif(concat_ws(',', {', '.join(pieces)}), '') || '}}'" if pieces else "null::varchar"
    return f"select {_SEEN}, {', '.join(texts)}, {extra} as extra from ({source})"


def _from_documents(log: Log, source: str) -> str:
    """Take the values out of the JSON text ``document`` of ``source``."""
    own = [column.name for column in log.own_columns]
    paths = array(literal(f'$."{name}"') for name in own)
    texts = [
        f"{_own_json_text(column, f'found[{position}]')} as {column.name}"
        for position, column in enumerate(log.own_columns, 1)
    ]
    keys = f"list_filter(json_keys(object), lambda k: k not in ({', '.join(map(literal, own))}))"
    unknown = f"list_sort(list_distinct({keys}))"
    pointer = "'/' || replace(replace(k, '~', '~0'), '/', '~1')"
    value = _json_text(f"json_extract(object, {pointer})")
    pieces = f"list_transform({unknown}, lambda k: to_json(k)::varchar || ':' || to_json({value})::varchar)"
    return f"""
        with checked as (
            select * replace (
                case
                    when malformed is not null then malformed
                    when not json_valid(document) then 'the line is no valid JSON'
                    when json_type(document) <> 'OBJECT' then 'the line is no JSON object'
                end as malformed
            )
            from ({source})
        ),
        parsed as (select *, case when malformed is null then document end as object from checked),
        found as (select *, json_extract(object, {paths}) as found from parsed)
        select {_SEEN}, {", ".join(texts)},
            '{{' || nullif(array_to_string({pieces}, ','), '') || '}}' as extra
        from found
    """


def _own_json_text(column: Column, value: str) -> str:
    """Return the text of a JSON value; an id or text written as a decimal number keeps its spelling.

    Only texts hold several values: anywhere else an array stays what it is, and the rules refuse it.
    """
    text = _json_text(value) if column.type is Type.TEXT else f"nullif(json_extract_string({value}, '$'), '')"
    if column.type not in (Type.ID, Type.TEXT):
        return text
    spelled = f"regexp_extract(object, {literal(_spelling(column.name))}, 1)"
    is_same = f"json_type({value}) = 'DOUBLE' and try_cast({spelled} as double) = {text}::double"
    return f"case when {is_same} then {spelled} else {text} end"


def _spelling(name: str) -> str:
    return rf'"{name}"\s*:\s*(-?[0-9][-+.eE0-9]*)'


def _json_text(value: str) -> str:
    """Return the text of a JSON value: null where empty, arrays joined by ``|``, objects as JSON."""
    joined = f"array_to_string(json_extract_string({value}, '$[*]'), '|')"
    plain = f"json_extract_string({value}, '$')"
    text = f"case json_type({value}) when 'NULL' then null when 'ARRAY' then {joined} else {plain} end"
    return f"nullif({text}, '')"


def _parquet_text(name: str, type_: str) -> str:
    if type_.endswith("]"):
        return f"array_to_string({name}::varchar[], '|')"
    return f"to_json({name})::varchar" if type_.startswith(("STRUCT", "MAP")) else f"{name}::varchar"


def _json_key(name: str) -> str:
    return f"{json.dumps(name, ensure_ascii=False)}:"


def _paths(files: Mapping[int, LandingFile]) -> str:
    return file_list(file.path for file in files.values())


def _origin(files: Mapping[int, LandingFile]) -> str:
    """Tell a row's file and log day by the position of its file in the query."""
    ids, days = array(map(str, files)), array(map(_day, files.values()))
    return f"{ids}[file_index::int + 1] as file_id, {days}[file_index::int + 1] as log_day"


def _day(file: LandingFile) -> str:
    return f"date '{file.log_day}'"
