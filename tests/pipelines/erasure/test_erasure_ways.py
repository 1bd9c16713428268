"""The ways to an erasure: a row of members, the command, pseudonyms; and the backups that it reaches."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import duckdb
import pytest
from typer.testing import CliRunner

from pipelines import lock, run_start
from pipelines.cli import app
from pipelines.contract import LOGS
from pipelines.erasure import sqlite
from pipelines.erasure.people import linked_ids
from pipelines.erasure.run import erase
from pipelines.erasure.stated import erase_stated
from pipelines.ingest import changed_days
from pipelines.lake import ledger
from pipelines.privacy import known
from pipelines.privacy.needles import Needles
from pipelines.privacy.pseudonyms import known_as
from pipelines.settings import PROJECT_DIR
from tests.support.erasure_house import ADA, ODD
from tests.support.house import House
from tests.support.looking import DAYS, IDS, found


@pytest.mark.long
def test_backups_are_gone_through_and_archives_are_named(house, tmp_path):
    backups = tmp_path / "backups"
    copied = house.copy_to(backups / "monday" / "home")
    (backups / "all.tar.gz").write_bytes(b"x")
    settings = house.settings.model_copy(update={"backups": (backups, tmp_path / "absent")})
    outcome = erase(house.home, settings, [IDS], asked_by="test")
    assert found(house.home.root) == set()
    assert found(copied.home.root) == set()
    for log in LOGS.values():
        assert changed_days(copied.home, copied.settings, log, DAYS) == {}
    assert len(outcome.left) == 2
    assert "all.tar.gz is an archive" in " ".join(outcome.left)
    assert "absent is no folder" in " ".join(outcome.left)


RUN_THAT_FAILS_LATE = """
import sys
import dagster as dg
from pathlib import Path
from pipelines.defs.resources import HomeResource
with HomeResource().yield_for_execution(dg.build_init_resource_context()):
    pass
