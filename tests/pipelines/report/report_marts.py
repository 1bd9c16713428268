"""Small published databases for the report's tests: full, of a community with two logs, empty, and bare."""

from datetime import date
from pathlib import Path

import duckdb

from pipelines.contract import LOGS
from pipelines.report import SiteContext

DAY = date(2026, 11, 19)
CONTEXT = SiteContext(community="Gophers & Co", timezone="Asia/Shanghai", through_day=DAY, version=7)
HOSTILE = "</script><img src=x onerror=alert(1)>\"'&{{ 7*7 }}"
FIXTURE = Path(__file__).with_name("fixture")


def build(path: Path, *parts: str, collected: tuple[str, ...] = tuple(LOGS)) -> Path:
    """Write a database with the schema ``marts``, filled by these files of ``fixture/``."""
    values = {"hostile": HOSTILE, "logs": list(LOGS), "collected": list(collected)}
    with duckdb.connect(path) as connection:
        connection.execute("create schema marts")
        for part in parts:
            for statement in (FIXTURE / f"{part}.sql").read_text().split(";\n"):
                used = {name: value for name, value in values.items() if f"${name}" in statement}
                connection.execute(statement, used)
    return path


def full(path: Path) -> Path:
    """Nine logs, trouble in the gates, a trained model, hostile words wherever people may write."""
    return build(path, "schema", "activity", "content", "logs", "trouble", "churn")


def two_logs(path: Path) -> Path:
    """The smallest community: interactions and content, ranked by the rule."""
    parts = ("schema", "activity", "content", "logs", "rule_only")
    return build(path, *parts, collected=("interactions", "content"))


def empty(path: Path) -> Path:
    """All tables, no rows: the first publication of an empty warehouse."""
    return build(path, "schema")


def bare(path: Path) -> Path:
    """No table at all."""
    return build(path)


COMMUNITIES = {"full": full, "two_logs": two_logs, "empty": empty, "bare": bare}
