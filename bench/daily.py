"""What one more day costs after a short and a long history with the same daily volume, and what a late file costs.

    python -m bench.daily [--histories 30,365,1095]

Each history is built by one backfill. Then days are run one by one, as the schedule does, and at last a day that also
brings interactions that are 150 days old. Written to ``bench/results/daily.json``.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from statistics import median

from bench import measure
from bench.backfill import say, write
from bench.generate import generate, late_file
from bench.sizes import DAILY

DAYS = 4
"""Single days that are run after a history; the first one is not counted."""
LATE_DAYS = 150


def measure_history(history: int, work: Path) -> dict[str, object]:
    """Backfill a history, run single days on it, then one with a late file."""
    size = replace(DAILY, days=history + DAYS + 1, interactions=DAILY.interactions * (history + DAYS + 1))
    days = size.log_days
    home = work / str(history)
    generate(size, work / "landing")
    landing = home / "landing" / "interactions"
    landing.mkdir(parents=True)
    for day in days[:history]:
        (work / "landing" / "interactions" / day.isoformat()).rename(landing / day.isoformat())
    backfill = run_days(home, days[0], days[history - 1], work)
    say(f"{history} days of history: {backfill['total']:.0f} s")
    before = _folder_bytes(home / "dagster")
    runs = []
    for day in days[history : history + DAYS]:
        (work / "landing" / "interactions" / day.isoformat()).rename(landing / day.isoformat())
        runs.append(run_days(home, day, day, work))
        say(f"{day}: {runs[-1]['total']:.1f} s")
    dagster_bytes = (_folder_bytes(home / "dagster") - before) / DAYS
    result: dict[str, object] = {
        "history_days": history,
        "backfill_seconds": round(backfill["total"], 1),
        "day_seconds": _medians(runs[1:]),
        "dagster_bytes_per_run": round(dagster_bytes),
        "warehouse_gb": round((home / "warehouse.duckdb").stat().st_size / 1e9, 3),
    }
    if history > LATE_DAYS:
        day = days[history + DAYS]
        (work / "landing" / "interactions" / day.isoformat()).rename(landing / day.isoformat())
        late_file(size, history + DAYS - LATE_DAYS, landing / day.isoformat() / "late.csv")
        late = run_days(home, day, day, work)
        say(f"{day} with a late file: {late['total']:.1f} s")
        result["late_day_seconds"] = _medians([late])
    shutil.rmtree(home)
    shutil.rmtree(work / "landing")
    return result


def run_days(home: Path, first: date, last: date, work: Path) -> dict[str, float]:
    """Run log days in a process of their own; returns seconds by part."""
    seconds: dict[str, float] = json.loads(measure.run("bench.one_run", home, first, last, log=work / "run.log").output)
    return seconds


def _medians(runs: list[dict[str, float]]) -> dict[str, float]:
    names = sorted({name for run in runs for name in run})
    return {name: round(median(run.get(name, 0.0) for run in runs), 2) for name in names}


def _folder_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> None:
    """Measure the histories that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--histories", default="30,365,1095", help="days of history, separated by commas")
    parser.add_argument("--work", type=Path, help="folder for the homes")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.work, prefix="guildbook-bench-") as folder:
        histories = [measure_history(int(days), Path(folder)) for days in given.histories.split(",")]
    result = {
        "interactions_per_day": DAILY.interactions,
        "members": DAILY.members,
        "histories": histories,
        "machine": measure.machine(),
    }
    write("daily", result, latest=False)
    print(json.dumps(result, indent=1))  # noqa: T201


if __name__ == "__main__":
    main()
