"""A table is rebuilt in one transaction: a model that fails leaves the table, its rows and comments as they were."""

from __future__ import annotations

import gc
import shutil
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from pipelines.warehouse.project import DBT_PROJECT_DIR

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.dbt

PROJECT = """
name: guildbook
version: "1.0.0"
config-version: 2
profile: made_up
macro-paths: [macros, materializations]
flags: {send_anonymous_usage_stats: false}
"""
PROFILE = """
made_up: {target: one, outputs: {one: {type: duckdb, path: "%s", threads: 1}}}
"""
MODEL = """
{{ config(materialized=env_var('KIND'), contract={'enforced': env_var('KIND') == 'table'}) }}
select cast({{ env_var('VALUE') }} as integer) as n
"""
COLUMNS = """
models:
  - name: one
    description: One row.
    config: {persist_docs: {relation: true, columns: true}}
    columns: [{name: n, data_type: integer, description: "A number; it's small."}]
"""


class Project:
    """A dbt project of one model whose value and kind come from the environment."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder, self._patch = folder, monkeypatch
        self._warehouse = folder / "one.duckdb"
        for name in ("macros", "materializations"):
            (folder / name).mkdir()
        for path in ("macros/comments.sql", "materializations/table.sql"):
            shutil.copyfile(DBT_PROJECT_DIR / path, folder / path)
        (folder / "models").mkdir()
        (folder / "dbt_project.yml").write_text(PROJECT)
        (folder / "profiles.yml").write_text(PROFILE % self._warehouse)
        (folder / "models" / "one.sql").write_text(MODEL)
        (folder / "models" / "one.yml").write_text(COLUMNS)

    def run(self, value: str, kind: str = "table") -> bool:
        """Run the model; tells whether it succeeded."""
        self._patch.setenv("VALUE", value)
        self._patch.setenv("KIND", kind)
        places = [f"--{name}={self._folder}" for name in ("project-dir", "profiles-dir", "target-path", "log-path")]
        try:
            return bool(dbtRunner().invoke(["--quiet", "run", *places]).success)
        finally:
            DuckDBConnectionManager.close_all_connections()
            gc.collect()

    def seen(self) -> list[Any]:
        """The relation's kind, its rows, its comment and its column's."""
        with duckdb.connect(str(self._warehouse), read_only=True) as con:
            queries = (
                "select table_type from information_schema.tables",
                "from one",
                "select comment from duckdb_tables()",
                "select comment from duckdb_columns() where table_name = 'one'",
            )
            return [con.execute(query).fetchall() for query in queries]


SMALL = "A number; it's small."


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    return Project(tmp_path, monkeypatch)


def test_a_table_is_replaced_and_one_that_fails_leaves_the_old(project):
    assert project.run("1")
    assert project.run("2")
    assert project.seen() == [[("BASE TABLE",)], [(2,)], [("One row.",)], [(SMALL,)]]
    assert not project.run("error('broken')")
    assert project.seen() == [[("BASE TABLE",)], [(2,)], [("One row.",)], [(SMALL,)]]


def test_a_view_of_that_name_gives_way(project):
    assert project.run("1", kind="view")
    assert project.run("2")
    assert project.seen() == [[("BASE TABLE",)], [(2,)], [("One row.",)], [(SMALL,)]]
