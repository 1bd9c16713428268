"""Fixtures of the report's tests: each community's site, rendered once, and databases of a few known rows."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipelines.report.parts.database import Marts
from pipelines.report.site import render_site
from tests.support.report_marts import COMMUNITIES, CONTEXT, empty
from tests.support.report_pages import Fill, Site


@pytest.fixture(scope="session")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Site]:
    root = tmp_path_factory.mktemp("sites")
    rendered = {}
    for name, build in COMMUNITIES.items():
        database = build(root / f"{name}.duckdb")
        files = render_site(database, root / name, context=CONTEXT)
        rendered[name] = Site(name, database, root / name, files)
    return rendered


@pytest.fixture(params=COMMUNITIES)
def site(request: pytest.FixtureRequest, sites: dict[str, Site]) -> Site:
    return sites[request.param]


@pytest.fixture(scope="session")
def empty_marts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of all marts without rows; not to be changed."""
    return empty(tmp_path_factory.mktemp("empty") / "analytics.duckdb")


@pytest.fixture
def fill(tmp_path: Path, empty_marts: Path) -> Iterator[Fill]:
    """Opens a database that holds what these statements insert."""
    opened: list[Marts] = []

    def _fill(sql: str) -> Marts:
        path = shutil.copyfile(empty_marts, tmp_path / "analytics.duckdb")
        with duckdb.connect(path) as connection:
            connection.execute(sql)
        opened.append(Marts(path, tmp_path, timezone=CONTEXT.timezone))
        return opened[-1]

    yield _fill
    for marts in opened:
        marts.__exit__(None, None, None)
