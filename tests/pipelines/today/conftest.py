"""A home whose history is built and published, of which each test gets a copy with a day under way."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.support.built_once import built_once
from tests.support.running_day import RunningDay

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.house import House


@pytest.fixture
def running_day(built_house: House, tmp_path: Path, tmp_path_factory, monkeypatch: pytest.MonkeyPatch) -> RunningDay:
    """The published home; nothing of the running day has come."""

    def build(folder: Path) -> None:
        shutil.copytree(built_house.home.root, folder / "home", symlinks=True)
        RunningDay(folder / "home", monkeypatch).publish()

    root = built_once(tmp_path_factory, "running-day", build) / "home"
    shutil.copytree(root, tmp_path / "home", symlinks=True)
    return RunningDay(tmp_path / "home", monkeypatch)
