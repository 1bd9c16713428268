"""What is published is read by older DuckDBs, each row of each mart as by ours. They are installed for it."""

from __future__ import annotations

import os
import subprocess
import sys

import duckdb
import pytest

from pipelines.home import Home
from pipelines.publishing.database import STORAGE_VERSION, copy_marts
from pipelines.reading.publication import beside
from pipelines.settings import Settings
from tests.support import report_marts
from tests.support.older_duckdb import VERSIONS, fetch

pytestmark = pytest.mark.long

READ = """
import hashlib, sys, duckdb
con = duckdb.connect(sys.argv[1], read_only=True)
for (name,) in con.execute("select table_name from information_schema.tables order by 1").fetchall():
    rows = sorted(map(repr, con.execute(f'from marts."{name}"').fetchall()))
    print(name, len(rows), hashlib.sha256("".join(rows).encode()).hexdigest())
print("by", duckdb.__version__)
"""


@pytest.fixture(scope="module", params=[1_000_000, 1], ids=["in the file", "beside it"])
def database(tmp_path_factory, request):
    """What is published of marts with rows of every kind of value; most of them have more than one row."""
    folder = tmp_path_factory.mktemp("published")
    home = Home(folder)
    filled = report_marts.full(folder / "filled.duckdb")
    with duckdb.connect() as con:
        con.execute(f"attach '{filled}' as filled (read_only)")
        con.execute(f"attach '{home.marts}' as built (storage_version '{STORAGE_VERSION}')")
        con.execute("copy from database filled to built; drop table built.marts.publication")
    made = home.versions / "1" / "analytics.duckdb"
    settings = Settings(home=folder, published_file_rows=request.param)
    copy_marts(home.marts, made, settings, version=1, through_day=report_marts.DAY)
    assert (len(beside(made)) > 10) == (request.param == 1)
    return made


def read(database, **environment):
    done = subprocess.run(
        [sys.executable, "-c", READ, str(database)],
        env=os.environ | environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    *tables, by = done.stdout.splitlines()
    return tables, by.removeprefix("by ")


@pytest.mark.parametrize("version", VERSIONS)
def test_an_older_duckdb_reads_every_row_as_ours_does(database, version):
    try:
        folder = fetch(version)
    except RuntimeError as error:
        pytest.skip(f"duckdb {version} cannot be installed here: {error}")

    tables, by = read(database, PYTHONPATH=str(folder))

    assert by == version
    assert len(tables) > 50
    assert tables == read(database)[0]
