"""Attempts at errands, as forks make them: a home, a clock that is the same each time, perhaps a watched disk."""

from __future__ import annotations

import os
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.torture import disk, errands


@dataclass(frozen=True)
class Watch:
    """How the disk of an attempt is watched; see ``disk.watched``. ``root`` is the home where nothing is said."""

    root: str = ""
    record: str = ""
    how: int = 0
    at: int = -1
    error: int = 0


@dataclass(frozen=True)
class Answer:
    """What became of an attempt: exit code, what was said, how many changes of the disk were refused."""

    code: int
    said: list[str]
    n_refused: int = 0


def attempt(
    name: str, root: str, beside: str, number: int, watch: dict[str, Any] | None, settings: dict[str, str]
) -> tuple[int, list[str], int]:
    """Make one attempt in this process and return what an ``Answer`` holds.

    Args:
        name: The errand; after ``build``, the home that is built.
        root: The home.
        beside: The folder beside it.
        number: Counts the attempts on a home; each begins an hour after the one before.
        watch: How the disk is watched, if it is.
        settings: More variables of the environment.
    """
    from pipelines import clock  # noqa: PLC0415
    from pipelines.privacy import readers  # noqa: PLC0415
    from pipelines.settings import get_settings  # noqa: PLC0415
    from tests.support.mailroom import MORNING  # noqa: PLC0415
    from tests.torture.acknowledged import note_promises  # noqa: PLC0415

    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what Dagster says on the way
    readers.close_umask()
    os.environ |= settings | {"GUILDBOOK_HOME": root}
    get_settings.cache_clear()
    readings = iter(range(10**9))
    begun = MORNING + timedelta(hours=number)
    clock.now = lambda: begun + timedelta(milliseconds=next(readings))
    home = Path(root)
    if watch is None:
        return *_do(name, home, Path(beside)), 0
    one = Watch(**watch)
    control = home.with_name(f"{home.name}.control")
    record = Path(one.record) if one.record else None
    how = disk.How(one.how) if one.how else None
    with disk.watched(Path(one.root or root), control, record, how=how, at=one.at, error=one.error):
        with note_promises(home) if record else nullcontext():
            code, said = _do(name, home, Path(beside))
        if record:
            disk.mark("end")
    return code, said, disk.n_refused(control)


def _do(name: str, root: Path, beside: Path) -> tuple[int, list[str]]:
    if name.startswith("build "):
        said: list[str] = []
        return errands.build(name.removeprefix("build "), root, beside, said.append), said
    return errands.attempt(errands.named(name), root, beside)
