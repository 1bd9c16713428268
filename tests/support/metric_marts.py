"""Every mart without rows, and a few put in: what metrics are asked of, made in a blink."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.contract import LOGS
from pipelines.metrics.answer import ask
from pipelines.metrics.query import Question
from pipelines.reference import interface

if TYPE_CHECKING:
    import duckdb

LOGS_OF_ACTIVITY = ("interactions", "content")


class Marts:
    """Marts of a community that delivers each log from the first of 2026 on, through 10 February 2026."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        con.execute("create schema marts")
        for mart, promise in interface.read().items():
            columns = ", ".join(
                f"{name} {type_.removesuffix(' not null')}" for name, type_ in promise["columns"].items()
            )
            con.execute(f"create table marts.{mart} ({columns})")
        con.execute("create table marts.publication as select 3::bigint as version, date '2026-02-10' as through_day")
        for log in LOGS:
            self.insert("log_coverage", log=log, is_collected=True, first_log_day="2026-01-01")

    def insert(self, mart: str, **values: object) -> None:
        marks = ", ".join("?" * len(values))
        self.con.execute(f"insert into marts.{mart} ({', '.join(values)}) values ({marks})", list(values.values()))

    def ask(self, key: str, **question: object) -> list[tuple[object, ...]]:
        answer = ask(self.con, key, Question(**question), LOGS_OF_ACTIVITY)
        assert answer.is_collected
        return [tuple(row.values()) for row in answer.rows]
