"""What the server has to know before dbt speaks to it: the files of the lake, and the tables of earlier runs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from pipelines.contract import LOGS
from pipelines.home import Home
from pipelines.lake.schemas import PREDICTIONS, QUARANTINE, SCHEMAS
from pipelines.lake.sources import EMPTY_DAY
from pipelines.settings import Settings
from pipelines.warehouse.project import DBT_PROJECT_DIR
from pipelines.warehouse.spark.session import is_sail

if TYPE_CHECKING:
    from pyspark.sql.connect.session import SparkSession

_TYPES = {
    pa.string(): "string",
    pa.large_string(): "string",
    pa.int64(): "bigint",
    pa.int32(): "int",
    pa.float64(): "double",
    pa.bool_(): "boolean",
    pa.date32(): "date",
    pa.timestamp("us"): "timestamp_ntz",
    pa.timestamp("us", tz="UTC"): "timestamp_ltz",
    pa.decimal128(38, 0): "decimal(38, 0)",
}
"""Types that the lake's files have, and Spark's words for them."""

_DELTA_LOG = "_delta_log"


def register(session: SparkSession, home: Home, settings: Settings) -> None:
    """Tell the server what there is; it has forgotten all of it after a restart, and Sail after each session."""
    for schema in ("lake", "control", "ledger"):
        session.sql(f"create schema if not exists {schema}")
    for schema, name, path in _sources():
        _register_source(session, home, f"{schema}.{name}", path)
    for folder in _tables(home, settings):
        session.sql(f"create schema if not exists {folder.parent.name}")
        session.sql(
            f"create table if not exists {folder.parent.name}.{folder.name} "
            f"using {settings.spark_tables} location {text(folder)}"
        )


def text(value: object) -> str:
    """Return a literal of Spark's for a text."""
    return "'" + str(value).replace("\\", "\\\\").replace("'", "\\'") + "'"


def _sources() -> Iterator[tuple[str, str, str]]:
    """Yield schema, name and path below the lake of each of dbt's sources that are files."""
    sources = yaml.safe_load((DBT_PROJECT_DIR / "models" / "sources.yml").read_text(encoding="utf-8"))["sources"]
    for source in sources:
        for table in source["tables"]:
            if path := table.get("config", {}).get("meta", {}).get("path"):
                yield source["schema"], table["name"], path


def _register_source(session: SparkSession, home: Home, relation: str, path: str) -> None:
    if path.startswith("quarantine/"):
        _register_quarantine(session, home, relation)
        return
    head, *_ = path.split("/*" if "=" not in path else "=")
    partition = "" if "=" not in path else head.rpartition("/")[2]
    folder = home.lake / (head.rpartition("/")[0] if partition else head)
    _register_files(session, relation, folder, _schema(home, relation, folder), partition)


def _schema(home: Home, relation: str, place: Path) -> pa.Schema:
    """Return the columns of a source: of a log those of the part without rows, which has all that were ever added."""
    schema, name = relation.split(".")
    if schema == "lake":
        return pq.read_schema(home.raw_part(name, EMPTY_DAY))
    if name == "churn_predictions":
        return PREDICTIONS
    return SCHEMAS[name] if schema == "ledger" else pq.read_schema(place)


def _register_files(session: SparkSession, relation: str, place: Path, schema: pa.Schema, partition: str = "") -> None:
    columns = [f"`{field.name}` {_type(field.type)}" for field in schema if field.name != partition]
    columns += [f"`{partition}` date"] if partition else []
    by = f"partitioned by (`{partition}`) " if partition else ""
    session.sql(f"drop table if exists {relation}")
    session.sql(f"create table {relation} ({', '.join(columns)}) using parquet {by}location {text(place)}")
    if partition and not is_sail(session):
        session.sql(f"msck repair table {relation}")


def _type(of: pa.DataType) -> str:
    return f"array<{_type(of.value_type)}>" if pa.types.is_list(of) else _TYPES[of]


def _register_quarantine(session: SparkSession, home: Home, relation: str) -> None:
    """One table a log, under one view that says which: what a column of file names tells DuckDB."""
    there = [name for name in LOGS if (home.lake / "quarantine" / name).is_dir()]
    parts = []
    for name in there:
        table = f"{relation}_{name}"
        _register_files(session, table, home.lake / "quarantine" / name, QUARANTINE, "log_day")
        parts.append(f"select *, {text(f'{name}/log_day/part')} as filename from {table}")
    session.sql(f"create or replace view {relation} as {' union all '.join(parts)}")


def _tables(home: Home, settings: Settings) -> Iterator[Path]:
    """Yield the folders of tables; what a failed build left without a commit is taken away."""
    for folder in sorted(home.spark.glob("*/*")):
        if settings.spark_tables == "delta" and not any((folder / _DELTA_LOG).glob("*.json")):
            shutil.rmtree(folder)
        else:
            yield folder
