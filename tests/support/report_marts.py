"""Small published databases for the report's tests: full, of a community with two logs, empty, and bare."""

from datetime import date
from functools import cache
from pathlib import Path

import duckdb
import yaml

from pipelines.contract import LOGS
from pipelines.report.context import SiteContext
from pipelines.warehouse.project import DBT_PROJECT_DIR

DAY = date(2026, 11, 19)
CONTEXT = SiteContext(community="Gophers & Co", timezone="Asia/Shanghai", through_day=DAY, version=7)
HOSTILE = "</script><img src=x onerror=alert(1)>\"'&{{ 7*7 }}"
FIXTURE = Path(__file__).with_name("report_fixture")
_ACTIVITY = ("activity", "months", "content", "answers", "interactions", "alerts")


@cache
def documented(folder: str = "") -> dict[str, dict[str, str]]:
    """Columns of each model in a folder of the dbt project's models, with their types as its contract says."""
    found = {}
    for path in sorted((DBT_PROJECT_DIR / "models" / folder).rglob("*.yml")):
        for model in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader).get("models", []):
            found[model["name"]] = {column["name"]: column.get("data_type") for column in model.get("columns", [])}
    return found


@cache
def schema() -> str:
    """Statements that create the marts: those of ``schema.sql``, and every other one as its contract says."""
    statements = [(FIXTURE / "schema.sql").read_text(encoding="utf-8").strip().rstrip(";")]
    statements.append("create table marts.publication (version bigint, through_day date)")
    for name, types in documented("marts").items():
        columns = ", ".join(f"{column} {type_}" for column, type_ in types.items())
        if f"marts.{name} (" not in statements[0]:
            statements.append(f"create table marts.{name} ({columns})")
    return ";\n".join(statements) + ";\n"


def build(path: Path, *parts: str, collected: tuple[str, ...] = tuple(LOGS)) -> Path:
    """Write a database with the schema ``marts``, filled by these files of ``report_fixture/``."""
    values = {"hostile": HOSTILE, "logs": list(LOGS), "collected": list(collected)}
    with duckdb.connect(path) as connection:
        connection.execute("create schema marts")
        for part in parts:
            script = schema() if part == "schema" else (FIXTURE / f"{part}.sql").read_text(encoding="utf-8")
            for statement in filter(str.strip, script.split(";\n")):
                used = {name: value for name, value in values.items() if f"${name}" in statement}
                connection.execute(statement, used)
        if len(parts) > 1:
            connection.execute(completing())
    return path


@cache
def completing() -> str:
    """Statements that add what the contracts have and ``schema.sql`` leaves out, for whatever a metric may ask."""
    with duckdb.connect() as connection:
        connection.execute("create schema marts;" + schema())
        rows = connection.execute("select table_name, column_name from duckdb_columns() where schema_name = 'marts'")
        there = set(rows.fetchall())
    return "".join(
        f"alter table marts.{name} add column {column} {type_};\n"
        for name, types in documented("marts").items()
        for column, type_ in types.items()
        if (name, column) not in there
    )


def full(path: Path) -> Path:
    """Nine logs, trouble in the gates, a trained model, hostile words wherever people may write."""
    return build(path, "schema", *_ACTIVITY, "revenue", "sales", "events", "logs", "trouble", "churn", "actions", "own")


def two_logs(path: Path) -> Path:
    """The smallest community: interactions and content, ranked by the rule."""
    parts = ("schema", *_ACTIVITY, "logs", "rule_only")
    return build(path, *parts, collected=("interactions", "content"))


def empty(path: Path) -> Path:
    """All tables, no rows: the first publication of an empty warehouse."""
    return build(path, "schema")


def bare(path: Path) -> Path:
    """No table at all."""
    return build(path)


COMMUNITIES = {"full": full, "two_logs": two_logs, "empty": empty, "bare": bare}
