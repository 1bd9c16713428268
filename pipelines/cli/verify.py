"""``guildbook verify``: whether a full rebuild gives the same rows, or every file is what was written. Only reads."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pipelines import lock
from pipelines.home import Home
from pipelines.publishing.damages import check_files
from pipelines.settings import Settings
from pipelines.warehouse.dbt import ensure_manifest
from pipelines.warehouse.verify import Comparison, mart_names, record_names, verify


def run_verify(
    settings: Settings, mart: str | None, *, tell: Callable[[str], None], say: Callable[[str], None]
) -> bool:
    """Compare all marts or one; ``tell`` hears the result line by line, ``say`` of a run that is waited for.

    Returns:
        Whether everything is equal.

    Raises:
        ValueError: There is no such mart, or it is a record of what was run.
        NotComparableError: No completed run has built what is in the lake.
    """
    if mart in record_names():
        raise ValueError(f"{mart} is a record of what was run; no rebuild gives it again")
    if mart is not None and mart not in mart_names():
        raise ValueError(f"there is no mart {mart}; one of: {', '.join(mart_names())}")
    home = Home(settings.home)
    ensure_manifest()
    with (
        tempfile.TemporaryDirectory(prefix="guildbook-verify-") as scratch,
        lock.hold(home, on_wait=say, what="guildbook verify"),
    ):
        compared = verify(home, settings, Path(scratch), marts=[mart] if mart else [])
    for one in compared:
        for line in _lines(one):
            tell(line)
    n_different = sum(not one.is_equal for one in compared)
    tell(f"{len(compared) - n_different} of {len(compared)} marts equal a full rebuild")
    if mart is None:
        tell(f"left out, being records of what was run: {', '.join(record_names())}")
    return n_different == 0


def verify_files(settings: Settings, tell: Callable[[str], None], say: Callable[[str], None]) -> bool:
    """Check every file of the home that has a checksum; arguments are those of ``run_verify``.

    Returns:
        Whether all are what was written.
    """
    home = Home(settings.home)
    with lock.hold(home, on_wait=say, what="guildbook verify --files"):
        checked = check_files(home)
    for one in checked.damaged:
        tell(f"damaged    {one}")
    tell(f"{checked.n_files - len(checked.damaged):,} of {checked.n_files:,} files are what was written")
    if checked.n_unsealed:
        tell(f"{checked.n_unsealed:,} of them are older than checksums and may be damaged all the same")
    return not checked.damaged


def _lines(one: Comparison) -> Iterator[str]:
    if one.is_equal:
        yield f"equal      {one.mart:<28}{one.n_rows:>12,} rows"
        return
    yield f"different  {one.mart:<28}{one.n_rows:>12,} rows, {one.n_rebuilt:,} when rebuilt"
    yield from _rows("only in the warehouse", one.n_only_here, one.only_here)
    yield from _rows("only when rebuilt", one.n_only_rebuilt, one.only_rebuilt)


def _rows(where: str, count: int, rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        yield f"  {where}: {', '.join(f'{name}={value}' for name, value in row.items())}"
    if count > len(rows):
        yield f"  {where}: {count - len(rows):,} more"
