"""A home without anything, for the tests of what is kept of a churn model."""

import pytest

from pipelines.home import Home
from pipelines.settings import Settings


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "home")


@pytest.fixture
def settings(home):
    return Settings(home=home.root, threads=1)
