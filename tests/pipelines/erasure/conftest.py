"""One small home for all tests of an erasure, built once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.built_once import built_once
from tests.support.erasure_house import build
from tests.support.house import House

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def full_house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A home with a person in every kind of place; not to be changed."""
    return House(built_once(tmp_path_factory, "full", build))


@pytest.fixture
def house(full_house: House, tmp_path: Path) -> House:
    """A copy that a test may change."""
    return full_house.copy_to(tmp_path / "home")
