"""Whether this checkout became slower than another commit: whole runs of both in turn, on one small community.

    python -m bench.guard [--against main] [--limit 1.10]

Each round takes a backfill and one more day from both, which of them comes first changing by turns. Compared are CPU
seconds, which other work on the machine disturbs less than the clock; the clock's are shown beside. Rounds go on until
nearly all agree. Ends with 1 if this checkout takes more than the limit allows. Nothing is kept.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench import measure
from bench.backfill import say
from bench.generate import generate
from bench.measure import PROJECT_DIR, Usage
from bench.sizes import FIRST_DAY, Size

SIZE = Size("guard", 310_000, 5_000, 31, 1)
"""A backfill of all its days but the last one, which is the one more day."""

FEWEST, MOST = 5, 11
"""Rounds: so many at least, and at most."""

RUN = "from pipelines.cli import app; app()"


@dataclass
class Pairs:
    """What one kind of run took: here and there, round by round."""

    here: list[Usage] = field(default_factory=list)
    there: list[Usage] = field(default_factory=list)

    def ratios(self, of: str = "cpu_seconds") -> list[float]:
        """Return by how much longer this checkout took in each round."""
        return [getattr(a, of) / getattr(b, of) for a, b in zip(self.here, self.there, strict=True)]


def is_slower(ratios: Sequence[float], limit: float) -> bool | None:
    """Return whether the ratios of the rounds so far are beyond the limit; None where more rounds are needed.

    Enough is said when all rounds but one are on the same side of the limit, or the most rounds were taken; then the
    median decides.
    """
    n_beyond = sum(ratio > limit for ratio in ratios)
    agree = max(n_beyond, len(ratios) - n_beyond) >= len(ratios) - 1
    if len(ratios) < FEWEST or (len(ratios) < MOST and not agree):
        return None
    return median(ratios) > limit


def compare(here: Path, there: Path, limit: float, work: Path) -> bool:
    """Run both checkouts in turn, say what they took, and return whether ``here`` is slower."""
    generate(SIZE, work / "landing")
    found = {"backfill": Pairs(), "one more day": Pairs()}
    for checkout in (here, there):  # what a checkout makes at its first run is made before
        _round(checkout, work)
    verdicts: list[bool | None] = [None]
    number = 0
    while None in verdicts:
        for checkout in (here, there) if number % 2 else (there, here):
            for kind, usage in zip(found, _round(checkout, work), strict=True):
                (found[kind].here if checkout == here else found[kind].there).append(usage)
        number += 1
        verdicts = [is_slower(pairs.ratios(), limit) for pairs in found.values()]
        say(f"round {number}: " + ", ".join(f"{kind} {pairs.ratios()[-1]:.3f}" for kind, pairs in found.items()))
    for kind, pairs in found.items():
        for name, of in (("CPU", "cpu_seconds"), ("wall", "wall_seconds")):
            ratios = sorted(pairs.ratios(of))
            own, other = (median(getattr(usage, of) for usage in usages) for usages in (pairs.here, pairs.there))
            say(
                f"{kind:<14}{name:<6}{own:>7.2f} s against {other:>7.2f} s, ratio {median(ratios):.3f}"
                f" ({ratios[0]:.3f} to {ratios[-1]:.3f})"
            )
    return True in verdicts


def _round(checkout: Path, work: Path) -> tuple[Usage, Usage]:
    """Run a backfill and one more day in a new home."""
    days = SIZE.log_days
    with tempfile.TemporaryDirectory(dir=work) as folder:
        home = Path(folder)
        (home / "landing").symlink_to(work / "landing")
        return (
            _run(checkout, home, days[0].isoformat(), days[-2].isoformat(), work),
            _run(checkout, home, days[-1].isoformat(), days[-1].isoformat(), work),
        )


def _run(checkout: Path, home: Path, first: str, last: str, work: Path) -> Usage:
    environment = {
        "PYTHONPATH": str(checkout),
        "GUILDBOOK_HOME": str(home),
        "GUILDBOOK_FIRST_LOG_DAY": FIRST_DAY.isoformat(),
        "DAGSTER_HOME": str(home / "dagster"),
    }
    command = [sys.executable, "-c", RUN, "run", "--from", first, "--to", last]
    return measure.run_command(command, log=work / "log.txt", environment=environment, folder=checkout)


@contextmanager
def checkout_of(commit: str, work: Path) -> Iterator[Path]:
    """Give a checkout of a commit that goes away again."""
    there = work / "there"
    git = ["git", "-C", str(PROJECT_DIR), "worktree"]
    subprocess.run([*git, "add", "--quiet", "--detach", str(there), commit], check=True)  # noqa: S603 - our own
    try:
        yield there
    finally:
        subprocess.run([*git, "remove", "--force", str(there)], check=True)  # noqa: S603 - as above


def main() -> None:
    """Compare, and end with 1 if this checkout is slower."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--against", default="main", help="the other commit")
    parser.add_argument("--limit", type=float, default=1.10)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="guildbook-guard-") as folder:
        work = Path(folder)
        with checkout_of(given.against, work) as there:
            if compare(PROJECT_DIR, there, given.limit, work):
                say(f"slower than {given.against} by more than the limit, {given.limit:.2f}")
                sys.exit(1)
    say(f"not slower than {given.against} by more than the limit, {given.limit:.2f}")


if __name__ == "__main__":
    main()
