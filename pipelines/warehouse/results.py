"""What became of the nodes of a build."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import duckdb

from pipelines.warehouse.looks import Look, look


class DbtError(RuntimeError):
    """A dbt invocation that did not succeed; the message names each node that failed and why."""


@dataclass(frozen=True)
class NodeResult:
    """What became of one node of dbt's graph: ``status`` as dbt says it, ``seconds`` of execution.

    ``look`` is what it holds now; None where it is no mart.
    """

    unique_id: str
    resource_type: str
    name: str
    status: str
    message: str
    seconds: float
    failures: int
    look: Look | None = None

    @property
    def succeeded(self) -> bool:
        """Whether nothing that blocks came up; a warning does not block."""
        return self.status in ("success", "pass", "warn", "no-op")


def seen(con: duckdb.DuckDBPyConnection, result: NodeResult) -> NodeResult:
    """Return a result with what its mart holds now, if it is one that was built."""
    is_built = result.resource_type == "model" and result.succeeded
    return replace(result, look=look(con, result.name)) if is_built else result


def raise_for_failures(results: Sequence[NodeResult]) -> None:
    """Raise ``DbtError`` with the reason of every node that failed; nodes skipped because of those are not named."""
    failed = [result for result in results if not result.succeeded and result.status != "skipped"]
    if failed:
        raise DbtError("; ".join(f"{node.name}: {node.status}: {node.message}" for node in failed))
