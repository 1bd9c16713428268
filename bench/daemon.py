"""What a run of the daemon costs when there is hardly any data: from the tick that sees a file to the publication.

    python -m bench.daemon [--rounds 5]

The first run after the daemon's start finds no process that waits for it, and is given apart.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from bench import measure
from bench.backfill import say, write
from bench.daily import run_days
from bench.generate import generate
from bench.sizes import FIRST_DAY, SIZES
from bench.ticking import SECONDS

if TYPE_CHECKING:
    from dagster import DagsterInstance

HISTORY = 60
_MOST_SECONDS = 180


def measure_daemon(rounds: int, work: Path) -> dict[str, object]:
    """Measure days of a community of 100 members, each delivered while the daemon runs.

    Raises:
        TimeoutError: A day was not published within minutes.
    """
    import dagster as dg  # noqa: PLC0415 - with the home's folder in the environment

    size = replace(SIZES["tiny"], days=HISTORY + rounds + 2, interactions=100 * (HISTORY + rounds + 2))
    generate(size, work / "landing")
    home, days = work / "home", size.log_days
    landing = home / "landing" / "interactions"
    landing.mkdir(parents=True)
    for day in days[: HISTORY + 1]:
        (work / "landing" / "interactions" / day.isoformat()).rename(landing / day.isoformat())
    run_days(home, days[0], days[HISTORY - 1], work)
    run_days(home, days[HISTORY], days[HISTORY], work)
    (home / "workspace.yaml").write_text(
        f"load_from: [{{python_module: {{module_name: bench.ticking, working_directory: {measure.PROJECT_DIR}}}}}]\n"
    )
    os.environ |= {
        "GUILDBOOK_HOME": str(home),
        "GUILDBOOK_FIRST_LOG_DAY": FIRST_DAY.isoformat(),
        "DAGSTER_HOME": str(home / "dagster"),
    }
    seconds = []
    with (work / "daemon.log").open("w") as log, dg.DagsterInstance.get() as instance:
        daemon = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "dagster._daemon", "run", "--workspace", str(home / "workspace.yaml")],
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            for number, day in enumerate(days[HISTORY + 1 :], start=1):
                (work / "landing" / "interactions" / day.isoformat()).rename(landing / day.isoformat())
                seconds.append(_published_after_tick(home, instance, number))
                say(f"{day}: {seconds[-1]:.1f} s")
                time.sleep(SECONDS)
        finally:
            os.killpg(daemon.pid, signal.SIGKILL)
            daemon.wait()
    return {
        "tick_to_publication_seconds": round(median(seconds[1:]), 2),
        "each": [round(one, 2) for one in seconds[1:]],
        "first_after_start": round(seconds[0], 2),
        "machine": measure.machine(),
    }


def _published_after_tick(home: Path, instance: DagsterInstance, n_runs: int) -> float:
    """Wait until the ``n_runs``-th run that a tick asked for has published; return the seconds from that tick."""
    from pipelines.home import Home  # noqa: PLC0415
    from pipelines.lake import ledger  # noqa: PLC0415

    deadline = time.monotonic() + _MOST_SECONDS
    while time.monotonic() < deadline:
        asked = [
            (tick.timestamp, run_id)
            for state in instance.all_instigator_state()
            for tick in instance.get_ticks(state.instigator_origin_id, state.selector_id)
            for run_id in tick.run_ids
        ]
        published = {row["run_id"]: row["published_at"] for row in ledger.read(Home(home), "publications").to_pylist()}
        done = [float(published[run_id].timestamp() - at) for at, run_id in sorted(asked) if run_id in published]
        if len(done) >= n_runs:
            return done[n_runs - 1]
        time.sleep(0.2)
    raise TimeoutError(f"day {n_runs} was not published within {_MOST_SECONDS} s")


def main() -> None:
    """Measure and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="guildbook-bench-") as folder:
        work = Path(folder)
        try:
            result = measure_daemon(given.rounds, work)
        except TimeoutError:
            shutil.copyfile(work / "daemon.log", Path(tempfile.gettempdir()) / "guildbook-daemon.log")
            raise
    write("daemon", result, latest=False)
    print(json.dumps(result, indent=1))  # noqa: T201


if __name__ == "__main__":
    main()
