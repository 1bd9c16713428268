"""Two processes on one home: what waits, what refuses, what goes on, as the operator's guide has it in a table."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date

import duckdb
import pytest
from filelock import FileLock
from test_lock import another_process_holds
from typer.testing import CliRunner

from pipelines import lock
from pipelines.cli import app
from pipelines.connectors.leftovers import alone, sweep_imports
from pipelines.home import Home
from pipelines.identity import links
from pipelines.lake import ledger, versions
from pipelines.settings import PROJECT_DIR

pytestmark = pytest.mark.slow

GUIDE = (PROJECT_DIR / "docs" / "operator-guide.md").read_text(encoding="utf-8")
DAY = "--from 2025-03-01 --to 2025-03-01"


class WaitsError(Exception):
    """The command would wait for the lock from here on."""


class Impatient(FileLock):
    """The home's lock, but who would wait for it says so."""

    def acquire(self, timeout=None, **how):
        if timeout == -1:
            raise WaitsError
        return super().acquire(timeout=timeout, **how)


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("GUILDBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GUILDBOOK_MIN_FREE_DISK_GB", "0")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "map.yaml").write_text(
        "source: forum\noutputs:\n  - log: members\n    table: 'm[1]*.csv'\n"
        "    columns: {member_id: id, occurred_at: at, joined_at: at}\n"
    )
    (tmp_path / "m[1]*.csv").write_text("id,at\nm1,2025-03-01T10:00:00Z\n")
    home = Home(tmp_path / "home")
    for number in (1, 2):
        folder = versions.draft_folder(home, number)
        duckdb.connect(str(folder / "analytics.duckdb")).close()
        versions.publish(home, number, kept=3)
    home.warehouse.touch()
    return home


COMMANDS = {
    "run": f"run {DAY}",
    "run --dry-run": f"run {DAY} --dry-run",
    "verify": "verify",
    "identity link": "identity link a b --day 2025-03-01",
    "identity preview": "identity preview a b",
    "import": "import table map.yaml",
    "unlock": "unlock",
    "erase": "erase m1",
    "rollback": "rollback",
    "gate waive": "gate waive interactions 2025-03-01 --reason because",
    "retention export": "retention export",
    "status": "status",
    "quarantine": "quarantine",
}


def table():
    """Command -> what it does while another process is at work, by the guide."""
    section = GUIDE.partition("## Two at once")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \| (waits|refuses|goes on) \|", section, re.M)
    return {name: verdict for names, verdict in rows for name in re.findall(r"`guildbook ([^`]+)`", names)}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_beside_a_run_does_what_the_guide_says(home, monkeypatch, name):
    with another_process_holds(home) as process:
        monkeypatch.setattr(lock, "FileLock", Impatient)
        result = CliRunner().invoke(app, COMMANDS[name].split())

    holder = f"a test (process {process.pid}, since "
    if isinstance(result.exception, WaitsError):
        verdict = "waits"
        assert f"{holder}" in result.output
        assert "waiting for it to end" in result.output
    else:
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        verdict = "refuses" if result.exit_code and holder in result.output else "goes on"
    assert verdict == table()[name]


def test_the_guide_names_every_command_that_opens_the_home():
    named = set(table())
    assert named >= set(COMMANDS)


def test_a_rollback_beside_a_run_says_that_the_run_may_publish_over_it(home):
    with another_process_holds(home):
        result = CliRunner().invoke(app, ["rollback"])
    assert "version 1 is up again" in result.output
    assert "is at work: if it publishes, its version is up in place of this one; then roll back again" in result.output


WAIVE = """
import sys
from datetime import date
from pathlib import Path
from pipelines.gates import verdicts
from pipelines.home import Home

sys.stdin.readline()
for n in range(5):
    verdicts.waive(Home(Path(sys.argv[1])), f"t{sys.argv[2]}-{n}", date(2025, 3, 1), reason="x", waived_by="y")
"""


