"""Imports a folder of other systems' exports: a file is recognised by its columns and read by a ready mapping."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
from duckdb import DuckDBPyConnection

from pipelines.connectors.landing import open_workspace, write_landing
from pipelines.connectors.mapped import Mapped
from pipelines.connectors.prepare import Prepared
from pipelines.connectors.recognise import recognise
from pipelines.connectors.report import ImportReport, NotMapped, OnStep, unheard
from pipelines.connectors.sql import utc_text
from pipelines.contract import Type
from pipelines.settings.limits import DEFAULT_LIMITS, LimitSettings
from pipelines.sql import identifier


@dataclass(frozen=True)
class Contents:
    """What a folder of exports holds, in the columns of the logs.

    Attributes:
        logs: Log -> its rows, all columns as text.
        not_mapped: What became nothing, and why.
    """

    logs: dict[str, pa.Table]
    not_mapped: list[NotMapped]


def import_folder(
    folder: Path,
    landing: Path,
    timezone: str,
    limits: LimitSettings = DEFAULT_LIMITS,
    on_wait: Callable[[str], None] | None = None,
    on_step: OnStep = unheard,
) -> list[ImportReport]:
    """Write the exports in ``folder`` as landing files, one import a system.

    Args:
        folder: Holds CSV files; each is recognised by its columns, whatever its name.
        landing: Landing folder to write below.
        timezone: IANA time zone of the community.
        limits: Memory, and what the tables may hold; the defaults where not given.
        on_wait: Called once with a sentence if a run is at work, for whose end the files wait.
        on_step: Hears how far it is.

    Returns:
        The account of each import. What is in the folder and not recognised is in the first.

    Raises:
        ConnectorError: There is no such folder, nothing in it is recognised, or a file cannot be read.
    """
    systems, strange = recognise(folder)
    reports: list[ImportReport] = []
    for number, system in enumerate(systems):
        on_step("read", number, len(systems))
        with open_workspace(landing, system.mapping.source, timezone, limits, on_wait) as workspace:
            mapped = Mapped(workspace, system.mapping, system.where, limits)
            report = write_landing(workspace, mapped.prepared, mapped.rows_read)
            not_taken = (*mapped.not_taken(), *system.missing, *(strange if not reports else ()))
            reports.append(replace(report, not_mapped=not_taken))
    return reports


def read_folder(folder: Path, timezone: str, limits: LimitSettings = DEFAULT_LIMITS) -> Contents:
    """Return what the exports in ``folder`` hold; nothing is written.

    Raises:
        ConnectorError: As ``import_folder`` does.
    """
    systems, strange = recognise(folder)
    parts: dict[str, list[pa.Table]] = {}
    found: list[NotMapped] = []
    for system in systems:
        with (
            tempfile.TemporaryDirectory() as beside,
            open_workspace(Path(beside) / "landing", system.mapping.source, timezone, limits) as workspace,
        ):
            mapped = Mapped(workspace, system.mapping, system.where, limits)
            for part in mapped.prepared:
                parts.setdefault(part.log.name, []).append(_texts(workspace.connection, part))
            found += [*mapped.not_taken(), *system.missing]
    logs = {log: pa.concat_tables(tables, promote_options="default") for log, tables in parts.items()}
    return Contents(logs, [*found, *strange])


def _texts(connection: DuckDBPyConnection, part: Prepared) -> pa.Table:
    """Return the rows of a part that can be written, as texts."""
    columns = []
    for name in part.columns:
        is_time = part.log.column(name).type is Type.TIME
        text = utc_text(identifier(name)) if is_time else f"cast({identifier(name)} as varchar)"
        columns.append(f"{text} as {identifier(name)}")
    select = f"select {', '.join(columns)} from {part.table} where problem is null order by position"
    return connection.sql(select).to_arrow_table()
