"""The score as it is naively written, each day joined to the days before it; and by change points. From the same facts.

python -m bench.in_self_join WAREHOUSE FOLDER self_join|change_points
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

from bench.in_duckdb import MEMORY, THREADS
from bench.tables import ENGAGEMENT, KEYED, SELF_JOIN_ENGAGEMENT

QUERIES = {"self_join": SELF_JOIN_ENGAGEMENT, "change_points": ENGAGEMENT}


def score(warehouse: Path, folder: Path, way: str) -> None:
    """Make ``fct_member_engagement`` from the member-days of a finished warehouse."""
    database = folder / f"{way}.duckdb"
    with duckdb.connect(str(database), config={"threads": THREADS, "memory_limit": MEMORY}) as con:
        con.execute(f"set temp_directory = '{folder / 'spill'}'; set preserve_insertion_order = false")
        con.execute(f"attach '{warehouse}' as warehouse (read_only)")
        con.execute("create view fct_member_days as from warehouse.marts.fct_member_days")
        con.execute("create view interactions as select member_id, day from fct_member_days")
        if way == "change_points":
            con.execute(f"create temp table members as {KEYED['members']}")
            con.execute("create temp table keyed_days as from fct_member_days join members using (member_id)")
        con.execute(f"create table fct_member_engagement as {QUERIES[way]}")


if __name__ == "__main__":
    score(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
