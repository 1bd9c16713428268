"""The floor: the same work in DuckDB SQL written by hand, without orchestration, checks or increments.

python -m bench.in_duckdb LANDING FOLDER
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import duckdb

from bench.tables import TABLES

MEMORY, THREADS = os.environ.get("GUILDBOOK_MEMORY_LIMIT", "3GB"), 2

_LAKE = """
    select
        interaction_id,
        make_timestamp(epoch_us(occurred_at::timestamptz)) as occurred_at,
        kind, member_id, content_id,
        occurred_at::timestamptz::date as event_day,
        log_day
    from (
        select *, parse_path(filename)[-2]::date as log_day
        from read_csv('{landing}/interactions/*/*.csv', all_varchar = true, header = true, filename = true)
    )
"""

_INTERACTIONS = """
    select member_id, kind, event_day as day
    from read_parquet('{lake}/*/*.parquet', hive_partitioning = true, hive_types = {{'log_day': date}})
    qualify row_number() over (partition by event_day, interaction_id order by log_day desc) = 1
"""


def backfill(landing: Path, folder: Path) -> None:
    """Text to lake, lake to tables, tables to the published copy."""
    lake, warehouse = folder / "lake", folder / "warehouse.duckdb"
    with duckdb.connect(str(warehouse), config={"threads": THREADS, "memory_limit": MEMORY}) as con:
        con.execute(f"set temp_directory = '{folder / 'spill'}'; set preserve_insertion_order = false")
        con.execute("set timezone = 'Asia/Shanghai'")
        lake_rows = _LAKE.format(landing=landing)
        con.execute(f"copy ({lake_rows}) to '{lake}' (format parquet, compression zstd, partition_by (log_day))")
        con.execute(f"create table interactions as {_INTERACTIONS.format(lake=lake)}")
        for name, query in TABLES.items():
            con.execute(f"create table {name} as {query}")
        con.execute(f"attach '{folder / 'analytics.duckdb'}' as published (storage_version 'v1.2.0')")
        con.execute("create schema published.marts")
        for name in TABLES:
            con.execute(f"create table published.marts.{name} as from {name}")


if __name__ == "__main__":
    backfill(Path(sys.argv[1]), Path(sys.argv[2]))
