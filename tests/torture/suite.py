"""What a suite of torture is: faults made from seeds, and what was found by them.

A file of this folder with an object ``SUITE`` is one suite. A seed is a whole number that decides everything about
one fault: what it hits, where and when. Seeds that follow each other are spread over everything that a suite can hit,
so any row of them is a fair sample. Whoever knows suite and seed can make the fault again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

Play = Callable[[int, Path, Path], str]
"""Makes the fault of a seed: gets the seed, the prepared folder, not to be changed, and an empty folder of its own;
returns what it did in a line, and raises where Guildbook did not hold. A function of a module: processes share it."""


@dataclass(frozen=True)
class Found:
    """A fault of Guildbook that a suite found, mended since. Its seeds are played in each run, before any other.

    Attributes:
        seeds: what showed it.
        what: what was wrong, in a sentence.
        now: what happens instead.
    """

    seeds: tuple[int, ...]
    what: str
    now: str


@dataclass(frozen=True, kw_only=True)
class Suite:
    """One kind of torture.

    Attributes:
        name: what it is called on the command line.
        title: heading on the page.
        what: what is done and what has to hold after, in Markdown.
        prepare: fills a folder with what every seed reads: a built home, say. It is called once.
        play: makes the fault of a seed.
        n_seeds: how many seeds a long run plays, or what counts them in the prepared folder.
        n_short: how many of them ``make test`` plays.
        finds_short: whether ``make test`` plays what was found too; not where that needs minutes and has other tests.
        tolerated: share of seeds that may fail; they are named on the page all the same.
        found: what was found and mended.
        unseen: what it cannot detect and why, one sentence each.
    """

    name: str
    title: str
    what: str
    prepare: Callable[[Path], None]
    play: Play
    n_seeds: int | Callable[[Path], int]
    n_short: int
    finds_short: bool = True
    tolerated: float = 0.0
    found: tuple[Found, ...] = ()
    unseen: tuple[str, ...] = ()

    def count(self, prepared: Path) -> int:
        """Return how many seeds a long run plays."""
        return self.n_seeds if isinstance(self.n_seeds, int) else self.n_seeds(prepared)


def suites() -> dict[str, Suite]:
    """Return every suite by its name."""
    files = (path for path in Path(__file__).parent.glob("*.py") if "\nSUITE = " in path.read_text(encoding="utf-8"))
    found: list[Suite] = [import_module(f"{__package__}.{path.stem}").SUITE for path in sorted(files)]
    return {one.name: one for one in found}
