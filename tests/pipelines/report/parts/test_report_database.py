"""Reading the marts: the query shown is the query run, the CSV holds all rows, and nothing is written."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipelines.report.parts.database import Marts
from pipelines.sql import literal
from tests.support.report_marts import FIXTURE, documented


@pytest.fixture
def marts(tmp_path: Path) -> Iterator[Marts]:
    path = tmp_path / "analytics.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute("create schema marts; create table marts.numbers as select range as n from range(5)")
        connection.execute("create table marts.nothing (n integer)")
    with Marts(path, tmp_path / "site", timezone="Asia/Shanghai") as opened:
        yield opened


def _csv(tmp_path: Path, name: str) -> str:
    return (tmp_path / "site" / "data" / f"{name}.csv").read_text(encoding="utf-8-sig")


def test_a_result_has_the_sql_as_run_and_all_rows_in_its_csv(marts: Marts, tmp_path: Path) -> None:
    result = marts.run("numbers", "\n        select n from marts.numbers order by n desc\n", limit=2)
    assert result.sql == "select n from marts.numbers order by n desc"
    assert (result.rows, result.n) == ([{"n": 4}, {"n": 3}], 5)
    assert _csv(tmp_path, "numbers").split() == ["n", "4", "3", "2", "1", "0"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_text_that_a_spreadsheet_would_run_is_made_plain(marts: Marts, tmp_path: Path, start: str) -> None:
    marts.run("formulas", f"select {literal(start + '1')} as member_id, -1 as change, 'a=1' as plain")
    member_id, change, plain = _csv(tmp_path, "formulas").rstrip("\n").split("\n")[1].split(",")
    assert member_id.strip('"') == f"'{start}1"
    assert (change, plain) == ("-1", "a=1")


def test_times_are_written_in_the_community_s_zone(marts: Marts, tmp_path: Path) -> None:
    marts.run("times", "select timestamptz '2026-11-19 00:30:00+00' as checked_at")
    assert "2026-11-19 08:30:00+08" in _csv(tmp_path, "times")


def test_has_asks_for_a_table_with_rows(marts: Marts) -> None:
    assert marts.has("numbers")
    assert not marts.has("nothing")
    assert not marts.has("numbers", "missing")


def test_a_query_name_is_used_once_and_is_a_file_name(marts: Marts) -> None:
    marts.run("numbers", "select 1 as n")
    with pytest.raises(ValueError, match="two queries"):
        marts.run("numbers", "select 2 as n")
    with pytest.raises(ValueError, match="letters, digits"):
        marts.run("../escape", "select 1 as n")


def test_the_publication_is_opened_read_only(marts: Marts) -> None:
    with pytest.raises(duckdb.Error, match="read-only"):
        marts._connection.execute("create table marts.own as select 1 as n")


def test_a_quote_ends_no_literal(marts: Marts) -> None:
    value = "it's'; drop table x; --"
    assert marts.run("quoted", f"select {literal(value)} as value").first == {"value": value}


def _fixture_columns() -> dict[str, set[str]]:
    with duckdb.connect() as connection:
        connection.execute("create schema marts;" + (FIXTURE / "schema.sql").read_text())
        found: dict[str, set[str]] = {}
        for table, column in connection.execute(
            "select table_name, column_name from duckdb_columns() where schema_name = 'marts'"
        ).fetchall():
            found.setdefault(table, set()).add(column)
        return found


@pytest.mark.parametrize(("table", "columns"), sorted(_fixture_columns().items()))
def test_the_fixture_has_columns_of_the_real_marts_only(table: str, columns: set[str]) -> None:
    assert documented().get(table), f"{table} is no mart"
    assert columns <= documented()[table].keys()
