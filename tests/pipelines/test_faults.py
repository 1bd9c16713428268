"""Faults of the surroundings: one line that names the file and says what to do, by whichever way the error comes."""

from __future__ import annotations

import errno
import json
import os
import signal
import sqlite3
import time
from pathlib import Path
from types import SimpleNamespace

import dagster as dg
import duckdb
import pytest
from dagster._core.errors import DagsterExecutionInterruptedError
from typer.testing import CliRunner

from pipelines import run_start
from pipelines.cli import app
from pipelines.defs.errors import failure_message
from pipelines.faults import INTERRUPTED, UserError, explain, sentence
from pipelines.home import Home
from pipelines.lake import ledger, noted
from pipelines.publishing.outcome import explain_failure
from pipelines.settings import get_settings
from pipelines.warehouse import dbt

HOME = Home(Path("/srv/guildbook"))

ERRORS = [
    (OSError(errno.ENOSPC, "No space left on device", "/srv/x"), "No space left on device: '/srv/x'; the disk is full"),
    (
        OSError(errno.EROFS, "Read-only file system", "/srv/x"),
        "the disk is mounted read-only: mount /srv/guildbook for writing",
    ),
    (PermissionError(errno.EACCES, "Permission denied", "/srv/x"), "'/srv/x'; the user "),
    (OSError(errno.EIO, "Input/output error", "/srv/x"), "look at the one of /srv/guildbook and at the system's log"),
    (IsADirectoryError(errno.EISDIR, "Is a directory", "/srv/x"), "Is a directory: '/srv/x'"),
    (UserError("mend this"), "mend this"),
    (
        duckdb.IOException('IO Error: Could not set lock on file "w": Conflicting lock is held in python (PID 7)'),
        "close",
    ),
    (
        duckdb.IOException('IO Error: The file "/w" exists, but it is not a valid DuckDB database file!'),
        "move /srv/guildbook/warehouse.duckdb and /srv/guildbook/built.duckdb away; the next run builds them again",
    ),
    (duckdb.OutOfMemoryException("Out of Memory Error: failed to pin"), "raise GUILDBOOK_MEMORY_LIMIT"),
    (
        duckdb.OutOfMemoryException("This limit was set by the 'max_temp_directory_size' setting."),
        "the disk is full: free some space for /srv/guildbook",
    ),
    (sqlite3.OperationalError("database or disk is full"), "the disk is full: free some space for /srv/guildbook"),
    (sqlite3.OperationalError("disk I/O error"), "the disk is full or does not read or write: free some space for"),
    (sqlite3.OperationalError("attempt to write a readonly database"), "mount /srv/guildbook for writing"),
]


@pytest.mark.parametrize(("error", "said"), ERRORS, ids=[said[:20] for _, said in ERRORS])
def test_an_error_of_the_surroundings_says_what_to_do_in_one_line(error, said):
    line = sentence(error, HOME)

    assert said in line
    assert "\n" not in line
    assert "Errno" not in line


def test_the_cause_of_an_error_is_looked_for_and_an_error_of_the_program_stays_one():
    assert sentence(ZeroDivisionError("division by zero"), HOME) is None
    assert sentence(ValueError("Permission denied"), HOME) is None, "whatever a value says, it is no disk"
    wrapped = RuntimeError("dbt failed")
    wrapped.__cause__ = OSError(errno.ENOSPC, "No space left on device")
    assert "the disk is full" in sentence(wrapped, HOME)


def test_a_message_that_dagster_or_dbt_handed_on_gets_its_cure_once():
    said = explain("stg_members: error: IO Error: Could not write file: No space left on device", HOME)
    assert said.startswith("stg_members: error: IO Error")
    assert said.endswith("; the disk is full: free some space for /srv/guildbook, then do the same again")
    assert explain(said, HOME) == said
    assert explain("the run is tired", HOME) == "the run is tired"


def test_a_run_that_was_asked_to_end_is_said_as_interrupted_and_not_by_the_name_of_an_error(tmp_path):
    @dg.op
    def asked_to_end():
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(60)

    job = dg.GraphDefinition("ended", node_defs=[asked_to_end]).to_job()
    with dg.instance_for_test(temp_dir=str(tmp_path)) as instance:
        result = job.execute_in_process(instance=instance, raise_on_error=False)

    gate, reason = explain_failure(Home(tmp_path), result.run_id, failure_message(result.all_events), last_day=None)
    assert (gate, reason) == ("", INTERRUPTED)
    full = explain("dagster._core.errors.DagsterExecutionInterruptedError; No space left on device", HOME)
    assert full.endswith("the disk is full: free some space for /srv/guildbook, then do the same again")


def test_a_run_that_was_asked_to_end_while_dbt_parsed_is_said_as_interrupted(monkeypatch):
    class Interrupting:
        def invoke(self, _):
            return SimpleNamespace(success=False, exception=DagsterExecutionInterruptedError())

    monkeypatch.setattr("dbt.cli.main.dbtRunner", Interrupting)

    @dg.op
    def parses():
        dbt._manifest("of no project")

    result = dg.GraphDefinition("ended", node_defs=[parses]).to_job().execute_in_process(raise_on_error=False)
    assert explain(failure_message(result.all_events), HOME) == INTERRUPTED


