"""The sample that several tests of this folder read; it is written once."""

from __future__ import annotations

import pytest

from pipelines.sample import write_sample
from tests.support.sample_reading import Sample


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """A community of middle size: big enough for broken lines and rates, written in about two seconds."""
    root = tmp_path_factory.mktemp("sample")
    report = write_sample(root / "landing", root / "truth", seed=11, members=400, days=150)
    return Sample(root / "landing", root / "truth", report)
