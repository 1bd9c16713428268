"""A person is in every kind of place of a home; afterwards in no byte of it, and every mart is what it was."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from pipelines import lock, run_start
from pipelines.contract import LOGS
from pipelines.erasure.error import ErasureError
from pipelines.erasure.run import erase, resume
from pipelines.erasure.survey import look
from pipelines.ingest import changed_days
from pipelines.lake import ledger
from pipelines.privacy import known
from pipelines.privacy.names import ERASED, TOMBSTONE
from pipelines.reading import sums
from pipelines.report.parts.linked import One, person
from pipelines.retention.export import export_list
from pipelines.settings import PROJECT_DIR
from pipelines.warehouse.verify import verify
from tests.support.erasure_house import ADA, LINK_DAY, ODD, PAGE, PLAIN
from tests.support.looking import BY_TEXT, DAYS, IDS, found, marts


@pytest.fixture(scope="module")
def erased(full_house, tmp_path_factory):
    """A home after an erasure, and what it said; not to be changed."""
    house = full_house.copy_to(tmp_path_factory.mktemp("erased") / "home")
    return house, erase(house.home, house.settings, [IDS], asked_by="test")


def test_a_person_goes_from_every_byte_and_every_mart_stays(full_house, erased):
    house, outcome = erased
    assert {Path(name).parts[0] for name, _ in found(full_house.home.root)} >= {
        "landing", "lake", "warehouse.duckdb", "built.duckdb", "versions", "exports", "last_run", "dagster",
    }  # fmt: skip
    assert outcome.left == []
    assert found(house.home.root) == set()
    assert set(outcome.tombstones) == set(IDS)
    assert all(TOMBSTONE.fullmatch(one) for one in outcome.tombstones.values())
    assert marts(house.home.marts, {}) == marts(full_house.home.marts, outcome.tombstones)
    assert not house.home.erasure_journal.parent.exists()


@pytest.mark.long
def test_nothing_looks_changed_and_a_full_rebuild_gives_the_same(full_house, erased, tmp_path):
    house, outcome = erased
    house = house.copy_to(tmp_path / "home")

    for log in LOGS.values():
        assert changed_days(house.home, house.settings, log, DAYS) == {}
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with lock.hold(house.home):
        compared = verify(house.home, house.settings, scratch)
    assert {one.mart for one in compared if not one.is_equal} <= BY_TEXT, "the next run builds these again"
    assert len(compared) > 20

    # From the rewritten files themselves, not only from the lake.
    house.run(DAYS, full=True)
    before = marts(full_house.home.marts, outcome.tombstones)
    after = marts(house.home.marts, {})
    logs_alone = {one.mart for one in compared} - BY_TEXT
    assert {name: rows for name, rows in after.items() if name in logs_alone} == {
        name: rows for name, rows in before.items() if name in logs_alone
    }


def test_old_versions_and_their_pages_hold_tombstones_and_nothing_else_changes(full_house, erased):
    house, outcome = erased
    for number in (1, 2):
        folder, before = house.home.versions / str(number), full_house.home.versions / str(number)
        page = (folder / "site" / "risk.html").read_text(encoding="utf-8")
        people = f"<td>{outcome.tombstones[ODD]}</td><td>{outcome.tombstones[ADA]}</td>"
        assert page == f"{people}<td>{PLAIN}</td><p>{PLAIN} n</p><b>“{ERASED}”</b>"
        assert marts(folder / "analytics.duckdb", {}) == marts(before / "analytics.duckdb", outcome.tombstones)
        with duckdb.connect(str(folder / "analytics.duckdb"), read_only=True) as con:
            comments = con.execute("select count(comment) from duckdb_columns()").fetchall()
            tags = con.execute("select tags from duckdb_databases() where not internal").fetchall()
        with duckdb.connect(str(before / "analytics.duckdb"), read_only=True) as con:
            assert comments == con.execute("select count(comment) from duckdb_columns()").fetchall()
            assert tags == con.execute("select tags from duckdb_databases() where not internal").fetchall()
        assert (folder / "analytics.duckdb").stat().st_mode == (before / "analytics.duckdb").stat().st_mode


def test_the_page_of_an_erased_member_goes_and_links_to_it_from_other_pages_too(full_house, erased):
    house, outcome = erased
    of_plain = One("member", PLAIN).page
    for number in (1, 2):
        site, before = (one.home.versions / str(number) / "site" for one in (house, full_house))
        assert len(list(before.glob("member/*"))) == 2
        assert [path.relative_to(site).as_posix() for path in site.glob("member/*")] == [of_plain]
        assert not (site / "asked").exists(), "pages that were asked for go with it, whoever they are about"
        assert (site / of_plain).read_text(encoding="utf-8") == f"<td>{outcome.tombstones[ADA]}</td>"


def test_a_name_that_others_have_too_goes_beside_the_id_and_nowhere_else(full_house, erased):
    house, outcome = erased
    marks = [outcome.tombstones[one] for one in (ADA, ODD)]
    called = "select member_id, display_name, profile_url from marts.dim_members where display_name is not null"
    for path in (house.home.marts, house.home.versions / "1" / "analytics.duckdb"):
        with duckdb.connect(str(path), read_only=True) as con:
            left = con.execute(called).fetchall()
        assert {name for _, name, _ in left} == {"python"}
        assert not {member for member, *_ in left} & {*marks, ADA, ODD}
    site = house.home.versions / "1" / "site"
    of_plain = f"<td>{person(PLAIN, 'python', PAGE)}</td><td>python</td>"
    rest = "".join(f'<td><span class="person"><small>{mark}</small></span></td>' for mark in marks)
    assert (site / "people.html").read_text(encoding="utf-8") == rest + of_plain.replace(PAGE, ERASED)
    table = (site / "data" / "people.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert table == [*(f"{mark},,,python" for mark in marks), f"{PLAIN},python,,python"]


@pytest.mark.long
def test_a_plain_word_goes_as_an_id_and_stays_as_a_word(house):
    outcome = erase(house.home, house.settings, [[PLAIN]], asked_by="test")
    mark = outcome.tombstones[PLAIN]
    page = (house.home.versions / "1" / "site" / "risk.html").read_text(encoding="utf-8")
    assert f"<td>{mark}</td><p>{PLAIN} n</p>" in page
    (export,) = house.home.exports.glob("*.csv")
    assert f"{LINK_DAY},{mark},eve" in export.read_text(encoding="utf-8")
    assert house.query(f"select count(*) from marts.dim_members where member_id = '{PLAIN}'") == [(0,)]
    assert house.query(f"select count(*) from marts.dim_members where member_id = '{mark}'") == [(1,)]
    assert look(house.home, house.settings, [[PLAIN]]).n_values == 0


@pytest.mark.long
def test_what_a_server_has_built_goes_with_all_its_commits_and_is_built_anew(house):
    member = house.home.spark / "marts" / "dim_members" / "part-0.parquet"
    member.parent.mkdir(parents=True)
    member.write_bytes(b"a row of somebody")
    erase(house.home, house.settings, [["nobody-knows-this-id"]], asked_by="ann")
    assert not house.home.spark.exists()


@pytest.mark.long
def test_a_second_erasure_finds_nothing_and_gives_the_same_tombstones(erased, tmp_path):
    house, first = erased
    house = house.copy_to(tmp_path / "home")
    second = erase(house.home, house.settings, [IDS], asked_by="test")
    assert second.tombstones == first.tombstones
    assert second.n_values == 0
    rows = ledger.read(house.home, known.LEDGER).to_pylist()
    assert {row["tombstone"] for row in rows} == set(first.tombstones.values())
    assert {row["asked_by"] for row in rows} == {"test"}
    with pytest.raises(ErasureError, match="erased already"):
        erase(house.home, house.settings, [[first.tombstones[ADA]]], asked_by="test")


def test_a_dry_run_says_where_and_writes_nothing(house):
    before = {path: path.read_bytes() for path in house.home.root.rglob("*") if path.is_file()}
    outcome = look(house.home, house.settings, [IDS])
    assert {stage for stage, n in outcome.places.items() if n} == {
        "landing", "lake", "ledgers", "exports", "warehouse", "versions", "rest", "dagster",
    }  # fmt: skip
    changed = [path for path, old in before.items() if not path.name.endswith("-shm") and path.read_bytes() != old]
    assert changed == []


_CHILD = """
import os, signal, sys
from pathlib import Path
from pipelines.erasure.run import erase, resume
from pipelines.home import Home
from pipelines.settings import Settings
root, at = Path(sys.argv[1]), sys.argv[2]
steps = []
def on_step(name):
    steps.append(name)
    if name == at or (at.endswith(":") and name.startswith(at)):
        os.kill(os.getpid(), signal.SIGKILL)
