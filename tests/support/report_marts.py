"""Small published databases for the report's tests: full, of a community with two logs, empty, and bare."""

from datetime import date
from pathlib import Path

import duckdb
import yaml

from pipelines.contract import LOGS
from pipelines.report.context import SiteContext
from pipelines.settings import PROJECT_DIR

DAY = date(2026, 11, 19)
CONTEXT = SiteContext(community="Gophers & Co", timezone="Asia/Shanghai", through_day=DAY, version=7)
HOSTILE = "</script><img src=x onerror=alert(1)>\"'&{{ 7*7 }}"
FIXTURE = Path(__file__).with_name("report_fixture")
_ACTIVITY = ("activity", "months", "content", "answers", "interactions", "alerts")


def schema() -> str:
    """Statements that create the marts: those of ``schema.sql``, and every other one as its contract says."""
    statements = [(FIXTURE / "schema.sql").read_text(encoding="utf-8").strip().rstrip(";")]
    for path in sorted((PROJECT_DIR / "dbt_project" / "models" / "marts").rglob("*.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", []):
            columns = ", ".join(f"{column['name']} {column['data_type']}" for column in model["columns"])
            if f"marts.{model['name']} (" not in statements[0]:
                statements.append(f"create table marts.{model['name']} ({columns})")
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
    return path


def full(path: Path) -> Path:
    """Nine logs, trouble in the gates, a trained model, hostile words wherever people may write."""
    return build(path, "schema", *_ACTIVITY, "revenue", "events", "logs", "trouble", "churn", "actions")


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
