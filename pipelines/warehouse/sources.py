"""Files behind dbt's sources that exist before anything was delivered: each with its columns and no rows."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.contract import LOGS
from pipelines.files import move_in
from pipelines.home import Home
from pipelines.lake.manifest import WAITING
from pipelines.lake.schemas import PREDICTIONS, QUARANTINE, SCHEMAS
from pipelines.lake.seal import damage, seal
from pipelines.lake.sources import EMPTY_DAY, ensure_empty_parts, part_columns
from pipelines.lake.staging import staging_folder


def ensure_sources(home: Home) -> None:
    """Write what is missing, or damaged and without rows: parts of logs, ledgers, quarantine, predictions, control."""
    first_log = next(iter(LOGS))
    restated = home.pending("restatements")
    wanted: dict[Path, pa.Schema] = {
        home.quarantine_part(first_log, EMPTY_DAY): QUARANTINE,
        home.predictions / f"day={EMPTY_DAY.isoformat()}" / "part-none.parquet": PREDICTIONS,
        restated: SCHEMAS["restatements"],
        home.control / "held_out.parquet": WAITING,
    }
    wanted |= {home.ledger / name / "00000000.parquet": schema for name, schema in SCHEMAS.items()}
    for path, schema in wanted.items():
        is_ledger = path.parent.parent == home.ledger and any(path.parent.glob("*.parquet"))
        if not is_ledger and not (path.exists() and (path == restated or not damage(path))):
            with staging_folder(home) as folder:
                pq.write_table(schema.empty_table(), folder / path.name)
                seal(folder / path.name)
                move_in(folder / path.name, path)
    if not all(_has_columns(home.raw_part(log.name, EMPTY_DAY), part_columns(log)) for log in LOGS.values()):
        ensure_empty_parts(home)


def _has_columns(part: Path, columns: Iterable[str]) -> bool:
    """Whether a part is there, whole, with these columns: that of an earlier version lacks what a log gained since."""
    return part.exists() and not damage(part) and pq.read_schema(part).names == [*columns]
