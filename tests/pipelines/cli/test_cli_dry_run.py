"""``guildbook run --dry-run``: it names what is stale and why, and leaves the home as it was."""

import hashlib
import subprocess
import sys
from datetime import date, timedelta

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from tests.support.house import House

DAYS = [date(2025, 3, 1) + timedelta(days=n) for n in range(6)]


def like(number, day):
    return {"interaction_id": f"i{number}", "occurred_at": f"{day}T12:00:00", "kind": "like", "member_id": "m1"}


def tree(root):
    """Every path below a folder with its content and times."""
    return {
        str(path.relative_to(root)): (
            path.stat().st_mtime_ns,
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder",
        )
        for path in root.rglob("*")
    }


@pytest.fixture
def house(tmp_path, monkeypatch):
    monkeypatch.setenv("GUILDBOOK_HOME", str(tmp_path / "home"))
    house = House(tmp_path / "home")
    for number, day in enumerate(DAYS):
        house.deliver("interactions", day, [like(number, day)])
    return house


def dry_run(house, *options):
    """Lines of a dry run over all days; it must not change anything."""
    before = tree(house.home.root)
    words = ["run", "--from", str(DAYS[0]), "--to", str(DAYS[-1]), "--dry-run", *options]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, (result.output, result.exception)
    assert tree(house.home.root) == before
    return [" ".join(line.split()) for line in result.output.splitlines()]


def test_before_any_run_the_delivered_days_are_to_be_ingested(house):
    lines = dry_run(house)

    assert [line.split(": ")[0] for line in lines] == [f"{day} ingest interactions" for day in DAYS]


def test_a_day_that_never_came_is_named(house):
    house.withdraw("interactions", DAYS[-1])

    assert dry_run(house)[-1] == (
        f"{DAYS[-1]} missing no log came for {DAYS[-1]}; expected by their past: interactions. "
        f"Put the files into landing/<log>/{DAYS[-1]}/ and run the day again"
    )


def test_accepted_days_that_no_run_built_are_to_be_rebuilt(house):
    house.accept(DAYS)

    assert dry_run(house) == [
        f"{DAYS[0]} rebuild every day from {DAYS[0]} to {DAYS[-1]}: no completed run is there to build on"
    ]


@pytest.mark.dbt
def test_after_a_run_only_what_changed_is_named_with_its_reason(house):
    house.run(DAYS, only=("stale_days",))
    assert dry_run(house) == ["nothing to do: no file changed, and every accepted day is built"]
    assert len(dry_run(house, "--full")) == len(DAYS) + 1

    house.deliver("interactions", DAYS[3], [like(3, DAYS[3]), like(33, DAYS[1])])
    (line,) = dry_run(house)
    assert line.startswith(f"{DAYS[3]} ingest interactions: ")

    house.accept([DAYS[3]])
    assert dry_run(house) == [f"{DAYS[1]} rebuild its interactions changed"]

    house.withdraw("interactions", DAYS[2])
    house.accept([DAYS[2]])
    assert dry_run(house) == [
        f"{DAYS[1]} rebuild its interactions changed",
        f"{DAYS[2]} rebuild its interactions were withdrawn",
    ]


@pytest.mark.dbt
def test_a_day_with_rows_that_came_late_or_early_is_built_like_any_other(house):
    house.deliver("interactions", DAYS[3], [like(3, DAYS[3]), like(33, DAYS[1])])
    house.deliver("interactions", DAYS[0], [like(40, DAYS[0]), like(41, DAYS[1])])
    house.run(DAYS, only=("stale_days",))

    assert dry_run(house) == ["nothing to do: no file changed, and every accepted day is built"]


def test_it_waits_while_a_run_writes_the_warehouse(house):
    """Another process writes for a moment, as a run does, holding the lock."""
    house.accept(DAYS)
    writer = """
import sys, time
from pathlib import Path
import duckdb
from pipelines import lock
from pipelines.home import Home

home = Home(Path(sys.argv[1]))
with lock.hold(home), duckdb.connect(str(home.warehouse)):
    print("writing", flush=True)
    time.sleep(1)
"""
    command = [sys.executable, "-c", writer, str(house.home.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "writing\n"
        words = ["run", "--from", str(DAYS[0]), "--to", str(DAYS[-1]), "--dry-run"]
        result = CliRunner().invoke(app, words)
        assert process.wait() == 0
    assert result.exit_code == 0, (result.output, result.exception)
    assert "waiting for it to end" in result.stderr
    assert "every day from" in result.stdout