Path(sys.argv[1]).write_text(sys.argv[2])
"""


@pytest.mark.long
def test_a_row_that_calls_a_member_erased_erases_that_id_alone_and_what_its_run_says_later(house):
    day = DAYS[-1]
    row = {"member_id": ADA, "occurred_at": f"{day}T23:00:00", "joined_at": "2025-01-01", "status": "erased"}
    house.deliver("members", day, [row], name="erased.jsonl")
    house.run([day])
    later = house.home.dagster / "history" / "later.log"
    command = [sys.executable, "-c", RUN_THAT_FAILS_LATE, str(later), f"no score for {ADA}"]
    environment = {**os.environ, "GUILDBOOK_HOME": str(house.home.root), "GUILDBOOK_THREADS": "1"}

    subprocess.run(command, cwd=PROJECT_DIR, env=environment | {"GUILDBOOK_MIN_FREE_DISK_GB": "0"}, check=True)

    assert later.read_text(encoding="utf-8").startswith("no score for erased-")
    assert not [one for one in found(house.home.root) if "ada.lovelace" in one[1]]
    assert {text for _, text in found(house.home.root)} >= {"Neilbridge"}
    assert [row["asked_by"] for row in ledger.read(house.home, known.LEDGER).to_pylist()] == ["status"]
    assert not house.home.erasure_journal.parent.exists()
    assert erase_stated(house.home, house.settings) == []


@pytest.mark.long
def test_the_command_takes_linked_ids_too_unless_told_otherwise(house, monkeypatch):
    monkeypatch.setenv("GUILDBOOK_HOME", str(house.home.root))
    for options, said in (([], f"would be erased too: {ODD}"), (["--only"], f"left alone: {ODD}")):
        result = CliRunner().invoke(app, ["erase", ADA, "--dry-run", *options])
        assert result.exit_code == 0, result.output
        assert said in result.output
    result = CliRunner().invoke(app, ["erase", "nobody@example.net"])
    assert result.exit_code == 1
    assert "no log of the lake knows nobody@example.net" in result.output


@pytest.mark.long
def test_linked_ids_are_found_where_the_marts_are_gone_but_for_what_is_up(house):
    """As before the first run of a newer version, and after a rebuild that failed."""
    assert linked_ids(house.home, house.settings, [ADA]) == [ODD]
    house.home.marts.unlink()
    assert linked_ids(house.home, house.settings, [ADA]) == [ODD]
    house.home.published.unlink()
    assert linked_ids(house.home, house.settings, [ADA]) == []


def test_the_command_refuses_while_a_run_is_going(house, monkeypatch):
    monkeypatch.setenv("GUILDBOOK_HOME", str(house.home.root))
    code = "import sys,time; from pathlib import Path; from pipelines import lock; from pipelines.home import Home\n"
    code += "with lock.hold(Home(Path(sys.argv[1]))): print('held', flush=True); time.sleep(60)"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(house.home.root)], cwd=PROJECT_DIR, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        result = CliRunner().invoke(app, ["erase", ADA])
        other.kill()
    assert result.exit_code == 1
    assert "nothing was erased" in result.output


def test_pseudonyms_of_an_erased_id_become_those_of_its_tombstone(tmp_path):
    house = House(tmp_path / "home", pseudonyms=True)
    rows = [{"member_id": one, "occurred_at": "2025-03-01T10:00:00", "joined_at": "2025-03-01"} for one in (ADA, "m1")]
    house.deliver("members", DAYS[0], rows)
    with lock.hold(house.home):
        run_start.prepare(house.home, house.settings)
        house.accept([DAYS[0]])
    outcome = erase(house.home, house.settings, [[ADA]], asked_by="test", must_exist=True)

    mark = outcome.tombstones[ADA]
    part = house.home.raw_part("members", DAYS[0])
    with duckdb.connect() as con:
        members = {one for (one,) in con.execute(f"select member_id from read_parquet('{part}')").fetchall()}
    assert members == {known_as(house.settings, mark), known_as(house.settings, "m1")}
    assert found(house.home.root) == set()
    assert changed_days(house.home, house.settings, LOGS["members"], [DAYS[0]]) == {}
    assert known_as(house.settings, mark) in known.erased_members(house.home)


def test_a_name_that_only_a_reason_of_quarantine_quotes_goes_and_a_plan_that_others_have_stays(tmp_path):
    house = House(tmp_path / "home", max_quarantine_share=1)
    plan = "pro for 12 months"
    good = {"occurred_at": f"{DAYS[0]}T10:00:00", "joined_at": f"{DAYS[0]}T10:00:00", "plan": plan}
    rows = [good | {"member_id": ADA}, good | {"member_id": "m1"}]
    rows += [rows[0] | {"occurred_at": one} for one in ("Ada-yonder Lovelace", plan)]
    house.deliver("members", DAYS[0], [*rows, rows[1] | {"occurred_at": "the day before"}])
    with lock.hold(house.home):
        run_start.prepare(house.home, house.settings)
        house.accept([DAYS[0]])
    assert {text for _, text in found(house.home.root)} == {"ada.lovelace", "yonder"}

    outcome = erase(house.home, house.settings, [[ADA]], asked_by="test", must_exist=True)

    assert outcome.left == []
    assert found(house.home.root) == set()
    with duckdb.connect() as con:
        part, refused = house.home.raw_part("members", DAYS[0]), house.home.quarantine_part("members", DAYS[0])
        assert con.execute(f"select plan from read_parquet('{part}')").fetchall() == [(plan,), (plan,)]
        reasons = " ".join(
            reason for (reason,) in con.execute(f"select reason from read_parquet('{refused}')").fetchall()
        )
    assert reasons.count("'the day before'") == 1


def test_a_database_without_the_person_keeps_its_bytes_though_a_reader_left_an_empty_log_beside_it(tmp_path):
    path, log = tmp_path / "runs.db", tmp_path / "runs.db-wal"
    with closing(sqlite3.connect(path)) as con:
        con.execute("pragma journal_mode = wal")
        con.execute("create table event_logs (event text)")
        con.executemany("insert into event_logs values (?)", [(f"{n} {'x' * 900}",) for n in range(300)])
        con.execute("delete from event_logs where rowid % 3 = 0")
        con.commit()
    assert sqlite.values(path)
    assert log.stat().st_size == 0
    before = path.read_bytes()
    assert sqlite.rewrite(path, Needles({ADA: "erased-x"}), applies=True) == 0
    assert path.read_bytes() == before
