"""Recognises the exports in a folder: each file by its columns, and what a ready mapping can make of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from pipelines.connectors.mapping import Mapping, Output, Untaken, read_mapping
from pipelines.connectors.mapping_table import Table
from pipelines.connectors.report import ConnectorError, NotMapped
from pipelines.connectors.table_text import peeked_names

READY = Path(__file__).parent / "ready"
"""The mappings that come with Guildbook, one a system."""

_TABLES = (".csv", ".csv.gz", ".csv.zst")
_WORKBOOKS = (".xlsx", ".xls", ".ods", ".numbers")
_ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".tgz")


@dataclass(frozen=True)
class System:
    """The files of one system in a folder.

    Attributes:
        mapping: What becomes of them.
        where: Which files a table of the mapping is.
        missing: What cannot be made of a file, and which column it lacks.
    """

    mapping: Mapping
    where: Callable[[Table], list[Path]]
    missing: list[NotMapped]


@dataclass(frozen=True)
class _Fit:
    """What a ready mapping can make of a file: the outputs whose columns are there, and what the others lack."""

    path: Path
    table: Table
    mapping: Mapping
    outputs: list[Output]
    untaken: list[Untaken]
    missing: list[NotMapped]
    n_columns: int


def recognise(folder: Path) -> tuple[list[System], list[NotMapped]]:
    """Return the systems whose exports lie in ``folder``, and the files that are of none, each with what it is.

    Raises:
        ConnectorError: There is no such folder, or nothing in it is recognised.
    """
    if not folder.is_dir():
        raise ConnectorError(f"{folder} is no folder; give the one that the exports lie in")
    found: dict[str, list[_Fit]] = {}
    strange: list[NotMapped] = []
    for path in sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith((".", "_"))):
        if (fit := _best(path)) is not None:
            found.setdefault(fit.mapping.source, []).append(fit)
        else:
            strange.append(NotMapped(path.name, _stranger(path), 0, ""))
    if not found:
        said = "; ".join(f"{one.file}: {one.reason}" for one in strange) or "it is empty"
        raise ConnectorError(f"{folder} holds no export that is known: {said}")
    systems = [
        System(_joined(fits), partial(_files, fits), [one for fit in fits for one in fit.missing])
        for fits in found.values()
    ]
    return systems, strange


@cache
def _ready() -> tuple[Mapping, ...]:
    return tuple(read_mapping(path) for path in sorted(READY.glob("*.yaml")))


def _joined(fits: list[_Fit]) -> Mapping:
    """Return one mapping for the files of a system."""
    outputs = [output for fit in fits for output in fit.outputs]
    untaken = [one for fit in fits for one in fit.untaken]
    return fits[0].mapping.model_copy(update={"outputs": outputs, "untaken": untaken})


def _files(fits: list[_Fit], table: Table) -> list[Path]:
    """Return the files of a table: its own, or those that were recognised as what a mapping looks up in."""
    return [fit.path for fit in fits if table in (fit.table, fit.table.model_copy(update={"file": fit.path}))]


def _best(path: Path) -> _Fit | None:
    """Return what fits a file best, by the number of its columns that are read; None where nothing does."""
    if not path.name.lower().endswith(_TABLES):
        return None
    fits = [fit for mapping in _ready() for table in mapping.tables() if (fit := _fit(path, mapping, table))]
    return max(fits, key=lambda fit: fit.n_columns, default=None)


def _fit(path: Path, mapping: Mapping, table: Table) -> _Fit | None:
    columns = dict.fromkeys(peeked_names(path, table), "")
    here = table.model_copy(update={"file": path})

    def lacks(names: list[str]) -> list[str]:
        return [name for name in names if name not in table.optional and table.actual(name, columns) is None]

    outputs = [output for output in mapping.outputs if output.table == table]
    untaken = [one for one in mapping.untaken if one.table == table]
    fitting = [output for output in outputs if not lacks(output.source_columns())]
    whole = [one for one in untaken if not lacks(one.columns)]
    if lacks(table.known_by) or not (fitting or whole):
        return None
    read = {name for output in fitting for name in output.source_columns()} | {*table.known_by}
    return _Fit(
        path,
        table,
        mapping,
        [output.model_copy(update={"table": here}) for output in fitting],
        [one.model_copy(update={"table": here}) for one in untaken],
        [
            NotMapped(path.name, f"it has no column {', '.join(lacks(output.source_columns()))}", 0, "", output.log)
            for output in outputs
            if output not in fitting
        ],
        len(read | {name for one in whole for name in one.columns}),
    )


def _stranger(path: Path) -> str:
    """Return why a file is not recognised, and what to do."""
    name = path.name.lower()
    if name.endswith(_WORKBOOKS):
        return "a workbook is not read; save its sheet as CSV in UTF-8"
    if name.endswith(_ARCHIVES):
        return "an archive is not opened; unpack it into the folder"
    if not name.endswith(_TABLES):
        return "it is no CSV file"
    names = peeked_names(path, Table(file=path, encoding=["utf-8", "gb18030"]))
    if not any(names):
        return "it is empty"
    if len(names) == 1 and (other := next((one for one in ";\t" if one in names[0]), None)):
        return f"its columns are separated by {other!r}; save it with commas"
    strange = f"no known export has the columns {', '.join(names)[:200]}"
    return "; ".join(filter(None, [strange, _nearest(path), "a mapping of your own can read it"]))


def _nearest(path: Path) -> str:
    """Return what the known table would need that most columns of are in a file; empty where it is fewer than half."""
    best, said = 0.5, ""
    for mapping in _ready():
        for output in mapping.outputs:
            columns = dict.fromkeys(peeked_names(path, output.table), "")
            wanted = [one for one in output.source_columns() if one not in output.table.optional]
            lacking = [one for one in wanted if output.table.actual(one, columns) is None]
            if (share := 1 - len(lacking) / len(wanted)) > best:
                best, said = share, f"{mapping.source}'s {output.table.file.stem} would need {', '.join(lacking)} too"
    return said
