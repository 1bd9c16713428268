"""The ways to an erasure: a row of members, the command, pseudonyms; and the backups that it reaches."""

from __future__ import annotations

import subprocess
import sys

import duckdb
from typer.testing import CliRunner

from pipelines import lock
from pipelines.cli import app
from pipelines.contract import LOGS
from pipelines.erasure import known
from pipelines.erasure.run import erase
from pipelines.erasure.stated import erase_stated
from pipelines.ingest import changed_days
from pipelines.pseudonyms import known_as
from pipelines.settings import PROJECT_DIR
from tests.support.erasure_house import ADA, ODD
from tests.support.house import House
from tests.support.looking import DAYS, IDS, found


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


def test_a_row_that_calls_a_member_erased_erases_that_id_alone(house):
    day = DAYS[-1]
    row = {"member_id": ADA, "occurred_at": f"{day}T23:00:00", "joined_at": "2025-01-01", "status": "erased"}
    house.deliver("members", day, [row], name="erased.jsonl")
    house.run([day])

    said, *rest = erase_stated(house.home, house.settings)
    assert rest == []

    assert "1 erased ids are replaced by erased-" in said
    assert not [one for one in found(house.home.root) if "ada.l" in one[1]]
    assert {text for _, text in found(house.home.root)} >= {"Neil"}
    assert erase_stated(house.home, house.settings) == []


def test_the_command_takes_linked_ids_too_unless_told_otherwise(house, monkeypatch):
    monkeypatch.setenv("GUILDBOOK_HOME", str(house.home.root))
    for options, said in (([], f"would be erased too: {ODD}"), (["--only"], f"left alone: {ODD}")):
        result = CliRunner().invoke(app, ["erase", ADA, "--dry-run", *options])
        assert result.exit_code == 0, result.output
        assert said in result.output
    result = CliRunner().invoke(app, ["erase", "nobody@example.net"])
    assert result.exit_code == 1
    assert "no log of the lake knows nobody@example.net" in result.output


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
        lock.prepare(house.home, house.settings)
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
