"""Fixtures of the ingestion tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.ingest_community import Community

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def community(tmp_path: Path) -> Community:
    return Community(tmp_path / "home")
