"""Plays the seeds of a suite, side by side, and says of each that failed how to play it again."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from tests.torture.suite import Play, Suite

_INTERRUPTED = "Query interrupted"
"""What DuckDB makes of Ctrl-C."""


@dataclass(frozen=True)
class Played:
    """What became of one seed; ``error`` is the traceback where Guildbook did not hold."""

    seed: int
    did: str
    error: str = ""


@dataclass(frozen=True)
class Result:
    """What became of a run of a suite.

    Attributes:
        suite: its name.
        first: the first seed of the row; those of what was found once come before it.
        n_seeds: how many were played in all.
        failed: those that failed.
        seconds: how long it took, preparation included.
    """

    suite: str
    first: int
    n_seeds: int
    failed: tuple[Played, ...]
    seconds: float

    def holds(self, tolerated: float) -> bool:
        """Return whether not more seeds failed than are tolerated."""
        return len(self.failed) <= tolerated * self.n_seeds


def run(
    suite: Suite,
    *,
    first: int,
    count: int | None = None,
    again: bool = True,
    jobs: int = 1,
    say: Callable[[str], None],
    folder: Path | None = None,
) -> Result:
    """Play what was found once, then ``count`` seeds from ``first`` on; a long run's number if nothing is said.

    A run that is broken off by Ctrl-C returns what it has played.

    Args:
        suite: what to play.
        first: the first seed of the row.
        count: how many.
        again: whether what was found once is played before.
        jobs: how many processes play side by side.
        say: gets a line for each seed.
        folder: where to work; a temporary folder if nothing is said.
    """
    started = time.monotonic()
    with _working(folder) as work:
        prepared = work / "prepared"
        prepared.mkdir(exist_ok=True)
        suite.prepare(prepared)
        row = range(first, first + (suite.count(prepared) if count is None else count))
        known = [seed for one in suite.found for seed in one.seeds if again and seed not in row]
        n_played, failed = 0, []
        try:
            for played in _play_all(suite, [*known, *row], prepared, work, jobs):
                n_played += 1
                failed += [played] if played.error else []
                say(_line(suite.name, played))
        except KeyboardInterrupt:
            say(f"{suite.name}: broken off; what was played counts")
    return Result(suite.name, first, n_played, tuple(failed), time.monotonic() - started)


def play_one(fault: Play, seed: int, prepared: Path, work: Path) -> Played:
    """Play one seed in a folder of its own, which goes away after."""
    own = Path(tempfile.mkdtemp(prefix=f"{seed}-", dir=work))
    try:
        return Played(seed, fault(seed, prepared, own))
    except Exception as error:
        if str(error) == _INTERRUPTED:
            raise KeyboardInterrupt from error
        return Played(seed, f"{type(error).__name__}: {error}".strip().partition("\n")[0], traceback.format_exc())
    finally:
        shutil.rmtree(own, ignore_errors=True)


def _play_all(suite: Suite, seeds: list[int], prepared: Path, work: Path, jobs: int) -> Iterator[Played]:
    """Play seeds in any order; from the first on that takes its process along, each in a process of its own."""
    if jobs == 1:
        yield from (play_one(suite.play, seed, prepared, work) for seed in seeds)
        return
    left = dict.fromkeys(seeds)
    try:
        for played in _side_by_side(suite.play, seeds, prepared, work, jobs):
            del left[played.seed]
            yield played
    except BrokenProcessPool:
        for seed in left:
            try:
                yield from _side_by_side(suite.play, [seed], prepared, work, 1)
            except BrokenProcessPool:
                yield Played(seed, "the process fell over", "its process ended without a word\n")


def _side_by_side(fault: Play, seeds: list[int], prepared: Path, work: Path, jobs: int) -> Iterator[Played]:
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"))
    try:
        for future in as_completed([pool.submit(play_one, fault, seed, prepared, work) for seed in seeds]):
            yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)  # those that play come to their end


@contextmanager
def _working(folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        yield folder
        return
    made = Path(tempfile.mkdtemp(prefix="guildbook-torture-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)  # what was broken off may still write there, and its counts stand


def _line(name: str, played: Played) -> str:
    if not played.error:
        return f"{name} {played.seed}: {played.did}"
    again = f"    again: make torture SUITE={name} SEED={played.seed} COUNT=1"
    return f"{name} {played.seed}: FAILED: {played.did}\n{played.error}{again}"


def without_settings(names: Iterable[str] = ("GUILDBOOK_", "DAGSTER_")) -> None:
    """Take what the developer's own shell says of Guildbook out of this process."""
    for name in [one for one in os.environ if one.startswith(tuple(names))]:
        del os.environ[name]
