"""Builds the dbt project over logs that were never delivered, and runs its unit tests: what the tests here look at."""

from __future__ import annotations

import gc
import json
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from pipelines.home import Home
from pipelines.lake.duck import open_warehouse
from pipelines.settings import Settings
from pipelines.warehouse.control import write_plan
from pipelines.warehouse.plan import BuildPlan
from pipelines.warehouse.project import DBT_PROJECT_DIR, dbt_environment
from pipelines.warehouse.sources import ensure_sources

if TYPE_CHECKING:
    from pathlib import Path

WINDOWS = (7, 30)
"""Engagement windows of the project under test."""


def prepare_nothing(home: Home) -> None:
    """Give a home all that dbt reads where nothing was ever delivered."""
    ensure_sources(home)
    first, through = date(2025, 1, 1), date(2025, 1, 2)
    write_plan(home, BuildPlan("of a test", first_day=first, through_day=through, full_because="", training_days=()))


def invoke(runner: dbtRunner, target: Path, *arguments: str) -> Any:
    """Run dbt on this checkout; what it writes goes to ``target``."""
    places = ["--project-dir", str(DBT_PROJECT_DIR), "--profiles-dir", str(DBT_PROJECT_DIR)]
    output = ["--target-path", str(target), "--log-path", str(target)]
    output += ["--log-level", "none", "--log-level-file", "none"]
    try:
        result = runner.invoke([*arguments, *places, *output])
    finally:
        DuckDBConnectionManager.close_all_connections()
        gc.collect()
    if result.exception:
        raise result.exception
    return result.result


class BuiltProject:
    """The project after ``dbt run`` and ``dbt test --select test_type:unit``, in one folder."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder)
        self._target = folder / "target"
        prepare_nothing(self.home)
        with pytest.MonkeyPatch.context() as patch:
            for name, value in dbt_environment(Settings(home=folder, engagement_windows=WINDOWS)).items():
                patch.setenv(name, value)
            manifest = invoke(dbtRunner(), self._target, "parse")
            invoke(dbtRunner(manifest=manifest), self._target, "run")
            tested = invoke(dbtRunner(manifest=manifest), self._target, "test", "--select", "test_type:unit")
        self.unit_tests = [result for result in tested if result.node.resource_type == "unit_test"]

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """dbt's own description of the project."""
        return json.loads((self._target / "manifest.json").read_text())

    @property
    def models(self) -> dict[str, dict[str, Any]]:
        """Nodes of the models by the name of their table; of versioned models each version."""
        nodes = self.manifest["nodes"].values()
        return {node["alias"]: node for node in nodes if node["resource_type"] == "model"}

    def compiled(self, model: str) -> str:
        """The SQL of a model as the engine gets it."""
        path = self.models[model]["original_file_path"]
        return (self._target / "compiled" / "guildbook" / path).read_text()

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query on the built warehouse."""
        with open_warehouse(self.home) as connection:
            return connection.execute(sql).fetchall()
