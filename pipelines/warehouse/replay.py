"""Running a build that dbt made before: the same statements, in the same order, without dbt.

It only ever succeeds as a whole. Where a statement or a test fails nothing is said here: dbt runs the build itself, as
if nothing had been tried, and says what is wrong.
"""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb

from pipelines.warehouse.results import NodeResult
from pipelines.warehouse.statements import Node, Script, Step

_OF_TRANSACTIONS = {"BEGIN", "COMMIT"}


class Unfit(Exception):  # noqa: N818 - no error of ours: dbt will say what is wrong
    """A statement or a test failed."""


def replay(script: Script, warehouse: Path) -> list[NodeResult] | None:
    """Send a script's statements to a warehouse and return what became of its nodes; None where one failed."""
    seconds: dict[str, float] = {}
    found: dict[str, Any] = {}
    tests = {node.unique_id for node in script.nodes if node.resource_type == "test"}
    try:
        with closing(duckdb.connect(str(warehouse), config=script.config)) as database:
            for step in script.steps:
                started = time.perf_counter()
                row = _send(database, script, step)
                seconds[step.unique_id] = seconds.get(step.unique_id, 0.0) + time.perf_counter() - started
                if step.unique_id in tests:
                    found[step.unique_id] = row
            return [_result(node, seconds.get(node.unique_id, 0.0), found) for node in script.nodes]
    except (duckdb.Error, Unfit):
        return None


def _send(database: duckdb.DuckDBPyConnection, script: Script, step: Step) -> tuple[Any, ...] | None:
    """Send the statements of one step on a cursor of its own; return the last row that came back."""
    row = None
    with closing(database.cursor()) as cursor:
        for name, value in script.settings.items():
            cursor.execute(f"set {name} = '{value}'")
        for statement in step.statements:
            answer = cursor.execute(statement)
            if statement.rpartition("*/")[2].strip().upper() not in _OF_TRANSACTIONS:
                row = answer.fetchone()
    return row


def _result(node: Node, seconds: float, found: dict[str, Any]) -> NodeResult:
    """Judge a node as dbt does: ``found`` has the failures of a test, and whether they warn and whether they fail."""
    status, message, failures = node.status, node.message, 0
    if node.resource_type == "test":
        failures, should_warn, should_error = found[node.unique_id]
        if should_error and node.severity == "ERROR":
            raise Unfit(node.unique_id)
        status, message = "pass", ""
        if should_warn:
            status = "warn"
            message = f"Got {failures} result{'' if failures == 1 else 's'}, configured to warn if {node.warn_if}"
        else:
            failures = 0
    return NodeResult(node.unique_id, node.resource_type, node.name, status, message, seconds, int(failures))
