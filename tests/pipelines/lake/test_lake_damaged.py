"""A home with a damaged file: no run builds on it, each is named with what to do, and what that says helps."""

from __future__ import annotations

import os
import shutil
from datetime import date

import duckdb
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.contract import LOGS
from pipelines.faults import sentence
from pipelines.lake import ledger, manifest, seal
from pipelines.lake.duck import open_warehouse
from pipelines.lake.seal import DamagedError
from pipelines.lake.sources import EMPTY_DAY
from pipelines.warehouse.plan import make_plan
from pipelines.warehouse.sources import ensure_sources
from tests.support.house import House
from tests.support.tiny_logs import FIRST, days_between, interaction

DAYS = days_between(FIRST, date(2025, 3, 3))


def flip(path, place=None, bit=0):
    """Change one bit of a file as a disk does; what this process knew of the file is forgotten."""
    now, data = path.stat(), bytearray(path.read_bytes())
    data[len(data) // 2 if place is None else place] ^= 1 << bit
    path.chmod(0o600)
    path.write_bytes(data)
    os.utime(path, ns=(now.st_atime_ns, now.st_mtime_ns))
    seal._damage.cache_clear()
    ledger._read_once.cache_clear()


@pytest.fixture
def house(tmp_path, monkeypatch):
    """Three days of a log in the lake; nothing is built."""
    house = House(tmp_path / "home")
    for n, day in enumerate(DAYS):
        house.deliver("interactions", day, [interaction(10 * n + m, day, f"m{m}") for m in range(5 + n)])
    house.deliver("interactions", DAYS[1], [{"interaction_id": "refused"}], name="refused.jsonl")
    house.accept(DAYS)
    ensure_sources(house.home)
    monkeypatch.setenv("GUILDBOOK_HOME", str(house.home.root))
    monkeypatch.setenv("GUILDBOOK_MIN_FREE_DISK_GB", "0")
    return house


def rows(house):
    with duckdb.connect() as con:
        return con.execute(f"from '{house.home.lake}/raw/interactions/*/*.parquet' order by all").fetchall()


def files_verified():
    return CliRunner().invoke(app, ["verify", "--files"])


def test_a_whole_lake_is_planned_on(house):
    assert make_plan(house.home, house.settings).through_day == DAYS[-1]
    assert (said := files_verified()).exit_code == 0
    assert "files are what was written" in said.output


@pytest.mark.parametrize("place", ["raw_part", "quarantine_part"])
def test_a_damaged_part_stops_the_plan_and_its_day_makes_it_again(house, place):
    good, part = rows(house), getattr(house.home, place)("interactions", DAYS[1])
    flip(part)

    said = f"{part} is damaged (its checksum differs): guildbook run --from {DAYS[1]} --to {DAYS[1]} makes it again"
    with pytest.raises(DamagedError) as raised:
        make_plan(house.home, house.settings)
    assert str(raised.value).startswith(said)
    assert f"damaged    {said}" in (verified := files_verified()).output
    assert verified.exit_code == 1

    house.accept([DAYS[0]])
    with pytest.raises(DamagedError):
        make_plan(house.home, house.settings)
    house.accept([DAYS[1]])
    assert make_plan(house.home, house.settings).through_day == DAYS[-1]
    assert rows(house) == good


def test_a_part_that_is_gone_stops_the_plan_and_its_day_makes_it_again(house):
    good, part = rows(house), house.home.raw_part("interactions", DAYS[2])
    part.unlink()
    with pytest.raises(DamagedError, match=f"{part} is gone: guildbook run --from {DAYS[2]}"):
        make_plan(house.home, house.settings)
    house.accept([DAYS[2]])
    assert make_plan(house.home, house.settings).through_day == DAYS[-1]
    assert rows(house) == good


def test_a_part_without_a_record_stops_the_plan(house):
    """As after the record was moved away: else its days would be no part of any figure."""
    good = rows(house)
    for path in ledger.files(house.home, "manifest"):
        path.unlink()
    with pytest.raises(DamagedError, match="is in no record of the manifest: guildbook run --full --from 2025-03-01"):
        make_plan(house.home, house.settings)
    for path in ledger.files(house.home, "deliveries"):  # as --full does
        path.unlink()
    house.accept(DAYS)
    assert make_plan(house.home, house.settings).first_day == DAYS[0]
    assert rows(house) == good


def test_many_damaged_parts_are_counted(house):
    for day in DAYS:
        flip(house.home.raw_part("interactions", day))
    flip(house.home.quarantine_part("interactions", DAYS[1]))
    with pytest.raises(DamagedError, match="; and 1 more: guildbook verify --files"):
        make_plan(house.home, house.settings)


def test_parts_without_rows_are_written_again_by_themselves(house):
    flip(house.home.raw_part("members", EMPTY_DAY))
    flip(next(house.home.quarantine_part(next(iter(LOGS)), EMPTY_DAY).parent.glob("*.parquet")))
    flip(next(house.home.predictions.glob("*/*.parquet")))
    ensure_sources(house.home)
    assert make_plan(house.home, house.settings).through_day == DAYS[-1]


def test_a_waiting_part_that_is_damaged_is_read_again_before_it_is_judged(house):
    day = date(2025, 3, 4)
    house.deliver("interactions", day, [interaction(n, day, "m1") for n in range(90, 93)])
    from pipelines.ingest import ingest_days  # noqa: PLC0415 - what accept calls, without the gate

    for name in ("part-0.parquet", "_delivery.json"):
        ingest_days(house.home, house.settings, LOGS["interactions"], [day], run_id="run", force=True)
        flip(house.home.candidate_part("interactions", day).with_name(name))
        assert (
            len(ingest_days(house.home, house.settings, LOGS["interactions"], [day], run_id="run").ingested_days) == 1
        )
        assert [one.log_day for one in manifest.candidates(house.home, "interactions")] == [day]


@pytest.mark.dbt
def test_a_damaged_database_is_named_and_comes_back_from_the_lake(built_house, tmp_path, monkeypatch):
    house = built_house.copy_to(tmp_path / "home")
    monkeypatch.setenv("GUILDBOOK_HOME", str(house.home.root))
    for path, other in ((house.home.marts, house.home.warehouse), (house.home.warehouse, house.home.marts)):
        good = path.read_bytes()
        flip(path, 4096)
        with pytest.raises(duckdb.Error) as raised, open_warehouse(house.home) as con:
            con.execute("from marts.community_days").fetchall()
        said = f"{path} is damaged: move {house.home.warehouse} and {house.home.marts} away; the next run builds them"
        assert said in sentence(raised.value, house.home)
        assert f"damaged    {said}" in files_verified().output
        assert str(other) + " is damaged" not in files_verified().output
        path.write_bytes(good)
    assert files_verified().exit_code == 0


@pytest.mark.dbt
def test_a_damaged_publication_is_named_and_not_taken_for_the_warehouse(built_house, tmp_path, monkeypatch):
    house = built_house.copy_to(tmp_path / "home")
    monkeypatch.setenv("GUILDBOOK_HOME", str(house.home.root))
    folder = house.home.versions / "1"
    folder.mkdir(parents=True)
    shutil.copyfile(house.home.marts, folder / "analytics.duckdb")
    house.home.published.symlink_to("versions/1")
    assert CliRunner().invoke(app, ["status"]).exit_code == 0
    flip(folder / "analytics.duckdb", 0)

    result = CliRunner().invoke(app, ["status"])

    assert result.exit_code == 1
    said = f"{(folder / 'analytics.duckdb').resolve()} is damaged: guildbook rollback puts the publication before it up"
    assert said in result.output.replace("\n", "")
    assert f"damaged    {said}" in files_verified().output
