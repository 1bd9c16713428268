"""The ways that a backfill is compared with make the same tables, and tables that differ are seen."""

from __future__ import annotations

import json
from dataclasses import replace

import duckdb
import pytest

from bench import backfill, in_duckdb, in_pandas, measure
from bench.equal import digests
from bench.generate import generate
from bench.in_guildbook import TABLES
from bench.measure import Usage
from bench.sizes import SIZES

pytestmark = pytest.mark.slow

SIZE = replace(SIZES["tiny"], interactions=4_000, days=40)


@pytest.fixture(scope="module")
def landing(tmp_path_factory):
    folder = tmp_path_factory.mktemp("landing")
    generate(SIZE, folder)
    return folder


@pytest.fixture(scope="module")
def floor(landing, tmp_path_factory):
    folder = tmp_path_factory.mktemp("floor")
    in_duckdb.backfill(landing, folder)
    return folder


def test_the_same_size_gives_the_same_bytes_with_late_and_repeated_rows(landing, tmp_path):
    generate(SIZE, tmp_path)
    files = sorted(path.relative_to(landing) for path in landing.rglob("*.csv"))
    assert len(files) == SIZE.days
    assert all((landing / path).read_bytes() == (tmp_path / path).read_bytes() for path in files)
    rows = f"read_csv('{landing}/*/*/*.csv', all_varchar = true, filename = true)"
    late = "left(occurred_at, 10) < parse_path(filename)[-2]"
    n, n_ids, n_late = duckdb.execute(
        f"select count(*), count(distinct interaction_id), count(*) filter (where {late}) from {rows}"
    ).fetchall()[0]
    assert 0 < n - n_ids < n_late < 0.03 * n


@pytest.mark.job
@pytest.mark.long
def test_guildbook_makes_the_tables_of_the_floor_on_a_home_that_has_no_other(landing, floor, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / "landing").symlink_to(landing)
    days = SIZE.log_days
    usage = measure.run("bench.in_guildbook", home, days[0], days[-1], log=tmp_path / "log")
    assert digests(home, TABLES) == digests(floor, TABLES)
    parts = json.loads(usage.output)
    assert set(parts) == {"imports", "ingest", "dagster_events", "dbt", "gates", "publish", "total"}
    assert sum(seconds for name, seconds in parts.items() if name != "total") < parts["total"]


def test_pandas_makes_the_tables_of_the_floor(landing, floor, tmp_path):
    in_pandas.backfill(landing, tmp_path)
    assert digests(tmp_path, TABLES) == digests(floor, TABLES)


def test_polars_makes_the_tables_of_the_floor(landing, floor, tmp_path):
    pytest.importorskip("polars", reason="comes with make bench")
    from bench import in_polars  # noqa: PLC0415

    in_polars.backfill(landing, tmp_path)
    assert digests(tmp_path, TABLES) == digests(floor, TABLES)


@pytest.mark.parametrize("way", ["self_join", "change_points"])
def test_both_forms_of_the_score_are_equal(way, floor, tmp_path):
    from bench import in_self_join  # noqa: PLC0415

    in_self_join.score(floor / "analytics.duckdb", tmp_path, way)
    assert digests(tmp_path, TABLES[1:2])[TABLES[1]] == digests(floor, TABLES)[TABLES[1]]


@pytest.mark.parametrize("table", TABLES)
def test_a_row_that_differs_is_seen(table, floor, tmp_path):
    (tmp_path / "marts").mkdir()
    with duckdb.connect(str(floor / "analytics.duckdb"), read_only=True) as con:
        for name in TABLES:
            con.execute(f"copy (select * from marts.{name} order by all) to '{tmp_path / 'marts' / name}.parquet'")
        assert digests(tmp_path, TABLES) == digests(floor, TABLES)
        counted = "contents" if table == "fct_member_engagement" else "n_contents"
        changed = f"select * replace (if(rowid = 0, {counted} + 1, {counted}) as {counted}) from marts.{table}"
        con.execute(f"copy ({changed}) to '{tmp_path / 'marts' / table}.parquet'")
    assert [name for name in TABLES if digests(tmp_path, TABLES)[name] != digests(floor, TABLES)[name]] == [table]


def test_the_product_is_compared_with_the_faster_way_of_each_round_without_its_start(monkeypatch):
    monkeypatch.setattr(measure, "machine", dict)  # names packages that only a measurement needs
    parts = json.dumps({"dagster_events": 1, "total": 0})
    seconds = {"guildbook": [15, 25], "duckdb": [4, 10], "polars": [8, 5], "pandas": [1, 1]}
    runs = {way: [Usage(taken, 1, 1, 1, parts) for taken in of_way] for way, of_way in seconds.items()}
    made = {way: dict.fromkeys(TABLES, (1, "same")) for way in seconds}
    result = backfill._result(SIZE, runs, [4, 4], made, 1)
    assert result["net_seconds"] == 15
    assert result["ratios_to"] == {"duckdb": [2.5, 2], "polars": [1.25, 4], "fastest": [2.5, 4]}
    assert result["ratio_to"] == {"duckdb": 2.25, "polars": 2.625, "fastest": 3.25}
