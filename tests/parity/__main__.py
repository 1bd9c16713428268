"""``python -m tests.parity [sail] [spark]``: builds the same community on DuckDB and on servers, and compares.

``make parity`` calls it for both. It ends with a table, and with an error where a row differs.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from pipelines.warehouse.results import DbtError
from tests.parity.plays import made_up, of_home, play
from tests.parity.servers import Sail, Spark

if TYPE_CHECKING:
    from tests.parity.plays import Community
    from tests.parity.servers import Server

SERVERS = {"sail": Sail, "spark": Spark}
TABLES = {"sail": "delta", "spark": "parquet"}
"""Format of the tables: the package of Spark has no Delta in it."""


def main() -> int:
    """Play what was asked for; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("server", nargs="*", choices=[*SERVERS, []], default=[*SERVERS])
    parser.add_argument("--members", type=int, default=100)
    parser.add_argument("--days", type=int, default=72)
    parser.add_argument("--home", type=Path, help="take what lies in the landing folder of this home instead")
    parser.add_argument("--steps", type=int, help="only the first ones, without the full rebuild beside them")
    asked = parser.parse_args()
    community = of_home(asked.home) if asked.home else made_up(asked.members, asked.days)
    _tell("| server | step | stale days | tables | rows | differences | seconds | MB of the server |")
    _tell("|---|---|---|---|---|---|---|---|")
    return max(_play(name, community, asked.steps) for name in asked.server)


def _play(name: str, community: Community, n_steps: int | None) -> int:
    wrong = 0
    with TemporaryDirectory(prefix="guildbook-parity-") as folder, SERVERS[name](Path(folder) / "server") as server:
        since = time.monotonic()
        steps = play(
            Path(folder),
            community,
            before=lambda step: _disturb(server, step),
            again=(DbtError,),
            spark_remote=server.address,
            spark_tables=TABLES[name],
        )
        for step in islice(steps, n_steps):
            seconds, since = time.monotonic() - since, time.monotonic()
            found = step.compared
            wrong += len(found.differences)
            _tell(
                f"| {name} | {step.name} | {step.n_stale_days} | {found.n_tables} | {found.n_rows:,} "
                f"| {len(found.differences)} | {seconds:.0f} | {server.megabytes():,} |"
            )
            for difference in found.differences:
                _tell(f"  {difference}")
    return min(wrong, 1)


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _disturb(server: Server, step: str) -> None:
    """Kill a worker of the cluster in the first build; Sail itself in the second, and start it anew a little later."""
    if step == "everything" and "worker-1" in server.processes:
        threading.Timer(20, lambda: server.kill("worker-1")).start()
    elif step == "a new day" and "sail" in server.processes:

        def restart() -> None:
            server.kill("sail")
            time.sleep(1)
            server.start()

        threading.Timer(15, restart).start()


if __name__ == "__main__":
    sys.exit(main())
