"""The floor: the same work in DuckDB SQL written by hand, without orchestration, checks or increments.

python -m bench.in_duckdb LANDING FOLDER
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb

from bench.tables import KEYED, TABLES

MEMORY, THREADS = os.environ.get("GUILDBOOK_MEMORY_LIMIT", "3GB"), 2

# The zone has had one offset in all these years, which the way in Polars knows as well.
_PART = """
    copy (
        select
            interaction_id, occurred_at - interval 8 hours as occurred_at, kind, member_id, content_id,
            occurred_at::date as event_day
        from read_csv(
            '{path}', auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', columns = {{
                interaction_id: 'varchar', occurred_at: 'timestamp', kind: 'varchar', member_id: 'varchar',
                content_id: 'varchar'
            }}
        )
    ) to '{part}' (format parquet, compression snappy)
"""

# Few keys come twice, and only they are ranked.
_INTERACTIONS = """
    with acts as (
        select member_id, kind, event_day as day, log_day, hash(event_day, interaction_id) as key
        from read_parquet('{lake}/*/*.parquet', hive_partitioning = true, hive_types = {{'log_day': date}})
    ),
    repeated as materialized (select key from acts group by key having count(*) > 1),
    ranked as (
        select member_id, kind, day from (from acts semi join repeated using (key))
        qualify row_number() over (partition by key order by log_day desc) = 1
    )
    select member_id, kind, day from acts anti join repeated using (key) union all from ranked
"""


def backfill(landing: Path, folder: Path) -> None:
    """Text to lake, lake to tables, which are written into the published database at once."""
    lake = folder / "lake"
    with duckdb.connect(config={"threads": THREADS, "memory_limit": MEMORY}) as con:
        con.execute(f"set temp_directory = '{folder / 'spill'}'; set preserve_insertion_order = false")
        _fill_lake(con, landing, lake)
        con.execute(f"create temp table interactions as {_INTERACTIONS.format(lake=lake)}")
        con.execute(f"attach '{folder / 'analytics.duckdb'}' as published (storage_version 'v1.2.0')")
        con.execute("create schema published.marts; use published.marts")
        for name, query in KEYED.items():
            con.execute(f"create temp table {name} as {query}")
        for name, query in TABLES.items():
            con.execute(f"create table {name} as {query}")
        con.execute("checkpoint published")


def _fill_lake(con: duckdb.DuckDBPyConnection, landing: Path, lake: Path) -> None:
    """Write one part a log day, several of them at once: to divide the rows of all files by day costs more."""

    def write(path: Path) -> None:
        part = lake / f"log_day={path.parent.name}" / "part-0.parquet"
        part.parent.mkdir(parents=True)
        with con.cursor() as own:
            own.execute(_PART.format(path=path, part=part))

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(write, sorted(landing.glob("interactions/*/*.csv"))))


if __name__ == "__main__":
    backfill(Path(sys.argv[1]), Path(sys.argv[2]))
