"""Links that lead astray and folders that are closed: said and withheld, never taken for a delivery that is gone."""

from __future__ import annotations

import os
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.contract import LOGS
from pipelines.defs.launch import changes_through, delivered_logs
from pipelines.ingest import ingest_days, landing
from pipelines.ingest.ignored import ignored_entries
from pipelines.ingest.reach import unreadable
from pipelines.ingest.refusals import refused
from pipelines.lake import manifest
from tests.support.house import House

pytestmark = pytest.mark.slow

DAY = date(2025, 3, 1)
INTERACTIONS = LOGS["interactions"]
ROW = {"interaction_id": "i1", "occurred_at": "2025-03-01T12:00:00", "kind": "like", "member_id": "m1"}
RIGHT = "give the user that runs Guildbook the right to read it"


@pytest.fixture
def house(tmp_path):
    house = House(tmp_path / "home")
    house.deliver("interactions", DAY, [ROW])
    return house


def link(house, name, target):
    path = house.home.landing_day("interactions", DAY) / name
    path.symlink_to(target)
    return path


def judged(house):
    """What gate 1 says of the day, and what was refused of it."""
    outcome = house.accept([DAY], logs=["interactions"])["interactions"]
    said = "withheld" if outcome.withheld == (DAY,) else "warned" if outcome.warned == (DAY,) else "passed"
    return said, [str(one) for one in refused(house.home, "interactions")]


def test_a_dangling_link_is_a_refused_file(house, tmp_path):
    link(house, "more.jsonl", tmp_path / "nowhere.jsonl")
    said = f"is a link to {tmp_path}/nowhere.jsonl, which is not there; deliver the file itself"
    assert judged(house) == ("warned", [f"landing/interactions/{DAY}/more.jsonl {said}"])
    assert [str(one) for one in ignored_entries(house.home, DAY)] == []


def test_a_link_that_leads_back_to_itself_is_refused(house):
    link(house, "loop.jsonl", "loop.jsonl")
    verdict, said = judged(house)
    assert verdict == "warned"
    assert "leads back to itself" in said[0]


def test_a_link_out_of_the_landing_folder_is_not_followed_and_both_are_named(house, tmp_path):
    secret = tmp_path / "secret.jsonl"
    secret.write_text('{"interaction_id": "i2"}\n', encoding="utf-8")
    link(house, "more.jsonl", secret)
    verdict, (said,) = judged(house)
    assert verdict == "warned"
    assert f"more.jsonl is a link to {secret}, outside of the landing folder {house.home.landing}; put " in said


def test_a_link_inside_the_landing_folder_and_one_that_is_the_landing_folder_are_followed(tmp_path):
    house = House(tmp_path / "home")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    house.home.landing.symlink_to(elsewhere)
    path = house.deliver("interactions", DAY, [ROW], name="_kept.jsonl")
    link(house, "acts.jsonl", path)

    assert judged(house) == ("passed", [])
    assert [row["n_rows"] for row in manifest.current(house.home).to_pylist()] == [1]
    assert ignored_entries(house.home, DAY) == []


def test_a_landing_folder_that_is_a_dangling_link_takes_no_rows_out(house):
    house.accept([DAY], logs=["interactions"])
    house.home.landing.rename(house.home.root / "unmounted")
    house.home.landing.symlink_to(house.home.root / "mounted-later")

    verdict, said = judged(house)

    assert verdict == "withheld"
    assert "mounted-later, which is not there" in said[0]
    assert [row["n_rows"] for row in manifest.current(house.home).to_pylist()] == [1], "what was accepted stays"
    assert str(ignored_entries(house.home, DAY)[0]).startswith("landing/: is a link to ")


@pytest.mark.parametrize("folder", ["interactions", "interactions/2025-03-01"])
def test_a_folder_that_is_a_link_out_of_landing_is_refused_and_takes_no_rows_out(house, tmp_path, folder):
    house.accept([DAY], logs=["interactions"])
    place = house.home.landing / folder
    place.rename(tmp_path / "moved")
    place.symlink_to(tmp_path / "moved")

    assert set(delivered_logs(house.home, house.settings, [DAY])) == {"interactions"}
    assert judged(house)[0] == "withheld"
    assert [row["n_rows"] for row in manifest.current(house.home).to_pylist()] == [1]
    (ignored,) = ignored_entries(house.home, DAY)
    assert str(ignored).startswith(f"landing/{folder}: is a link to {tmp_path}/moved, outside of the landing folder ")


def close(monkeypatch, closed):
    """What a folder or file without rights says to whoever is not root."""
    access, scandir = os.access, os.scandir

    def refuses(path):
        return str(path) == str(closed)

    def scan(path):
        if refuses(path):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "access", lambda path, *mode, **how: not refuses(path) and access(path, *mode, **how))
    monkeypatch.setattr(landing.os, "scandir", scan)


@pytest.mark.parametrize(
    "closed", ["", "interactions", "interactions/2025-03-01", "interactions/2025-03-01/rows.jsonl"]
)
def test_what_is_closed_to_us_is_said_and_takes_no_rows_out(house, monkeypatch, closed):
    house.accept([DAY], logs=["interactions"])
    with monkeypatch.context() as patch:
        close(patch, house.home.landing / closed)
        assert set(delivered_logs(house.home, house.settings, [DAY])) >= {"interactions"}
        verdict, said = judged(house)
        assert verdict == "withheld"
        assert said[0].endswith(f"cannot be read (Permission denied); {RIGHT}")
        changes_through(house.home, house.settings, DAY)
        if closed.count("/") < 2:
            assert RIGHT in str(ignored_entries(house.home, DAY)[0])
    assert [row["n_rows"] for row in manifest.current(house.home).to_pylist()] == [1]

    assert judged(house) == ("passed", []), "once it is open, the day is read again"


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads what is closed to everybody else")
def test_a_closed_folder_and_file_are_told_by_the_system_too(house):
    folder = house.home.landing_day("interactions", DAY)
    for path in (folder / "rows.jsonl", folder, folder.parent):
        path.chmod(0)
        assert RIGHT in unreadable(house.home, path)
        assert RIGHT in landing.landing_files(house.home, INTERACTIONS, DAY)[0].problem
        path.chmod(0o700)
    assert unreadable(house.home, folder / "rows.jsonl") == ""


def test_names_in_a_parquet_footer_that_are_no_text_are_a_refused_file(house):
    path = house.home.landing_day("interactions", DAY) / "more.parquet"
    pq.write_table(pa.table({"interaction_id": ["i1"]}), path)
    path.write_bytes(path.read_bytes().replace(b"interaction_id", b"interaction_\xff\xfe"))

    ingest_days(house.home, house.settings, INTERACTIONS, [DAY], run_id="run")

    assert "no readable Parquet file" in refused(house.home, "interactions")[0].reason
