"""What one more day costs after a short and a long history with the same daily volume, and what a late file costs.

    python -m bench.daily [--histories 30,365,1095]

Each history is built by one backfill. Then days are run one by one, as the schedule does, on each history in turn: what
slows the machine down for a while slows all of them down. At last comes a day that also brings interactions that are
150 days old. Written to ``bench/results/daily.json``.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from statistics import median

from bench import measure
from bench.backfill import say, write
from bench.generate import generate, late_file
from bench.sizes import DAILY, Size

DAYS = 6
"""Single days that are run after a history; the first one is not counted."""
LATE_DAYS = 150


@dataclass(frozen=True)
class History:
    """A home with a history, and the landing folders of the days after it."""

    days: int
    size: Size
    work: Path

    @property
    def home(self) -> Path:
        """The home."""
        return self.work / "home"

    @property
    def log_days(self) -> list[date]:
        """Its days, then those that are run one by one, then that of the late file."""
        return self.size.log_days

    def deliver(self, day: date) -> Path:
        """Bring a day's files into the home; returns their folder."""
        folder = self.home / "landing" / "interactions" / day.isoformat()
        folder.parent.mkdir(parents=True, exist_ok=True)
        return (self.work / "made" / "interactions" / day.isoformat()).rename(folder)


def build_history(days: int, work: Path) -> tuple[History, float]:
    """Backfill a history; returns it with the seconds that took."""
    size = replace(DAILY, days=days + DAYS + 1, interactions=DAILY.interactions * (days + DAYS + 1))
    history = History(days, size, work)
    generate(size, work / "made")
    for day in history.log_days[:days]:
        history.deliver(day)
    seconds = run_days(history.home, history.log_days[0], history.log_days[days - 1], work)["total"]
    say(f"{days} days of history: {seconds:.0f} s")
    return history, seconds


def run_day(history: History, place: int, *, with_late_file: bool = False) -> dict[str, float]:
    """Run the day at a place after a history; returns seconds by part, and those of CPU in all."""
    day = history.log_days[history.days + place]
    folder = history.deliver(day)
    if with_late_file:
        late_file(history.size, history.days + place - LATE_DAYS, folder / "late.csv")
    used = measure.run("bench.one_run", history.home, day, day, log=history.work / "run.log")
    seconds: dict[str, float] = json.loads(used.output)
    say(f"{day} after {history.days} days: {seconds['total']:.1f} s, {used.cpu_seconds:.1f} s of CPU")
    return seconds | {"cpu": used.cpu_seconds}


def run_days(home: Path, first: date, last: date, work: Path) -> dict[str, float]:
    """Run log days in a process of their own; returns seconds by part."""
    seconds: dict[str, float] = json.loads(measure.run("bench.one_run", home, first, last, log=work / "run.log").output)
    return seconds


def compared(runs: list[list[dict[str, float]]], part: str) -> float:
    """Median over days of what a part takes after the longest history over what it takes after the shortest one."""
    return round(median(longest[part] / shortest[part] for shortest, longest in zip(runs[0], runs[-1], strict=True)), 3)


def _medians(runs: list[dict[str, float]]) -> dict[str, float]:
    names = sorted({name for run in runs for name in run})
    return {name: round(median(run.get(name, 0.0) for run in runs), 2) for name in names}


def _folder_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def measure_days(lengths: list[int], work: Path) -> dict[str, object]:
    """Build the histories, run their days in turn, and return what that took."""
    built = [build_history(days, work / str(days)) for days in lengths]
    histories = [history for history, _ in built]
    before = [_folder_bytes(history.home / "dagster") for history in histories]
    rounds = [[run_day(history, place) for history in histories] for place in range(DAYS)]
    runs = [list(of_history) for of_history in zip(*rounds[1:], strict=True)]
    results: list[dict[str, object]] = []
    for (history, backfill), own, dagster in zip(built, runs, before, strict=True):
        result: dict[str, object] = {
            "history_days": history.days,
            "backfill_seconds": round(backfill, 1),
            "day_seconds": _medians(own),
            "dagster_bytes_per_run": round((_folder_bytes(history.home / "dagster") - dagster) / DAYS),
            "warehouse_gb": round(sum(path.stat().st_size for path in history.home.glob("*.duckdb")) / 1e9, 3),
        }
        if history.days > LATE_DAYS:
            result["late_day_seconds"] = _medians([run_day(history, DAYS, with_late_file=True)])
        results.append(result)
    return {
        "ratio": {"wall": compared(runs, "total"), "cpu": compared(runs, "cpu")},
        "interactions_per_day": DAILY.interactions,
        "members": DAILY.members,
        "histories": results,
        "machine": measure.machine(),
    }


def main() -> None:
    """Measure the histories that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--histories", default="30,365,1095", help="days of history, separated by commas, ascending")
    parser.add_argument("--work", type=Path, help="folder for the homes")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.work, prefix="guildbook-bench-") as folder:
        result = measure_days([int(days) for days in given.histories.split(",")], Path(folder))
    write("daily", result, latest=False)
    print(json.dumps(result, indent=1))  # noqa: T201


if __name__ == "__main__":
    main()
