"""What a Parquet file holds by its footer, and whether its values are within the limits. Rows are read elsewhere."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.reading.blocks import Rejected, first_line
from pipelines.settings.limits import LimitSettings, beyond

_BATCH_ROWS = 256
_CHUNKS = """
    select
        path_in_schema,
        num_values,
        row_group_num_rows,
        num_values > $2 * greatest(row_group_num_rows, 1) as is_long,
        least(
            num_values, total_uncompressed_size, total_compressed_size, data_page_offset, dictionary_page_offset
        ) as lowest
    from parquet_metadata($1)
    where
        is_long
        or lowest < 0
        or type = 'BYTE_ARRAY' and greatest(total_uncompressed_size, total_compressed_size) > $3
"""


def footer_of(path: Path, limits: LimitSettings) -> tuple[pa.Schema, int]:
    """Return the columns and the number of rows of a Parquet file.

    Raises:
        Rejected: It is no Parquet file, or its columns, rows, levels or values are beyond the limits.
    """
    cure = "divide the file, or raise that setting"
    try:
        footer = pq.read_metadata(path)
        for name, number, what in (
            ("max_columns", footer.num_columns, "columns"),
            ("max_file_rows", footer.num_rows, "rows"),
        ):
            if number > getattr(limits, name):
                raise Rejected(beyond(limits, name, f"{number:,} {what}", cure))
        schema = footer.schema.to_arrow_schema()
        if (depth := max((_levels(field.type) for field in schema), default=0)) > limits.max_nesting:
            raise Rejected(beyond(limits, "max_nesting", f"a column is nested {depth:,} levels deep", "flatten it"))
        _check_values(path, schema, limits)
    except (pa.ArrowException, duckdb.Error, OSError, UnicodeDecodeError) as error:
        raise Rejected(f"no readable Parquet file ({first_line(error)}); deliver it again") from error
    return schema, footer.num_rows


@cache
def _in_memory() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


def _levels(type_: pa.DataType) -> int:
    """Levels of lists and structs of a column's type."""
    inner = [type_.field(position).type for position in range(type_.num_fields)]
    return 1 + max(map(_levels, inner)) if inner else 0


def _check_values(path: Path, schema: pa.Schema, limits: LimitSettings) -> None:
    """Refuse long lists and long texts; only columns that are big enough to hold a long text are read for it.

    DuckDB reads what the footer says of each chunk: pyarrow ends the process over a footer that contradicts itself.
    """
    texts: set[str] = set()
    with _in_memory().cursor() as con:
        chunks = con.execute(_CHUNKS, [str(path), limits.max_columns, limits.max_line_bytes]).fetchall()
    for name, n_values, n_rows, is_long, lowest in chunks:
        if lowest < 0:
            raise Rejected(f"no readable Parquet file (column {name!r}: a size or place of {lowest}); deliver it again")
        if is_long:
            found = f"column {name!r} has {n_values:,} values in {n_rows:,} rows"
            raise Rejected(beyond(limits, "max_columns", found, "no row may have more: flatten it"))
        if name in schema.names and not _levels(schema.field(name).type):
            texts.add(name)
    if not texts:
        return
    with pq.ParquetFile(path, read_dictionary=sorted(texts)) as file:
        for batch in file.iter_batches(_BATCH_ROWS, columns=sorted(texts)):
            for column in batch.columns:
                values = column.dictionary if isinstance(column, pa.DictionaryArray) else column
                longest = pc.max(pc.binary_length(values)).as_py() or 0
                if longest > limits.max_line_bytes:
                    found = f"a value has {longest:,} bytes"
                    raise Rejected(beyond(limits, "max_line_bytes", found, "shorten it, or raise that setting"))
