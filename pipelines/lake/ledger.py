"""Append-only records under ``home.ledger``: one folder per ledger, one numbered Parquet file per append.

A file is called ``00000007.parquet``, or ``00000001-00000200.parquet`` once a range was merged. Readers
ignore a file whose numbers a merged one covers, so a kill between writing the merged file and deleting the
others loses and repeats nothing. What the ledgers hold is declared in ``pipelines.lake.schemas``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from filelock import FileLock

from pipelines.faults import brief
from pipelines.files import whole
from pipelines.home import Home
from pipelines.lake.schemas import SCHEMAS
from pipelines.lake.seal import DamagedError, check, cure_of, seal

MAX_FILES = 200
"""Files of a ledger beyond which an append merges them."""

_NAME = re.compile(r"(\d{8})(?:-(\d{8}))?\.parquet")


class _Part(NamedTuple):
    """A file of a ledger and the range of appends it holds."""

    first: int
    last: int
    path: Path


def append(home: Home, name: str, rows: list[dict[str, Any]] | pa.Table, schema: pa.Schema | None = None) -> None:
    """Add rows to a ledger as one new file; nothing is written for no rows.

    Args:
        home: Home folder of the community.
        name: Ledger; one of ``SCHEMAS`` unless ``schema`` is given.
        rows: Rows as dictionaries (a missing key is null) or as a table of the ledger's columns.
        schema: Columns of a ledger that ``SCHEMAS`` does not know.

    Raises:
        KeyError: The ledger is unknown, or a row has a column that the ledger lacks.
    """
    table = _as_table(name, rows, schema or SCHEMAS[name])
    if not table.num_rows:
        return
    with writing(home, name):
        parts = _parts(home, name)
        number = max((part.last for part in parts), default=0) + 1
        _write(home, name, table, f"{number:08d}.parquet")
        if len(parts) >= MAX_FILES:
            compact(home, name)


def read(home: Home, name: str, schema: pa.Schema | None = None) -> pa.Table:
    """Return all rows of a ledger in the order they were appended; a ledger never written has none."""
    schema = schema or SCHEMAS[name]
    try:
        tables = [_read_part(part.path, schema) for part in _parts(home, name)]
    except FileNotFoundError:  # merged by another process meanwhile
        with writing(home, name):
            tables = [_read_part(part.path, schema) for part in _parts(home, name)]
    return pa.concat_tables([schema.empty_table(), *tables])


def rows(home: Home, name: str, **values: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - of the columns' types
    """Return the rows of a ledger whose columns have these values, in the order they were appended.

    The others are left out before they become dictionaries: a ledger has a year of days for one that is looked for.
    """
    table = read(home, name)
    for column, value in values.items():
        table = table.filter(pc.equal(table[column], value))
    found: list[dict[str, Any]] = table.to_pylist()
    return found


def files(home: Home, name: str) -> list[Path]:
    """Return the files that hold the rows of a ledger, in their order."""
    return [part.path for part in _parts(home, name)]


@contextmanager
def writing(home: Home, name: str) -> Iterator[None]:
    """Be the only process that writes to a ledger: a run and several commands may add to one at the same time.

    It is held for moments and has nothing to do with the home's lock, which a run holds for its whole length.
    """
    home.ledger.mkdir(parents=True, exist_ok=True)
    with FileLock(home.ledger / f".{name}.lock", is_singleton=True, thread_local=False):
        yield


def compact(home: Home, name: str) -> None:
    """Merge the files of a ledger into one with the same rows in the same order."""
    with writing(home, name):
        parts = _parts(home, name)
        if len(parts) > 1:
            table = pa.concat_tables([_read_part(part.path) for part in parts], promote_options="default")
            _write(home, name, table, _covering(parts))
        _drop_covered(home, name)


def tidy(home: Home) -> None:
    """Make every ledger fit for readers that take all files of its folder as one table.

    Files that a killed append or merge left behind are dropped. A ledger begun before it had all its columns is
    rewritten with them; they are null in its old rows.

    Raises:
        DamagedError: A file is not what was written.
    """
    for name, schema in SCHEMAS.items():
        with writing(home, name):
            parts = _parts(home, name)
            for part in parts:
                check(part.path)
            # Columns are only ever added, so the oldest file tells.
            if parts and not set(schema.names) <= set(_columns(parts[0].path)):
                _write(home, name, read(home, name), _covering(parts))
            _drop_covered(home, name)


def _read_part(path: Path, schema: pa.Schema | None = None) -> pa.Table:
    """Read a file, which is only ever replaced as a whole, once for all who ask in this process."""
    now = path.stat()
    return _read_once(path, (now.st_ino, now.st_size, now.st_mtime_ns), schema)


@lru_cache(maxsize=MAX_FILES)
def _read_once(path: Path, _: tuple[int, int, int], schema: pa.Schema | None) -> pa.Table:
    with _named(path):
        check(path)
        return pq.read_table(path, schema=schema, partitioning=None)


def _columns(path: Path) -> list[str]:
    with _named(path):
        return list(pq.read_schema(path).names)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Name a file that cannot be read, and what to do about it."""
    try:
        yield
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        raise DamagedError(f"{path} is damaged ({brief(str(error))}): {cure_of(path)}") from error


def _covering(parts: list[_Part]) -> str:
    """Name of a file with all rows of these; that of the only one, which it replaces."""
    return parts[0].path.name if len(parts) == 1 else f"{parts[0].first:08d}-{parts[-1].last:08d}.parquet"


def _drop_covered(home: Home, name: str) -> None:
    kept = {part.path for part in _parts(home, name)}
    for path in [*(home.ledger / name).glob("*.parquet"), *(home.ledger / name).glob(".*.tmp")]:
        if path not in kept:
            path.unlink()


def _parts(home: Home, name: str) -> list[_Part]:
    """List the files that count, in order: those that no wider file covers."""
    folder = home.ledger / name
    if not folder.is_dir():
        return []
    found = []
    for path in folder.iterdir():
        if match := _NAME.fullmatch(path.name):
            found.append(_Part(int(match[1]), int(match[2] or match[1]), path))
    counted: list[_Part] = []
    for part in sorted(found, key=lambda part: (part.first, -part.last)):
        if not counted or part.first > counted[-1].last:
            counted.append(part)
    return counted


def _as_table(name: str, rows: list[dict[str, Any]] | pa.Table, schema: pa.Schema) -> pa.Table:
    names = set(rows.column_names) if isinstance(rows, pa.Table) else {key for row in rows for key in row}
    if unknown := names - set(schema.names):
        raise KeyError(f"ledger {name} lacks {', '.join(sorted(unknown))}; declare it in pipelines/lake/schemas.py")
    return (
        rows.select(schema.names).cast(schema)
        if isinstance(rows, pa.Table)
        else pa.Table.from_pylist(rows, schema=schema)
    )


def _write(home: Home, name: str, table: pa.Table, file_name: str) -> None:
    # Not in the staging folder: a run that begins sweeps it, whoever else is writing.
    with whole(home.ledger / name / file_name) as beside:
        pq.write_table(table, beside, compression="zstd")
        seal(beside)
