"""Whether every part that a build reads is what was written, and whether the manifest and the folders name the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

from pipelines.contract import LOGS
from pipelines.home import Home
from pipelines.lake import manifest
from pipelines.lake.seal import DamagedError, cure_of, damage
from pipelines.lake.sources import EMPTY_DAY, LINK_DAY

_SHOWN = 3


def check_parts(home: Home, threads: int) -> None:
    """Raise where a part of the lake is damaged, is gone, or lies there without a record in the manifest.

    Raises:
        DamagedError: The message names the first ones and what to do about each.
    """
    found = [*_damaged(parts(home), threads), *_unlike_manifest(home)]
    if found:
        more = f"; and {len(found) - _SHOWN:,} more: guildbook verify --files" if len(found) > _SHOWN else ""
        raise DamagedError("; ".join(found[:_SHOWN]) + more)


def parts(home: Home) -> Iterator[Path]:
    """Every part of the logs, what was refused of them, and every part of the predictions."""
    yield from _raw(home)
    yield from sorted((home.lake / "quarantine").glob("*/log_day=*/part-0.parquet"))
    yield from sorted(home.predictions.glob("day=*/part-*.parquet"))


def _raw(home: Home) -> Iterator[Path]:
    for log in LOGS:
        yield from sorted((home.lake / "raw" / log).glob("log_day=*/part-0.parquet"))


def _damaged(paths: Iterable[Path], threads: int) -> Iterator[str]:
    known = list(paths)
    with ThreadPoolExecutor(threads) as pool:
        for path, found in zip(known, pool.map(damage, known), strict=True):
            if found:
                yield f"{path} is damaged ({found}): {cure_of(path)}"


def _unlike_manifest(home: Home) -> Iterator[str]:
    rows = manifest.current(home).select(["log", "log_day", "n_rows"]).to_pylist()
    known = {(row["log"], row["log_day"]) for row in rows}
    recorded = {(row["log"], row["log_day"]) for row in rows if row["n_rows"]}
    there = {(path.parent.parent.name, _day(path)): path for path in _raw(home)}
    for log, day in sorted(recorded - there.keys()):
        path = home.raw_part(log, day)
        yield f"{path} is gone: {cure_of(path)}"
    for log, day in sorted(there.keys() - known):
        if day not in (EMPTY_DAY, LINK_DAY):
            path = there[log, day]
            yield f"{path} is in no record of the manifest: guildbook run --full --from {day} --to {day} records it"


def _day(part: Path) -> date:
    return date.fromisoformat(part.parent.name.removeprefix("log_day="))
