"""A community's home in a temporary folder, and a run on it by the plain functions that the job's assets call.

No Dagster here: its own start costs more than the data of these tests. ``tests/end_to_end`` drives the job itself.
"""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import duckdb

from pipelines import lock, run_start
from pipelines.contract import LOGS
from pipelines.erasure.returned import replace_returned
from pipelines.gates import deliveries
from pipelines.home import Home
from pipelines.ingest import ingest_days
from pipelines.lake.duck import open_warehouse
from pipelines.settings import Settings
from pipelines.warehouse import control, dbt, plan
from pipelines.warehouse.results import raise_for_failures

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from pipelines.gates.verdicts import GateOutcome

Row = dict[str, Any]
Deliveries = dict[tuple[str, "date"], list[Row]]

WITHOUT_CHURN = ["-churn", "-tag:after_scoring", "-resource_type:test"]
"""Staging, intermediate, marts and what gate 2 looks at. dbt's own tests run with the job, in ``tests/end_to_end``."""

COMPLETED = ("day_states", "as_of_states", "int_members__excluded_spans", "persons")
"""What a completed run says of its days rests on these models."""

RECORDS = re.compile(
    "churn_.*|retention_actions|suggestion_evaluations|gate_results|deliveries|delivery_findings|quarantine_summary"
    "|restatements|publication"
)
"""Marts about what was run: append-only, so no two homes have the same."""


class House:
    """One home; ``run`` takes log days from landing files to marts."""

    def __init__(self, root: Path, **settings: Any) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self.home = Home(root)
        self.settings = Settings(home=root, **{"threads": 1, "min_free_disk_gb": 0} | settings)
        self.n_runs = 0

    def deliver(self, log: str, log_day: date, rows: Iterable[Row], name: str = "rows.jsonl") -> Path:
        """Drop a file into the landing folder, as another system would."""
        path = self.home.landing_day(log, log_day) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return path

    def deliver_all(self, delivered: Mapping[tuple[str, date], list[Row]]) -> None:
        for (log, log_day), rows in delivered.items():
            self.deliver(log, log_day, rows)

    def withdraw(self, log: str, log_day: date) -> None:
        shutil.rmtree(self.home.landing_day(log, log_day))

    def accept(
        self, days: Sequence[date], run_id: str = "run", *, logs: Iterable[str] = tuple(LOGS)
    ) -> dict[str, GateOutcome]:
        """Ingest and judge log days; return gate 1's outcome of each log."""
        outcomes = {}
        for log in map(LOGS.__getitem__, logs):
            ingest_days(self.home, self.settings, log, days, run_id=run_id, before_reading=replace_returned)
            outcomes[log.name] = deliveries.judge(self.home, self.settings, log.name, days, run_id)
        return outcomes

    def copy_to(self, root: Path) -> House:
        """Return a copy that a test may break; times of files are kept, so nothing looks changed."""
        shutil.copytree(self.home.root, root, symlinks=True)
        return House(root)

    def run(
        self,
        days: Sequence[date],
        *,
        full: bool = False,
        completes: bool = True,
        only: Sequence[str] = (),
        cut_offs: Sequence[date] = (),
    ) -> plan.BuildPlan:
        """Do what the job does up to the marts, and complete the run, unless a gate is to stop it there.

        With ``only``, for a home of which nothing else is asked, these models are built and what they rest on. With
        ``cut_offs`` the features of the churn model are too, of these days and the last one.
        """
        chosen = [f"+{model}" for model in (*only, *COMPLETED)] if only else []
        left_out = [one for one in WITHOUT_CHURN if not (cut_offs and one == "-churn")]
        self.n_runs += 1
        with lock.hold(self.home):
            run_start.prepare(self.home, self.settings)
            self.accept(days, f"run-{self.n_runs}")
            made = plan.make_plan(self.home, self.settings, full=full, schedule=lambda *_: tuple(cut_offs))
            control.write_plan(self.home, made)
            results = dbt.build(self.settings, [*chosen, *left_out], full_refresh=made.is_full, completes_run=completes)
            raise_for_failures(results)
        return made

    def change(self, sql: str) -> None:
        """Break the warehouse, as nothing but a test may."""
        with open_warehouse(self.home, read_only=False) as con:
            con.execute(sql)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the warehouse."""
        with open_warehouse(self.home) as con:
            return con.execute(sql).fetchall()

    def stale_days(self) -> dict[date, str]:
        """Days that the last run found stale, with the parts that changed."""
        return dict(self.query("select day, parts from rebuild.stale_days order by day"))


def differences(one: House, other: House) -> dict[str, int]:
    """Rows that only one of two warehouses has, per mart that differs; a mart only one of them has is an error."""
    unequal = {}
    with duckdb.connect() as con:
        con.execute(f"attach '{one.home.marts}' as one (read_only)")
        con.execute(f"attach '{other.home.marts}' as other (read_only)")
        tables = {
            name: [
                row[0]
                for row in con.execute(
                    "select table_name from duckdb_tables() "
                    "where schema_name = 'marts' and database_name = ? order by 1",
                    [name],
                ).fetchall()
                if not RECORDS.fullmatch(row[0])
            ]
            for name in ("one", "other")
        }
        assert tables["one"] == tables["other"]
        assert len(tables["one"]) >= 7
        for table in tables["one"]:
            for first, second in (("one", "other"), ("other", "one")):
                n_rows = con.execute(
                    f"select count(*) from (select * from {first}.marts.{table} except all from {second}.marts.{table})"
                ).fetchall()[0][0]
                if n_rows:
                    unequal[f"{table} only in {first}"] = n_rows
    return unequal
