"""Imports tables in CSV or Parquet by a YAML mapping, or shows what would be imported; ``mapped`` carries it out."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from duckdb import DuckDBPyConnection

from pipelines.connectors.day_files import sample_lines
from pipelines.connectors.landing import Workspace, open_workspace, write_landing
from pipelines.connectors.mapped import Mapped
from pipelines.connectors.mapping import Mapping, read_mapping
from pipelines.connectors.mapping_table import Table
from pipelines.connectors.places import locate
from pipelines.connectors.prepare import Prepared, not_mapped
from pipelines.connectors.report import ImportReport, NotMapped, OnStep, unheard
from pipelines.settings.limits import DEFAULT_LIMITS, LimitSettings

PREVIEWED = 10
"""Rows of each output that a preview shows."""


@dataclass(frozen=True)
class Preview:
    """The first rows of one output as they would land, and what would not.

    Attributes:
        output: Its log, with its number where several outputs make the same log of the same table.
        file: Name of its table.
        lines: A header and rows, as a landing file would hold them.
        not_mapped: What would be left out, and why.
    """

    output: str
    file: str
    lines: list[str]
    not_mapped: list[NotMapped]


def import_table(
    mapping: Path,
    landing: Path,
    timezone: str,
    data: Path | None = None,
    limits: LimitSettings = DEFAULT_LIMITS,
    on_wait: Callable[[str], None] | None = None,
    on_step: OnStep = unheard,
) -> ImportReport:
    """Write the tables named by a mapping as landing files.

    Args:
        mapping: The YAML mapping.
        landing: Landing folder to write below.
        timezone: IANA time zone of the community, which decides the log day of each row; times that carry no
            offset and for which the mapping names no zone are in it too.
        data: Folder in which the mapping's tables lie, or the table itself where the mapping names only one;
            by default the mapping's own folder.
        limits: Memory, and what mapping and tables may hold; the defaults where not given.
        on_wait: Called once with a sentence if a run is at work, for whose end the files wait.
        on_step: Hears how far it is.

    Returns:
        What was read, written and left out.

    Raises:
        ConnectorError: Mapping or table cannot be read, or a value is not mapped where the mapping calls that
            an error; landing is untouched.
    """
    checked = read_mapping(mapping, limits)
    with open_workspace(landing, checked.source, timezone, limits, on_wait, on_step) as workspace:
        return _imported(workspace, checked, lambda table: locate(checked, table, mapping, data), limits)


def import_mapping(
    mapping: Mapping,
    landing: Path,
    timezone: str,
    where: Callable[[Table], Path | list[Path]],
    limits: LimitSettings = DEFAULT_LIMITS,
    on_wait: Callable[[str], None] | None = None,
    complete: tuple[date, date] | None = None,
    before_writing: Callable[[DuckDBPyConnection, Prepared], None] = lambda *_: None,
) -> ImportReport:
    """Write the tables of a mapping that was read already as landing files; ``where`` tells where a table lies.

    One that is only looked up in may be several files, or none.
    ``complete`` are the first and the last log day of which the tables tell everything, as ``write_landing`` has it.
    ``before_writing`` may change the rows of each output.

    Raises:
        ConnectorError: As ``import_table`` does.
    """
    with open_workspace(landing, mapping.source, timezone, limits, on_wait) as workspace:
        return _imported(workspace, mapping, where, limits, complete, before_writing)


def _imported(
    workspace: Workspace,
    mapping: Mapping,
    where: Callable[[Table], Path | list[Path]],
    limits: LimitSettings,
    complete: tuple[date, date] | None = None,
    before_writing: Callable[[DuckDBPyConnection, Prepared], None] = lambda *_: None,
) -> ImportReport:
    mapped = Mapped(workspace, mapping, where, limits)
    for part in mapped.prepared:
        before_writing(workspace.connection, part)
    report = write_landing(workspace, mapped.prepared, mapped.rows_read, mapped.untaken, complete)
    return replace(report, settings=mapping.settings.model_dump(exclude_none=True))


def preview_table(
    mapping: Path, timezone: str, data: Path | None = None, limits: LimitSettings = DEFAULT_LIMITS
) -> list[Preview]:
    """Return the first rows of each output of a mapping as they would land, in the tables' order; nothing is written.

    Raises:
        ConnectorError: As ``import_table`` does.
    """
    checked = read_mapping(mapping, limits)
    with (
        tempfile.TemporaryDirectory() as folder,
        open_workspace(Path(folder) / "landing", checked.source, timezone, limits) as workspace,
    ):
        mapped = Mapped(workspace, checked, lambda table: locate(checked, table, mapping, data), limits)
        return [
            Preview(
                part.output,
                part.file,
                sample_lines(workspace.connection, part, workspace.source, PREVIEWED),
                not_mapped(workspace.connection, part),
            )
            for part in mapped.prepared
        ]
