"""What dbt reads is there with today's columns, in a home that an earlier version made too."""

from __future__ import annotations

import pyarrow.parquet as pq

from pipelines.contract import LOGS
from pipelines.home import Home
from pipelines.lake.sources import EMPTY_DAY, part_columns
from pipelines.warehouse.sources import ensure_sources


def test_the_part_without_rows_gains_the_columns_that_its_log_gained(tmp_path):
    home = Home(tmp_path)
    ensure_sources(home)
    part = home.raw_part("members", EMPTY_DAY)
    pq.write_table(pq.read_table(part, partitioning=None).drop(["display_name", "profile_url"]), part)

    ensure_sources(home)

    assert pq.read_schema(part).names == [*part_columns(LOGS["members"])]


def test_what_is_there_as_it_should_be_is_not_written_again(tmp_path):
    home = Home(tmp_path)
    ensure_sources(home)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.parquet")}
    ensure_sources(home)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.parquet")} == before