@pytest.fixture
def home(tmp_path, monkeypatch):
    root = tmp_path / "home"
    monkeypatch.setenv("GUILDBOOK_HOME", str(root))
    monkeypatch.setenv("GUILDBOOK_MIN_FREE_DISK_GB", "0")
    monkeypatch.setenv("GUILDBOOK_ALERT_COMMAND", f"(cat; echo) >> '{tmp_path / 'alerts.jsonl'}'")
    return Home(root)


def alerts(home):
    path = home.root.with_name("alerts.jsonl")
    return [json.loads(line)["reason"] for line in path.read_text().splitlines()] if path.exists() else []


def invoke(line):
    """Run a command; an error that nobody turned into words fails the test."""
    result = CliRunner().invoke(app, line.split())
    assert isinstance(result.exception, SystemExit), result.exception
    return result


RUN = "run --from 2025-03-01 --to 2025-03-01"


def test_a_damaged_ledger_is_named_with_what_to_do(home):
    ledger.append(home, "publications", [{"version": 1}])
    part = home.ledger / "publications" / "00000001.parquet"
    part.write_bytes(b"PAR1 no parquet PAR1")
    home.published.symlink_to("versions/1")

    result = invoke("status")

    assert result.exit_code == 1
    said = result.output.splitlines()[-1]
    assert said.startswith(f"{part} is damaged (")
    assert said.endswith("what this one file records is then lost, and nothing else")
    assert "Traceback" not in result.output


def test_a_run_that_cannot_begin_is_said_on_the_pages_by_status_and_to_the_operator(home, monkeypatch):
    (home.ledger / "waivers").mkdir(parents=True)
    (home.versions / "1" / "site").mkdir(parents=True)
    home.published.symlink_to("versions/1")
    (home.ledger / "deliveries").mkdir()
    part = home.ledger / "deliveries" / "00000001.parquet"
    part.write_bytes(b"PAR1 no parquet PAR1")

    result = invoke(RUN)

    assert result.exit_code == 1
    assert result.output.splitlines()[0].startswith(f"failed: {part} is damaged (")
    assert "Traceback" not in result.output
    (alert,) = alerts(home)
    assert str(part) in alert
    assert str(part) in (home.published / "site" / "status.js").read_text(encoding="utf-8")
    assert noted.last(home).reason == alert.partition("; besides")[0]
    part.unlink()
    assert "last run    none came, said " in (status := CliRunner().invoke(app, ["status"]).output)
    assert f"{part} is damaged" in status


def test_a_home_that_cannot_be_written_still_reaches_the_operator(home, monkeypatch):
    def refuse(*_):
        raise OSError(errno.EROFS, "Read-only file system", str(home.dagster))

    monkeypatch.setattr(run_start, "check_disk", refuse)
    monkeypatch.setattr("pipelines.lake.noted.write_text", refuse)
    monkeypatch.setattr("pipelines.publishing.stopped.write_text", refuse)

    result = invoke(RUN)

    assert result.output.splitlines()[0].startswith("failed: Read-only file system: ")
    (alert,) = alerts(home)
    assert f"mount {home.root} for writing" in alert
    assert "besides, the pages could not be told: Read-only file system" in alert


def test_a_fault_without_a_run_is_said_once_a_day(home, monkeypatch):
    monkeypatch.setenv("GUILDBOOK_MIN_FREE_DISK_GB", "1")
    for free in (0.4e9, 0.3e9, 0.2e9):
        monkeypatch.setattr(run_start.shutil, "disk_usage", lambda _, free=free: SimpleNamespace(free=free))
        assert f"{free / 1e9:.1f} GB are free" in invoke(RUN).output
    assert len(alerts(home)) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"GUILDBOOK_TIMEZONE=UTC\nmy settings\n", "settings.env:2 is no setting: write GUILDBOOK_NAME=value"),
        (b"GUILDBOOK_COMMUNITY=\xff\xfe\n", "settings.env cannot be read ("),
        (None, "settings.env cannot be read (Is a directory"),
    ],
)
def test_a_settings_file_that_sets_nothing_is_named(home, content, said):
    home.root.mkdir()
    path = home.root / "settings.env"
    path.mkdir() if content is None else path.write_bytes(content)
    for line in ("status", RUN, "unlock"):
        result = invoke(line)
        assert result.exit_code == 1
        assert said in result.output
        assert len(result.output.splitlines()) == 1
        get_settings.cache_clear()


def test_comments_and_settings_in_the_file_are_read(home):
    home.root.mkdir()
    (home.root / "settings.env").write_text("# ours\n\nexport GUILDBOOK_TIMEZONE='UTC'\nGUILDBOOK_COMMUNITY=a b\n")
    assert (get_settings().timezone, get_settings().community) == ("UTC", "a b")
