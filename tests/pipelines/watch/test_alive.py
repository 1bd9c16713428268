"""The mark of a run: it says of a process that it lives, whatever became of its number."""

from __future__ import annotations

import pytest

from pipelines.home import Home
from pipelines.watch import alive


def test_a_run_is_alive_until_its_process_is_gone(tmp_path, at_work, monkeypatch):
    home = Home(tmp_path / "home")
    monkeypatch.setenv("GUILDBOOK_HOME", str(home.root))
    assert alive.is_alive(home, "run-1") is None, "nobody marked it"

    process = at_work("run-1", "mark")
    assert alive.is_alive(home, "run-1") is True
    process.kill()
    process.wait()
    assert alive.is_alive(home, "run-1") is False


def test_a_run_that_is_through_leaves_no_mark(tmp_path):
    home = Home(tmp_path / "home")
    with alive.marked(home, "run-1"):
        with alive.marked(home, "run-1"):
            assert alive.is_alive(home, "run-1") is True
        assert alive.is_alive(home, "run-1") is True, "the outer mark still holds"
    assert alive.is_alive(home, "run-1") is None
    assert not [*home.dagster.rglob("*.*")]


def test_a_run_that_stops_with_an_error_leaves_no_mark_as_it_was_not_killed(tmp_path):
    home = Home(tmp_path / "home")
    with pytest.raises(OSError, match="full"), alive.marked(home, "run-1"):
        raise OSError("the disk is full")
    assert alive.is_alive(home, "run-1") is None
