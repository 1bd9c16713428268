"""One run at a time on one home, and what a run does before it begins."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections import namedtuple
from contextlib import contextmanager
from datetime import date

import pytest
from filelock import Timeout

from pipelines import lock, run_start
from pipelines.contract import LOGS
from pipelines.home import Home
from pipelines.lake import ledger
from pipelines.lake.delivery import DELIVERY, FORMER
from pipelines.settings import Settings
from tests.support.house import House

HOLDER = """
import sys
from pathlib import Path
from pipelines import lock
from pipelines.home import Home

with lock.hold(Home(Path(sys.argv[1])), what="a test"):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_process_holds(home):
    """Another process that holds the lock until it is killed."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(home.root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def tree(root):
    """Every file below a folder with a digest of what it holds."""
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "home")


def test_a_second_process_waits_and_a_killed_one_lets_go(home):
    said = []
    with another_process_holds(home) as process:
        with pytest.raises(Timeout), lock.hold(home, on_wait=said.append, timeout=0.2):
            pytest.fail("two processes hold the lock")
        (sentence,) = said
        assert sentence.startswith(f"a test (process {process.pid}, since 20")
        assert sentence.endswith(f" UTC) holds {home.lock}; waiting for it to end")
        assert lock.holder(home) == lock.last_holder(home)

        process.kill()
        process.wait()
        assert lock.holder(home) is None
        assert lock.last_holder(home).pid == process.pid, "who was killed could not take its name back"
        with lock.hold(home, on_wait=said.append, timeout=5):
            assert len(said) <= 2


def test_a_process_may_hold_the_lock_twice_and_keeps_it_until_the_outer_end(home):
    with lock.hold(home):
        with lock.hold(home, on_wait=pytest.fail):
            pass
        probe = "import sys; from filelock import FileLock; FileLock(sys.argv[1]).acquire(timeout=0)"
        refused = subprocess.run(
            [sys.executable, "-c", probe, str(home.lock)], check=False, capture_output=True, text=True
        )
        assert "Timeout" in refused.stderr


def test_whoever_holds_the_lock_is_named_by_the_outermost_block(home):
    assert lock.holder(home) is None
    with lock.hold(home, what="the outer one"):
        with lock.hold(home, what="the inner one"):
            assert (lock.holder(home).pid, lock.holder(home).what) == (os.getpid(), "the outer one")
        assert lock.holder(home).what == "the outer one"
    assert (lock.holder(home), lock.last_holder(home)) == (None, None)


def test_the_lock_is_let_go_when_a_run_fails(home):
    with pytest.raises(ZeroDivisionError), lock.hold(home):
        raise ZeroDivisionError
    with another_process_holds(home):
        pass


def test_a_full_disk_is_named_before_anything_is_written(home, monkeypatch):
    home.staging.mkdir(parents=True)
    (home.staging / "half-written").touch()
    before = tree(home.root)
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**12, 10**12 - 2 * 10**9, 2 * 10**9))

    with pytest.raises(run_start.DiskFullError, match=r"2\.0 GB are free .* wants 2\.5 GB.*GUILDBOOK_MIN_FREE_DISK_GB"):
        run_start.prepare(home, Settings(home=home.root, min_free_disk_gb=2.5))
    assert tree(home.root) == before

    run_start.prepare(home, Settings(home=home.root, min_free_disk_gb=2))
    assert tree(home.root) != before


def test_a_run_begins_by_healing_what_a_killed_one_left(tmp_path):
    house = House(tmp_path / "home")
    home = house.home
    (home.staging / "killed").mkdir(parents=True)
    (home.staging / "killed" / "half.parquet").write_bytes(b"PAR1")
    for number in range(3):
        ledger.append(home, "waivers", [{"table_name": f"t{number}"}])
    folder = home.ledger / "waivers"
    before_merge = {path.name: path.read_bytes() for path in folder.iterdir()}
    ledger.compact(home, "waivers")
    for name, content in before_merge.items():
        (folder / name).write_bytes(content)

    run_start.prepare(home, house.settings)

    assert not home.staging.exists() or not any(home.staging.iterdir())
    assert [path.name for path in folder.iterdir()] == ["00000001-00000003.parquet"]
    assert ledger.read(home, "waivers")["table_name"].to_pylist() == ["t0", "t1", "t2"]


@pytest.mark.parametrize(("engine", "name"), [("spark", DELIVERY), ("duckdb", FORMER)])
def test_what_lies_beside_parts_has_todays_name_before_a_server_reads_the_folder(tmp_path, engine, name):
    house = House(tmp_path / "home")
    part = house.home.raw_part("members", date(2025, 3, 1))
    part.parent.mkdir(parents=True)
    part.with_name(FORMER).write_text("{}")

    run_start.prepare(house.home, house.settings.model_copy(update={"engine": engine}))

    assert [path.name for path in part.parent.iterdir()] == [name]


def test_every_log_has_something_to_read_and_preparing_again_changes_nothing(tmp_path):
    house = House(tmp_path / "home")
    run_start.prepare(house.home, house.settings)
    before = tree(house.home.root)

    run_start.prepare(house.home, house.settings)

    assert tree(house.home.root) == before
    assert {path.name for path in (house.home.lake / "raw").iterdir()} == set(LOGS)
