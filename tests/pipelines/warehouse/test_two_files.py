"""The marts lie in a file beside the warehouse: what is lost of it, or torn by a kill, the next run makes whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta

import duckdb
import pytest

from pipelines.publishing.database import STORAGE_VERSION
from pipelines.settings import PROJECT_DIR
from pipelines.warehouse.plan import completed_build
from tests.support.house import differences
from tests.support.tiny_logs import FIRST, days_between, interaction, tiny_community

pytestmark = pytest.mark.dbt

DAYS = days_between(FIRST, max(day for _, day in tiny_community(2, members=40)))
NEXT = DAYS[-1] + timedelta(days=1)


@pytest.fixture
def house(built_house, tmp_path):
    return built_house.copy_to(tmp_path / "home")


def test_the_marts_and_nothing_else_lie_in_a_file_of_the_published_format(built_house):
    with duckdb.connect(str(built_house.home.marts), read_only=True) as con:
        ((tags,),) = con.execute("select tags from duckdb_databases() where not internal").fetchall()
        schemas = con.execute("select distinct schema_name from duckdb_tables()").fetchall()
        views = con.execute("select count(*) from duckdb_views() where not internal").fetchall()
        uncommented = con.execute("select table_name from duckdb_tables() where comment is null").fetchall()
    assert tags == {"storage_version": f"{STORAGE_VERSION}+"}
    assert (schemas, views, uncommented) == ([("marts",)], [(0,)], [])
    assert built_house.query("select count(*) from duckdb_tables() where database_name = 'warehouse'") > [(50,)]


@pytest.mark.parametrize("lost", ["the file", "all in it", "one mart"])
def test_a_run_whose_marts_are_not_all_there_is_none_to_build_on(house, lost):
    assert completed_build(house.home) is not None
    if lost == "one mart":
        house.change("drop table marts.fct_member_engagement")
    else:
        house.home.marts.unlink()
    if lost == "all in it":  # as a build that is killed while it opens the files leaves it
        duckdb.connect(str(house.home.marts)).close()
    assert completed_build(house.home) is None


@pytest.mark.long
def test_a_home_whose_marts_lie_in_the_warehouse_is_built_again(house, built_house):
    house.change("create schema warehouse.marts; create table warehouse.marts.tags as select 'm1' as member_id")
    house.change("drop table control.completed_marts")
    house.home.marts.unlink()
    assert house.run(DAYS).is_full
    assert differences(house, built_house) == {}
    kept = "select database_name from duckdb_schemas() where schema_name = 'marts'"
    assert house.query(kept) == [("built",)]
    assert not house.run(DAYS).is_full


def test_a_full_rebuild_leaves_nothing_of_what_the_file_held(house, built_house):
    text = b"a name that was corrected since"
    made = f"create table built.marts.old as select '{text.decode()} ' || range as n from range(90000)"
    house.change(f"pragma force_compression = 'uncompressed'; {made}; checkpoint built")
    house.change("create table built.marts.after as from range(90000); checkpoint built")
    house.change("drop table marts.old; checkpoint built")
    assert text in house.home.marts.read_bytes()
    assert house.run(DAYS, full=True).is_full
    assert text not in house.home.marts.read_bytes()
    assert differences(house, built_house) == {}


_CHILD = """
import os, signal, sys
from datetime import date
from pathlib import Path
from pipelines.warehouse import statements
from tests.support.house import House

class Killing(statements.Recorder):
    def __call__(self, event):
        if event.info.name == "SQLQuery" and event.data.node_info.unique_id.endswith(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)

statements.FOLDER = Path(sys.argv[1]) / "scripts"
statements.Recorder = Killing
House(Path(sys.argv[1])).run([date.fromisoformat(sys.argv[3])])
"""


@pytest.mark.long
@pytest.mark.parametrize(("at", "last_scored"), [(".fct_member_engagement", DAYS[-1]), ("-on-run-end-0", NEXT)])
def test_a_run_that_is_killed_between_the_files_is_made_up_for(built_house, house, tmp_path, at, last_scored):
    undisturbed = built_house.copy_to(tmp_path / "undisturbed")
    for one in (house, undisturbed):
        one.deliver("interactions", NEXT, [interaction(f"new-{n}", NEXT, f"m{n}") for n in range(5)])
        one.deliver("interactions", DAYS[5], [interaction("late", DAYS[5], "m1")], name="late.jsonl")
    days = [DAYS[5], NEXT]
    undisturbed.run(days)

    command = [sys.executable, "-c", _CHILD, str(house.home.root), at, str(NEXT)]
    killed = subprocess.run(command, cwd=PROJECT_DIR, env=dict(os.environ), check=False)
    assert killed.returncode == -signal.SIGKILL
    assert house.query("select max(day) from marts.fct_member_days") == [(NEXT,)]
    assert house.query("select max(day) from marts.fct_member_engagement") == [(last_scored,)]
    assert completed_build(house.home).through_day == DAYS[-1]

    assert not house.run(days).is_full
    assert differences(house, undisturbed) == {}
    assert completed_build(house.home).through_day == NEXT
