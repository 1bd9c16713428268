"""Fixtures of the tests of sending: one published community, built once, and a home of each test's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.mailroom import Mailroom, database_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def community(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The full community's published database; not to be changed."""
    return database_of(tmp_path_factory.mktemp("community") / "analytics.duckdb")


@pytest.fixture
def room(tmp_path: Path, community: Path) -> Mailroom:
    return Mailroom.of(tmp_path / "home", community)
