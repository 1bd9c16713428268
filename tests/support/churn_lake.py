"""Builds the churn models with dbt itself, over a small lake that a test describes.

The project under test is a copy of the churn folder and the macros, parsed once; the truth is a Parquet file.
"""

import atexit
import gc
import os
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

import duckdb
import pandas as pd
import yaml
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

from pipelines.contract import DUCKDB_TYPES, LOGS, Log

DBT_PROJECT = Path(__file__).parents[2] / "dbt_project"
NO_TRUTH = "select '' as member_id, null::date as day, true as is_active where false"
TRUTH_MODEL = "select * from read_parquet('{{ env_var(\"GUILDBOOK_HOME\") }}/truth.parquet')"
NO_SPANS = "select '' as member_id, null::date as from_day, null::date as until_day where false"
CHANGED_MODEL = "select distinct event_day as day from {{ source('lake', 'interactions') }}"
SPANS_MODEL = "select * from read_parquet('{{ env_var(\"GUILDBOOK_HOME\") }}/payer_spans.parquet')"
USED_LOGS = ("members", "content", "interactions", "event_participation", "subscriptions", "identity_links")


@dataclass
class Lake:
    """A home folder whose lake holds exactly what a test put there."""

    home: Path
    environment: dict[str, str] = field(default_factory=dict)

    def write(self, log: str, query: str, connection: duckdb.DuckDBPyConnection | None = None) -> None:
        """Store the rows of a query as one log, all versions; columns that it lacks are null."""
        own = connection or duckdb.connect()
        own.execute(f"create or replace temp table given as {query}")
        given = {row[0] for row in own.execute("describe given").fetchall()}
        columns = [f"{name if name in given else 'null'}::{type_} as {name}" for name, type_ in _columns(LOGS[log])]
        path = self.home / "lake" / "raw" / log / "log_day=2000-01-01" / "part-0.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        own.execute(f"copy (select {', '.join(columns)} from given) to '{path}' (format parquet)")
        if connection is None:
            own.close()

    def build(
        self,
        days: list[date],
        truth: str | None = None,
        *,
        payer_spans: str | None = None,
        with_data_tests: bool = False,
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return features and labels of the days.

        ``truth`` is a query of member_id, day, is_active, ``payer_spans`` one of member_id, from_day, until_day.
        ``with_data_tests`` runs the data tests too; the unit tests run with those of the whole project.
        """
        for log in USED_LOGS:
            if not (self.home / "lake" / "raw" / log).exists():
                self.write(log, "select 1 as nothing where false")
        (self.home / "lake" / ".staging").mkdir(exist_ok=True)
        (self.home / "lake" / "control").mkdir(exist_ok=True)
        wanted = ", ".join(f"(date '{day}', 'train')" for day in days)
        with duckdb.connect() as connection:
            parts = f"{self.home}/lake/raw/interactions/*/part-0.parquet"
            rows = f"from read_parquet('{parts}', hive_partitioning = false)"
            manifest = f"select distinct 'interactions' as log, log_day, event_day {rows}"
            connection.execute(f"copy ({manifest}) to '{self.home}/lake/control/manifest.parquet'")
            query = f"select * from (values {wanted}) as days(as_of_day, purpose)"
            connection.execute(f"copy ({query}) to '{self.home}/lake/control/feature_days.parquet'")
            connection.execute(f"copy ({truth or NO_TRUTH}) to '{self.home}/truth.parquet' (format parquet)")
            connection.execute(
                f"copy ({payer_spans or NO_SPANS}) to '{self.home}/payer_spans.parquet' (format parquet)"
            )
        self._dbt("build", "--exclude-resource-type", "unit_test") if with_data_tests else self._dbt("run")
        with duckdb.connect(str(self.home / "warehouse.duckdb"), read_only=True) as connection:
            features = connection.execute("from churn.churn_features order by as_of_day, member_id, definition").df()
            labels = connection.execute("from churn.churn_labels order by as_of_day, member_id, definition").df()
        return features, labels

    def _dbt(self, *command: str) -> None:
        before = dict(os.environ)
        home = {"GUILDBOOK_HOME": str(self.home), "DBT_TARGET_PATH": str(self.home / "target")}
        os.environ.update({"GUILDBOOK_TIMEZONE": "UTC"} | home | self.environment)
        try:
            project = str(_project())
            places = ["--project-dir", project, "--profiles-dir", project]
            quiet = ["--quiet", "--no-write-json", "--log-level-file", "none"]
            result = dbtRunner(manifest=_manifest(project)).invoke([*quiet, *command, *places])
            assert result.success, result.exception or [str(one.message) for one in result.result]
        finally:
            os.environ.clear()
            os.environ.update(before)
            DuckDBConnectionManager.close_all_connections()
            gc.collect()


def _columns(log: Log) -> list[tuple[str, str]]:
    own = [(column.name, DUCKDB_TYPES[column.type]) for column in log.own_columns]
    return [*own, ("extra", "JSON"), ("event_day", "DATE"), ("log_day", "DATE")]


@lru_cache
def _manifest(project: str) -> Manifest:
    """The project as dbt parses it; nothing parsed depends on the home or on a setting."""
    result = dbtRunner().invoke(["--quiet", "parse", "--project-dir", project, "--profiles-dir", project])
    assert result.success, result.exception
    return result.result


@lru_cache(maxsize=1)
def _project() -> Path:
    """Return a project of the churn folder alone, with the logs it reads as sources."""
    project = Path(tempfile.mkdtemp(prefix="churn_project_"))
    atexit.register(shutil.rmtree, project, ignore_errors=True)
    shutil.copytree(DBT_PROJECT / "models" / "churn", project / "models" / "churn")
    shutil.copy(DBT_PROJECT / "models" / "columns.md", project / "models")
    shutil.copytree(DBT_PROJECT / "macros", project / "macros")
    shutil.copytree(DBT_PROJECT / "tests" / "generic", project / "tests" / "generic")
    shutil.copy(DBT_PROJECT / "profiles.yml", project)
    settings = yaml.safe_load((DBT_PROJECT / "dbt_project.yml").read_text())
    settings.pop("on-run-end")
    # The schema of the stand-ins is one that the views of the lake look into, and dbt knows only schemas of models.
    churn = settings["models"]["guildbook"]["churn"]
    settings["models"]["guildbook"] = {"churn": churn, "+schema": "intermediate"}
    (project / "dbt_project.yml").write_text(yaml.safe_dump(settings))
    declared = yaml.safe_load((DBT_PROJECT / "models" / "sources.yml").read_text())
    for source in declared["sources"]:
        wanted = USED_LOGS if source["name"] == "lake" else ("feature_days", "manifest")
        source["tables"] = [table for table in source["tables"] if table["name"] in wanted]
        for table in source["tables"]:
            # One file holds all log days here, so the log day is a column and not the folder's name.
            meta = table["config"]["meta"]
            meta["path"] = meta["path"].replace("log_day=*", "*")
    declared["sources"] = [source for source in declared["sources"] if source["tables"]]
    (project / "models" / "sources.yml").write_text(yaml.safe_dump(declared))
    (project / "models" / "fct_member_days.sql").write_text(TRUTH_MODEL)
    (project / "models" / "changed_interaction_days.sql").write_text(CHANGED_MODEL)
    (project / "models" / "int_subscriptions__payer_spans.sql").write_text(SPANS_MODEL)
    return project
