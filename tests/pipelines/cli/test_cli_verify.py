"""``guildbook verify``: equal on a good home, and a row that was changed behind dbt's back is found and named."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.settings import get_settings
from pipelines.warehouse.verify import mart_names
from tests.support.tiny_logs import interaction


@pytest.fixture
def house(built_house, tmp_path, monkeypatch):
    monkeypatch.setenv("GUILDBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GUILDBOOK_MIN_FREE_DISK_GB", "0")
    return built_house.copy_to(tmp_path / "home")


def verify(*options):
    result = CliRunner().invoke(app, ["verify", *options])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def tree(root):
    return {
        path.relative_to(root): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def test_a_grown_home_equals_its_rebuild_and_is_only_read(house):
    before = tree(house.home.root)

    result = verify()

    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert [line.split()[:2] for line in lines[:-2]] == [["equal", name] for name in mart_names()]
    assert lines[-2] == f"{len(mart_names())} of {len(mart_names())} marts equal a full rebuild"
    assert lines[-1].startswith("left out, being records of what was run: churn_calibration, ")
    assert "restatements" in lines[-1]
    assert tree(house.home.root) == before


def test_a_changed_row_is_found_and_shown_from_both_sides(house):
    (day, dau), *_ = house.query("select day, dau from marts.community_days where dau > 0 order by day")
    house.change(f"update marts.community_days set dau = 777 where day = '{day}'")

    result = verify("--mart", "community_days")

    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines[0].split()[:2] == ["different", "community_days"]
    (here,) = [line for line in lines if line.startswith("  only in the warehouse: ")]
    (rebuilt,) = [line for line in lines if line.startswith("  only when rebuilt: ")]
    assert f"day={day}" in here
    assert "dau=777" in here
    assert f"day={day}" in rebuilt
    assert f"dau={dau}" in rebuilt
    assert lines[-1] == "0 of 1 marts equal a full rebuild"


def test_what_a_rebuild_has_to_change_is_not_compared(house, monkeypatch):
    last = date.fromisoformat(max(path.name for path in (house.home.landing / "interactions").iterdir()))
    house.deliver("interactions", last, [interaction("new", last, "m1")], "new.jsonl")
    house.accept([last])
    result = verify()
    assert (result.exit_code, result.stdout) == (2, "")
    assert "deliveries that no run has built yet" in result.stderr

    monkeypatch.setenv("GUILDBOOK_ENGAGEMENT_HIGH", "0.9")
    get_settings.cache_clear()
    result = verify()
    assert (result.exit_code, result.stdout) == (2, "")
    assert "a transformation or a setting changed" in result.stderr
