"""One built dbt project for all tests of this folder: every model over empty logs, and every unit test, run once."""

from __future__ import annotations

import pytest

from tests.support.built_project import BuiltProject


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> BuiltProject:
    return BuiltProject(tmp_path_factory.mktemp("dbt_project"))
