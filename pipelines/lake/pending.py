"""Records of a publication that wait until it is up: a run that dies as it publishes loses none of them.

They are kept before the publication is put up, and go into their ledger once it is. Each row has its ``run_id`` and
``version``. Whoever calls this holds the home's lock.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.files import move_in
from pipelines.home import Home
from pipelines.lake import ledger, versions
from pipelines.lake.schemas import SCHEMAS
from pipelines.lake.seal import check, seal
from pipelines.lake.staging import staging_folder

_CURE = "move it away: what it records of the last publication is then lost, and nothing else"


def keep(home: Home, name: str, rows: list[dict[str, Any]]) -> None:
    """Keep rows for a ledger, in place of those that were kept before."""
    with staging_folder(home) as folder:
        staged = folder / home.pending(name).name
        pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMAS[name]), staged)
        seal(staged)
        move_in(staged, home.pending(name))


def due(home: Home, name: str) -> pa.Table:
    """Return the rows that wait, whose publication is up and which their ledger has not.

    Raises:
        DamagedError: The file of those that wait is not what was written.
    """
    nothing = SCHEMAS[name].empty_table()
    if not home.pending(name).exists():
        return nothing
    check(home.pending(name), _CURE)
    waiting = pq.read_table(home.pending(name), schema=SCHEMAS[name])
    if not waiting.num_rows or waiting["version"][0].as_py() not in versions.numbers(home):
        return nothing
    of = {column: waiting[column][0].as_py() for column in ("run_id", "version")}
    return nothing if ledger.rows(home, name, **of) else waiting


def commit(home: Home, name: str) -> None:
    """Append the rows that are due to their ledger; a second call adds nothing."""
    ledger.append(home, name, due(home, name))