def test_six_waivers_at_once_and_a_run_that_begins_lose_none(home, monkeypatch):
    monkeypatch.setattr(ledger, "MAX_FILES", 4)
    command = [sys.executable, "-c", WAIVE, str(home.root)]
    started = [subprocess.Popen([*command, str(n)], stdin=subprocess.PIPE, text=True) for n in range(6)]
    for process in started:
        process.stdin.write("go\n")
        process.stdin.flush()
    expected = {f"t{one}-{n}" for one in range(6) for n in range(5)}
    while any(process.poll() is None for process in started):
        ledger.tidy(home)
        ledger.compact(home, "waivers")
        assert set(ledger.read(home, "waivers")["table_name"].to_pylist()) <= expected
    assert [process.wait() for process in started] == [0] * 6

    found = ledger.read(home, "waivers")["table_name"].to_pylist()
    assert sorted(found) == sorted(expected), "each once"
    ledger.append(home, "waivers", [{"table_name": "last"}])
    assert not list((home.ledger / "waivers").glob(".*.tmp"))


def test_what_a_killed_append_left_is_swept_by_the_next_run(home):
    ledger.append(home, "waivers", [{"table_name": "kept"}])
    left = home.ledger / "waivers" / ".00000002.parquet.77.tmp"
    left.write_bytes(b"PAR1")
    assert ledger.read(home, "waivers").num_rows == 1
    ledger.tidy(home)
    assert not left.exists()


ROLL_BACK = """
import sys
import time
from pathlib import Path
from pipelines.home import Home
from pipelines.lake import versions

home = Home(Path(sys.argv[1]))
sys.stdin.readline()
while not (home.root / "stop").exists():
    time.sleep(0.001)
    try:
        versions.rollback(home)
    except versions.NothingToRollBackError:
        pass
"""


def test_a_rollback_beside_publications_never_points_at_one_that_is_dropped(home):
    with subprocess.Popen([sys.executable, "-c", ROLL_BACK, str(home.root)], stdin=subprocess.PIPE, text=True) as other:
        other.stdin.write("go\n")
        other.stdin.flush()
        try:
            for number in range(3, 60):
                versions.draft_folder(home, number)
                versions.publish(home, number, kept=2)
                assert home.published.resolve(strict=True).is_dir()
                assert versions.current(home) in versions.numbers(home)
        finally:
            (home.root / "stop").touch()
    assert other.returncode == 0


def test_a_killed_import_leaves_nothing_for_long_and_a_running_one_is_left_alone(home):
    killed, runs = home.landing / ".import-forum-abc", home.landing / ".import-shop-def"
    for folder in (killed, runs):
        folder.mkdir(parents=True)
        (folder / "half.csv").touch()
    with alone(home.landing, "shop"):
        sweep_imports(home.landing)
        assert not killed.exists()
        assert (runs / "half.csv").exists()
    sweep_imports(home.landing)
    assert not runs.exists()


def test_an_import_reads_the_table_that_is_named_and_writes_through_no_link(home, tmp_path):
    (tmp_path / "m1x.csv").write_text("id,at\nother,2025-03-01T10:00:00Z\n")

    result = CliRunner().invoke(app, ["import", "table", "map.yaml"])

    assert result.exit_code == 0, result.output
    (written,) = home.landing.glob("members/*/forum.csv")
    assert "m1" in written.read_text()
    assert "other" not in written.read_text()

    (home.landing / "members").rename(tmp_path / "elsewhere")
    (home.landing / "members").symlink_to(tmp_path / "elsewhere")
    refused = CliRunner().invoke(app, ["import", "table", "map.yaml"])
    assert refused.exit_code == 1
    assert "outside of the landing folder" in refused.output


def test_a_home_whose_path_holds_signs_of_a_pattern_is_read_as_it_is_named(tmp_path):
    home = Home(tmp_path / "a[b]*c?" / "home")
    part = home.raw_part("identity_links", date(2025, 3, 1))
    part.parent.mkdir(parents=True)
    duckdb.sql("select 'a' as member_a, 'b' as member_b, 's' as source, 3 as source_seq").write_parquet(str(part))
    assert links._newest_numbers(home, "a", "b", date(2025, 3, 2)) == {"s": 3}
