"""Databases without the person, DuckDB's and SQLite's: what is freed, spilled or written beside them has none either."""

from __future__ import annotations

import duckdb
import pytest

from pipelines.erasure import databases
from pipelines.erasure.needles import Needles
from pipelines.erasure.search import search
from pipelines.home import Home
from pipelines.lake.duck import connect
from pipelines.settings import Settings
from tests.support.erasure_house import ADA

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
