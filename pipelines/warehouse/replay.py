"""Running a build that dbt made before: the same statements, in the same order, without dbt.

They are sent by a thread of their own, so that what became of a node is told while DuckDB works on the next ones. Where
a statement or a test fails nothing is said of its node: dbt runs the build itself and says what is wrong.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import duckdb

from pipelines.warehouse.results import NodeResult, seen
from pipelines.warehouse.statements import Node, Script, Step, asks

_TURN_SECONDS = 0.0005
"""After how long the thread that tells lets the one that sends go on: most statements are over in a millisecond."""


class Unfit(Exception):  # noqa: N818 - no error of ours: dbt will say what is wrong
    """A statement or a test failed."""


def replay(script: Script, warehouse: Path) -> Iterator[NodeResult]:
    """Send a script's statements to a warehouse and tell what became of each node, in dbt's order.

    The database is closed when this ends, however it ends.

    Raises:
        Unfit: A statement or a test failed; of its node and of later ones nothing was told.
    """
    told: SimpleQueue[NodeResult | None] = SimpleQueue()
    sender = _Sender(script, warehouse, told.put)
    with _short_turns(), ThreadPoolExecutor(1) as pool:
        sending = pool.submit(sender.send)
        sending.add_done_callback(lambda _: told.put(None))
        try:
            while (result := told.get()) is not None:
                yield result
        finally:
            sender.stop(sending)
    try:
        sending.result()
    except duckdb.Error as error:
        raise Unfit from error


@contextmanager
def _short_turns() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(_TURN_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def _open(script: Script, warehouse: Path) -> duckdb.DuckDBPyConnection:
    """Open a warehouse as dbt opened it, with what was attached to it."""
    database = duckdb.connect(str(warehouse), config=script.config)
    for statement in script.attached:
        database.execute(statement)
    return database


class _Sender:
    """Sends the statements of a script, in a thread that others can stop."""

    def __init__(self, script: Script, warehouse: Path, tell: Callable[[NodeResult], None]) -> None:
        self._script = script
        self._warehouse = warehouse
        self._tell = tell
        self._cursor: duckdb.DuckDBPyConnection | None = None
        self._is_stopped = False

    def send(self) -> None:
        """Send all statements, step by step, and tell of each node once its last step is through."""
        last = {step.unique_id: number for number, step in enumerate(self._script.steps)}
        waiting = list(self._script.nodes)
        seconds: dict[str, float] = {}
        answers: dict[str, Any] = {}
        with closing(_open(self._script, self._warehouse)) as database:
            for name, value in self._script.settings.items():
                database.execute(f"set global {name} = '{value}'")
            for number, step in enumerate(self._script.steps):
                started = time.perf_counter()
                answers[step.unique_id] = self._send_step(database, step)
                seconds[step.unique_id] = seconds.get(step.unique_id, 0.0) + time.perf_counter() - started
                while waiting and last.get(waiting[0].unique_id, 0) <= number:
                    node = waiting.pop(0)
                    result = _result(node, seconds.get(node.unique_id, 0.0), answers.get(node.unique_id))
                    self._tell(seen(database, result))

    def stop(self, sending: Future[None]) -> None:
        """Break off what is being sent, if anything is, and wait until the database is closed."""
        self._is_stopped = True
        while not sending.done():
            if self._cursor is not None:
                with suppress(duckdb.Error):
                    self._cursor.interrupt()
            with suppress(Exception):
                sending.exception(timeout=0.05)

    def _send_step(self, database: duckdb.DuckDBPyConnection, step: Step) -> tuple[Any, ...] | None:
        """Send the statements of one step on a cursor of its own; return the last row that was asked for."""
        row = None
        with closing(database.cursor()) as self._cursor:
            for statement in step.statements:
                if self._is_stopped:
                    raise Unfit
                answer = self._cursor.execute(statement)
                if asks(statement):
                    row = answer.fetchone()
        return row


def _result(node: Node, seconds: float, answer: tuple[Any, ...] | None) -> NodeResult:
    """Judge a node as dbt does: a test answers with its failures, and whether they warn and whether they fail."""
    status, message, failures = node.status, node.message, 0
    if node.resource_type == "test":
        if answer is None:
            raise Unfit(node.unique_id)
        failures, should_warn, should_error = answer
        if should_error and node.severity == "ERROR":
            raise Unfit(node.unique_id)
        status, message = "pass", ""
        if should_warn:
            status = "warn"
            message = f"Got {failures} result{'' if failures == 1 else 's'}, configured to warn if {node.warn_if}"
        else:
            failures = 0
    return NodeResult(node.unique_id, node.resource_type, node.name, status, message, seconds, int(failures))
