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
from pipelines.warehouse.plan import BuildPlan, write_plan
from pipelines.warehouse.project import DBT_PROJECT_DIR, dbt_environment
from pipelines.warehouse.sources import ensure_sources

if TYPE_CHECKING:
    from pathlib import Path

WINDOWS = (7, 30)
"""Engagement windows of the project under test."""


class BuiltProject:
    """The project after ``dbt run`` and ``dbt test --select test_type:unit``, in one folder."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder)
        self._target = folder / "target"
        ensure_sources(self.home)
        write_plan(
            self.home,
            BuildPlan(
                fingerprint="of a test",
                first_day=date(2025, 1, 1),
                through_day=date(2025, 1, 2),
                full_because="",
                training_days=(),
            ),
        )
        with pytest.MonkeyPatch.context() as patch:
            for name, value in dbt_environment(Settings(home=folder, engagement_windows=WINDOWS)).items():
                patch.setenv(name, value)
            manifest = self._invoke(dbtRunner(), "parse")
            self._invoke(dbtRunner(manifest=manifest), "run")
            tested = self._invoke(dbtRunner(manifest=manifest), "test", "--select", "test_type:unit")
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

    def _invoke(self, runner: dbtRunner, *arguments: str) -> Any:
        places = ["--project-dir", str(DBT_PROJECT_DIR), "--profiles-dir", str(DBT_PROJECT_DIR)]
        output = ["--target-path", str(self._target), "--log-path", str(self._target)]
        output += ["--log-level", "none", "--log-level-file", "none"]
        try:
            result = runner.invoke([*arguments, *places, *output])
        finally:
            DuckDBConnectionManager.close_all_connections()
            gc.collect()
        if result.exception:
            raise result.exception
        return result.result
