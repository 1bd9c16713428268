"""Exports: CSV files that somebody puts into a folder now and then, each recognised by its columns."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from pipelines.connectors import read_folder
from pipelines.connectors.folder import Contents
from pipelines.sources.definition import Source, SourceError
from pipelines.sources.kind import Kind, Pull, Tables, nothing_to_fetch


class ExportsSource(Source):
    """A folder of exports of Ghost, Stripe, WeChat Pay, Alipay, and of plain tables of one's own."""

    folder: Path = Field(description="Folder of the exports, relative to this file where it is relative.")


def _contents(pull: Pull) -> Contents:
    source = pull.named.source
    assert isinstance(source, ExportsSource)
    return read_folder(pull.named.path.parent / source.folder.expanduser(), pull.settings.timezone, pull.settings)


def _check(pull: Pull) -> str:
    return "; ".join(f"{log}: {rows.num_rows:,} rows" for log, rows in _contents(pull).logs.items())


def _tables(pull: Pull) -> Tables:
    contents = _contents(pull)
    remarks = []
    for one in contents.not_mapped:
        rows = f"{one.count:,} rows, " if one.count else ""
        file = f"{one.file} → {one.output}" if one.output else one.file
        remarks.append(f"{pull.named.name}: {file}: {rows}{one.reason}")
    if not contents.logs:
        raise SourceError(f"{pull.named.name}: nothing in the folder can be taken: {'; '.join(remarks)}")
    return Tables(contents.logs, tuple(remarks))


EXPORTS = Kind(ExportsSource, nothing_to_fetch, _check, _tables, None)
