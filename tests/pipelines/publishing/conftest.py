"""Fixtures of the publishing tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.tiny_warehouse import Publisher

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    return Publisher(tmp_path / "home")
