"""``python -m tests.torture [SUITE …] [--seed N] [--count N]``: plays suites; ``make torture`` calls it.

With ``--record`` the counts go to ``counts`` and from there to ``docs/how-it-is-tested.md``.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.torture.counts import record
from tests.torture.page import write_page
from tests.torture.playing import run, without_settings
from tests.torture.suite import suites


def main() -> int:
    """Play what was asked for; 1 if anything did not hold."""
    known = suites()
    asked = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    asked.add_argument("suite", nargs="*", help=f"one of {', '.join(known)}; all if none is named")
    asked.add_argument("--seed", type=int, help="the first seed; drawn and printed if none is given")
    asked.add_argument("--count", type=int, help="how many seeds; as many as a long run plays if none is given")
    asked.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many play side by side")
    asked.add_argument("--work", type=Path, help="an empty folder to work in, kept after")
    asked.add_argument("--record", action="store_true", help="keep the counts for docs/how-it-is-tested.md")
    asked.add_argument("--page", action="store_true", help="only write docs/how-it-is-tested.md again")
    said = asked.parse_args()
    if said.page:
        write_page()
        return 0
    if unknown := set(said.suite) - known.keys():
        asked.error(f"no suite {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    without_settings()
    seed = secrets.randbelow(10**6) if said.seed is None else said.seed
    hold = True
    for suite in [known[name] for name in said.suite or known]:
        _say(f"{suite.name}: from seed {seed}")
        if said.work:
            (said.work / suite.name).mkdir(parents=True, exist_ok=True)
        folder = said.work / suite.name if said.work else None
        again = said.count is None
        result = run(suite, first=seed, count=said.count, again=again, jobs=said.jobs, say=_say, folder=folder)
        _say(f"{suite.name}: {result.n_seeds} seeds in {result.seconds:.0f} s, {len(result.failed)} failed")
        hold &= result.holds(suite.tolerated)
        if said.record:
            record(result, datetime.now(UTC).date())
    if said.record:
        write_page()
    return 0 if hold else 1


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
