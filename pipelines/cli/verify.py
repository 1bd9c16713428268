"""``guildbook verify``: whether a full rebuild gives the same rows, or every file is what was written. Only reads."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pipelines import lock
from pipelines.cli.console import labelled
from pipelines.home import Home
from pipelines.publishing.damages import check_files
from pipelines.report.parts.text import Text
from pipelines.settings import Settings
from pipelines.warehouse.dbt import ensure_manifest
from pipelines.warehouse.verify import Comparison, mart_names, record_names, verify


def run_verify(
    settings: Settings, mart: str | None, *, tell: Callable[[Text], None], say: Callable[[str], None]
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
    n_equal, n_marts = len(compared) - n_different, len(compared)
    tell(Text(f"{n_equal} of {n_marts} marts equal a full rebuild", f"{n_marts} 张表中有 {n_equal} 张与完全重建相同"))
    if mart is None:
        names = ", ".join(record_names())
        tell(Text(f"left out, being records of what was run: {names}", f"未比较（它们是运行的记录）：{names}"))
    return n_different == 0


def verify_files(settings: Settings, tell: Callable[[Text], None], say: Callable[[str], None]) -> bool:
    """Check every file of the home that has a checksum; arguments are those of ``run_verify``.

    Returns:
        Whether all are what was written.
    """
    home = Home(settings.home)
    with lock.hold(home, on_wait=say, what="guildbook verify --files"):
        checked = check_files(home)
    for one in checked.damaged:
        tell(labelled(Text("damaged", "已损坏"), str(one), 11))
    n_whole, n_files, n_old = checked.n_files - len(checked.damaged), checked.n_files, checked.n_unsealed
    tell(
        Text(
            f"{n_whole:,} of {n_files:,} files are what was written",
            f"{n_files:,} 个文件中有 {n_whole:,} 个与写入时一致",
        )
    )
    if n_old:
        tell(
            Text(
                f"{n_old:,} of them are older than checksums and may be damaged all the same",
                f"其中 {n_old:,} 个早于校验和，仍可能已损坏",
            )
        )
    return not checked.damaged


def _lines(one: Comparison) -> Iterator[Text]:
    counted = f"{one.mart:<28}{one.n_rows:>12,}"
    if one.is_equal:
        yield labelled(Text("equal", "相同"), Text(f"{counted} rows", f"{counted} 行"), 11)
        return
    rebuilt = f"{one.n_rebuilt:,}"
    differs = Text(f"{counted} rows, {rebuilt} when rebuilt", f"{counted} 行，重建后 {rebuilt} 行")
    yield labelled(Text("different", "不同"), differs, 11)
    yield from _rows(Text("  only in the warehouse", "  仅在仓库中"), one.n_only_here, one.only_here)
    yield from _rows(Text("  only when rebuilt", "  仅在重建后"), one.n_only_rebuilt, one.only_rebuilt)


def _rows(where: Text, count: int, rows: list[dict[str, Any]]) -> Iterator[Text]:
    for row in rows:
        values = ", ".join(f"{name}={value}" for name, value in row.items())
        yield where + Text(f": {values}", f"：{values}")
    if count > len(rows):
        more = f"{count - len(rows):,}"
        yield where + Text(f": {more} more", f"：另有 {more} 行")