erase(Home(root), Settings(home=root, threads=1), [sys.argv[3:]], asked_by="test", on_step=on_step)
"""


@pytest.mark.long
@pytest.mark.parametrize("at", ["lake:", "landing:", "versions:", "record"])
def test_a_kill_at_any_stage_is_made_up_for(full_house, house, at):
    for database in house.home.versions.glob("*/analytics.duckdb"):
        sums.write(database.parent)
    command = [sys.executable, "-c", _CHILD, str(house.home.root), at, *IDS]
    killed = subprocess.run(command, cwd=PROJECT_DIR, env=dict(os.environ), check=False)
    assert killed.returncode == -signal.SIGKILL
    assert house.home.erasure_journal.stat().st_mode & 0o777 == 0o600
    tombstones = json.loads(house.home.erasure_journal.read_text(encoding="utf-8"))["kept"]["ids"]
    for database in house.home.versions.glob("*/analytics.duckdb"):
        sums.check(database, house.home)  # it can be read meanwhile

    run_start.prepare(house.home, house.settings)  # as the next run begins

    assert found(house.home.root) == set()
    assert marts(house.home.marts, {}) == marts(full_house.home.marts, tombstones)
    for log in LOGS.values():
        assert changed_days(house.home, house.settings, log, DAYS) == {}
    assert len(ledger.read(house.home, known.LEDGER)) == len(IDS)
    assert resume(house.home, house.settings) is None
    for database in house.home.versions.glob("*/analytics.duckdb"):
        assert database.with_name(sums.SUMS).exists()
        assert sums.unlike(database.parent) == []


@pytest.mark.long
def test_an_erased_id_that_a_delivery_brings_back_is_the_same_tombstone(erased, tmp_path):
    house, outcome = erased
    house = house.copy_to(tmp_path / "home")
    day = DAYS[-1]
    row = {"member_id": ADA, "occurred_at": f"{day}T09:00:00", "joined_at": f"{day}T09:00:00", "name": "Ada again"}
    house.deliver("members", day, [row, row | {"member_id": "m1", "name": "Somebody"}], name="again.jsonl")
    house.run([day])

    text = (house.home.landing_day("members", day) / "again.jsonl").read_text(encoding="utf-8")
    assert ADA not in text
    assert "Ada again" not in text
    assert "Somebody" in text
    assert found(house.home.root) == set()
    newest = f"select max(joined_day) from staging.stg_lake__members where account_id = '{outcome.tombstones[ADA]}'"
    assert house.query(newest) == [(day,)]


def test_nobody_erased_is_exported(erased):
    house, _ = erased
    written = export_list(house.home, LINK_DAY).read_text(encoding="utf-8-sig")
    assert "erased-" not in written
    assert len(written.splitlines()) == 1
