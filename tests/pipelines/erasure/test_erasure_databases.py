"""DuckDB's and SQLite's databases without the person: what is freed, spilled or written beside them has none either."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import duckdb
import pytest

from pipelines import run_start
from pipelines.erasure import databases, sqlite
from pipelines.erasure.run import erase
from pipelines.erasure.search import search
from pipelines.home import Home
from pipelines.lake.duck import connect
from pipelines.privacy.needles import Needles
from pipelines.settings import Settings
from tests.support.erasure_house import ADA, leave_history
from tests.support.house import House
from tests.support.looking import DAYS, IDS, found

GONE = "erased-00aa11bb22cc"
NEEDLES = Needles({ADA: GONE})


@pytest.fixture
def little_memory(tmp_path, monkeypatch):
    """Settings under which DuckDB has to spill, in a working directory where it cannot."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".tmp").touch()  # where DuckDB makes its folder if nobody names one
    return Settings(home=tmp_path / "home", threads=1, memory_limit="15MB")


@pytest.fixture
def big_database(tmp_path):
    path = tmp_path / "home" / "old.duckdb"
    path.parent.mkdir()
    with duckdb.connect(str(path)) as con:
        con.execute(
            "create table notes as select md5(range::varchar) || repeat('x', 200) || "
            f"(case when range % 100 = 0 then ' {ADA}' else '' end) as note from range(60000)"
        )
    return path


def test_what_does_not_fit_into_memory_is_spilled_into_the_home_and_goes(big_database, little_memory):
    home = Home(little_memory.home)
    target = home.root / "new.duckdb"
    assert databases.rewrite(big_database, target, NEEDLES, little_memory, applies=True) == 600
    assert [path for path in home.staging.rglob("*") if path.is_file()] == []

    with connect(home, little_memory) as con:
        assert search(home.root, NEEDLES, con).found == {big_database: 600}
        assert con.execute("select 1 from duckdb_databases() where database_name = 'looked_at'").fetchall() == []
    assert [path for path in home.staging.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("is_left", [True, False])
def test_a_block_that_was_freed_goes_whether_a_row_holds_the_person_or_not(tmp_path, is_left):
    house = House(tmp_path / "home")
    house.deliver("members", DAYS[0], [{"member_id": ADA, "occurred_at": f"{DAYS[0]}T10:00:00"}])
    for sql in (
        "create schema marts; pragma force_compression = 'uncompressed'; "
        f"create table marts.tags as select '{ADA}' as member_id, '{ADA} ' || range as tag from range(90000); "
        "create table marts.after as from range(90000)",
        f"drop table marts.tags; create table marts.tags as select '{ADA if is_left else 'm1'}' as member_id",
    ):
        with duckdb.connect(str(house.home.marts)) as con:
            con.execute(sql)
    assert ADA.encode() in house.home.marts.read_bytes()

    outcome = erase(house.home, house.settings, [IDS], asked_by="test")

    assert outcome.left == []
    assert outcome.places["warehouse"] == is_left
    assert ADA.encode() not in house.home.marts.read_bytes()


def holding_ids(house):
    return {name for name, text in found(house.home.root) if text in ("ada.lovelace", "Neilbridge")}


def test_a_reader_who_keeps_old_pages_in_a_database_is_named_and_the_next_run_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(sqlite, "_WAIT_SECONDS", 0.1)
    house = House(tmp_path / "home")
    house.deliver("members", DAYS[0], [{"member_id": ADA, "occurred_at": f"{DAYS[0]}T10:00:00"}])
    leave_history(house)
    history = house.home.dagster / "history" / "runs.db"
    with closing(sqlite3.connect(history)) as idle, closing(sqlite3.connect(history, isolation_level=None)) as reader:
        idle.execute("select count(*) from event_logs").fetchall()  # so that it is not the reader who ends the log
        reader.execute("begin")
        reader.execute("select count(*) from event_logs").fetchall()

        outcome = erase(house.home, house.settings, [IDS], asked_by="test")

        assert any("runs.db: another process went on reading it" in one for one in outcome.left), outcome.left
        assert "dagster/history/runs.db" in holding_ids(house)
        reader.execute("commit")
        run_start.prepare(house.home, house.settings)  # as the next run begins

        assert holding_ids(house) == set()
        assert not house.home.erasure_journal.exists()


def test_a_freed_page_that_has_an_id_between_letters_is_found_and_an_id_that_contains_it_is_none(tmp_path):
    path, settings = tmp_path / "runs.db", Settings(home=tmp_path / "home", threads=1)
    with closing(sqlite3.connect(path)) as con:
        con.execute("pragma secure_delete = off")
        con.execute("create table t (v text)")
        con.executemany("insert into t values (?)", [(f"m010961 {'x' * 3000}",)] * 4)
        con.commit()
    with connect(Home(settings.home), settings) as duck:
        assert search(tmp_path, Needles({"m01096": GONE}), duck).found == {}, "another member's id contains it"
        with closing(sqlite3.connect(path)) as con:
            con.execute("pragma secure_delete = off")
            con.execute("delete from t")
            con.commit()
        assert b"m010961" in path.read_bytes()
        assert search(tmp_path, Needles({"m01096": GONE}), duck).found == {path: 1}
