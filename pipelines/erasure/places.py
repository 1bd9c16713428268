"""Where a member can be: every file under a folder, by the stage that rewrites it and by how it is read."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from pipelines.contract import LOGS, Log
from pipelines.erasure import delivered, sqlite
from pipelines.home import MESSAGES

Kind = Literal["delivered", "parquet", "duckdb", "sqlite", "archive", "answers", "message", "text"]

STAGES = ("landing", "fetched", "lake", "ledgers", "exports", "warehouse", "versions", "rest", "dagster")
"""Stages of an erasure over the files of a home, in order: what is shown or handed out last is made from the first."""

BESIDE = ".erasing"
"""Ending of a file that is being written; a killed erasure leaves at most one, without the person in it."""

_ARCHIVES = (".zip", ".tar", ".tgz", ".tbz2", ".txz", ".7z", ".rar", ".xlsx", ".ods", ".skops", ".bz2", ".xz")
_PACKED_TAR = (".tar.gz", ".tar.zst")
_ANSWERS = re.compile(r"/fetched/[^/]+/[^/]+/\d+\.jsonl\.gz$")
"""What sources keep, which their kinds go through."""

_OWN = {".lock", ".arm_key", ".pseudonym_key", ".erasure_key", ".erasure"}


@dataclass(frozen=True)
class Place:
    """One file: its stage, how it is read, and the log whose rows it holds where it holds one's."""

    path: Path
    stage: str
    kind: Kind
    log: Log | None


def places(root: Path, stage: str = "") -> Iterator[Place]:
    """Every file below a folder, or those of one stage, without the home's own keys, its lock and its journal.

    Links are not followed: what they point to is below the folder too, or no part of it.
    """
    for folder, folders, names in os.walk(root):
        if Path(folder) == root:
            folders[:] = [name for name in folders if name not in _OWN]
        folders.sort()
        for name in sorted(set(names) - _OWN):
            path = Path(folder, name)
            inside = path.relative_to(root)
            if (stage and _stage(inside) != stage) or path.is_symlink() or not path.is_file():
                continue
            kind = "answers" if _ANSWERS.search(path.as_posix()) else _kind(path, inside)
            yield Place(path, _stage(inside), kind, _log(inside))


def _stage(inside: Path) -> str:
    first, *more = inside.parts
    if first == "lake":
        return "ledgers" if more[:1] == ["ledger"] else "lake"
    if first.startswith(("warehouse.", "built.")):
        return "warehouse"
    return first if first in STAGES else "rest"


def _kind(path: Path, inside: Path) -> Kind:
    name = path.name.lower()
    if name.endswith(_ARCHIVES) or name.endswith(_PACKED_TAR):
        return "archive"
    if _log(inside) and delivered.form(path) and "lake" not in inside.parts:
        return "delivered"
    if name.endswith(".parquet"):
        return "parquet"
    if inside.parts[-3:-2] == (MESSAGES,) and name.endswith((".txt", ".json")):
        return "message"
    if name.endswith((".duckdb", ".wal")):
        return "duckdb"
    return "sqlite" if name.endswith((".db-wal", ".db-shm")) or _head(path) == sqlite.MAGIC else "text"


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(sqlite.MAGIC))


def _log(inside: Path) -> Log | None:
    """The log of a path such as ``landing/<log>/<day>/file`` or ``lake/raw/<log>/log_day=<day>/file``."""
    for name, day in zip(inside.parts, inside.parts[1:], strict=False):
        if name in LOGS and _is_day(day.removeprefix("log_day=")):
            return LOGS[name]
    return None


def _is_day(name: str) -> bool:
    try:
        date.fromisoformat(name)
    except ValueError:
        return False
    return True
