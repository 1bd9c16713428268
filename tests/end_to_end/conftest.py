"""One good home, built once by the real job; each test gets a copy of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.built_once import built_once
from tests.support.running import GOOD_DAYS, Running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def good_home(tmp_path_factory: pytest.TempPathFactory) -> Running:
    """A home whose first publication went well; not to be changed."""
    with pytest.MonkeyPatch.context() as monkeypatch:

        def build(folder: Path) -> None:
            running = Running(folder / "home", monkeypatch)
            running.deliver_days(GOOD_DAYS)
            outcome = running.execute(GOOD_DAYS[0], GOOD_DAYS[-1])
            assert outcome.succeeded, outcome

        return Running(built_once(tmp_path_factory, "good", build) / "home", monkeypatch)


@pytest.fixture
def running(good_home: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """A copy of the good home, which a test may break."""
    return good_home.run_copy(tmp_path / "home", monkeypatch)
