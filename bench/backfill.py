"""Guildbook's backfill beside the same work in bare DuckDB, Polars and pandas, in one run, interleaved.

    python -m bench.backfill SIZE          # tiny, 1m, 10m, 100m

Every way reads the same landing files and is a process of its own. The tables are compared before any figure is
written to ``bench/results/latest.json`` and ``bench/results/<size>.json``.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from bench import measure
from bench.equal import digests
from bench.generate import generate
from bench.in_guildbook import TABLES
from bench.measure import Usage
from bench.sizes import SIZES, Size

RESULTS = Path(__file__).parent / "results"
GUILDBOOK, FLOOR = "guildbook", "duckdb"
WAYS = (GUILDBOOK, FLOOR, "polars", "pandas")
FAST = (FLOOR, "polars")
"""Ways that Guildbook is compared with, the faster one of each round too: what a user would take instead."""
SCORES = ("change_points", "self_join")
TOO_LARGE = {"100m": {"polars", "pandas", *SCORES}}
"""Ways that are left out of a size, as they do not fit into memory or take hours."""


class Unequal(Exception):  # noqa: N818 - a result, not an error of the program
    """Two ways made different tables."""


def measure_backfill(size: Size, work: Path, ways: list[str]) -> dict[str, object]:
    """Measure all ways and return the result.

    Raises:
        Unequal: The tables of two ways differ.
    """
    landing = work / "landing"
    say(f"writing {size.interactions:,} interactions of {size.members:,} members over {size.days} days")
    landing_bytes = generate(size, landing)
    tiny = SIZES["tiny"]
    generate(tiny, work / "tiny")
    runs: dict[str, list[Usage]] = {way: [] for way in ways}
    fixed: list[float] = []
    made = {}
    for number in range(size.rounds):
        for way in ways:
            folder = work / way
            usage = _run(way, size, landing, folder, work)
            runs[way].append(usage)
            say(f"{number + 1}/{size.rounds} {way:<14}{usage.wall_seconds:>8.1f} s {usage.peak_gb:>6.2f} GB")
            if number == 0:
                made[way] = digests(folder, TABLES if way in WAYS else TABLES[1:2])
            if way != FLOOR or not set(SCORES) & set(ways):
                shutil.rmtree(folder)
        if GUILDBOOK in ways:
            folder = work / "fixed"
            fixed.append(_run(GUILDBOOK, tiny, work / "tiny", folder, work).wall_seconds)
            shutil.rmtree(folder)
        shutil.rmtree(work / FLOOR, ignore_errors=True)
    return _result(size, runs, fixed, made, landing_bytes)


def _run(way: str, size: Size, landing: Path, folder: Path, work: Path) -> Usage:
    folder.mkdir()
    if way == GUILDBOOK:
        (folder / "landing").symlink_to(landing)
        module, arguments = "bench.in_guildbook", [folder, size.log_days[0], size.log_days[-1]]
    elif way in SCORES:
        module, arguments = "bench.in_self_join", [work / FLOOR / "analytics.duckdb", folder, way]
    else:
        module, arguments = f"bench.in_{way}", [landing, folder]
    environment = {"GUILDBOOK_MEMORY_LIMIT": size.memory}
    return measure.run(module, *arguments, log=work / f"{way}.log", environment=environment)


def _result(
    size: Size,
    runs: dict[str, list[Usage]],
    fixed: list[float],
    made: dict[str, dict[str, tuple[int, str]]],
    landing_bytes: int,
) -> dict[str, object]:
    for way, tables in made.items():
        for table, digest in tables.items():
            if digest != made[next(iter(made))][table]:
                raise Unequal(f"{table} of {way} differs: {digest}, others have {made[next(iter(made))][table]}")
    fixed_seconds = median(fixed)
    parts = [json.loads(run.output) for run in runs[GUILDBOOK]]
    net = [
        run.wall_seconds - fixed_seconds - part["dagster_events"]
        for run, part in zip(runs[GUILDBOOK], parts, strict=True)
    ]
    taken = {way: [run.wall_seconds for run in runs[way]] for way in FAST if runs.get(way)}
    if taken:
        taken["fastest"] = [min(round_) for round_ in zip(*taken.values(), strict=True)]
    ratios = {way: [one / other for one, other in zip(net, seconds, strict=True)] for way, seconds in taken.items()}
    return {
        "size": size.name,
        "interactions": size.interactions,
        "members": size.members,
        "days": size.days,
        "landing_gb": round(landing_bytes / 1e9, 3),
        "rows": {table: n_rows for table, (n_rows, _) in made[GUILDBOOK].items()},
        "equal": True,
        "ratio_to": {way: round(median(of_way), 3) for way, of_way in ratios.items()},
        "ratios_to": {way: [round(ratio, 3) for ratio in of_way] for way, of_way in ratios.items()},
        "fixed_seconds": round(fixed_seconds, 1),
        "dagster_event_seconds": round(median(part["dagster_events"] for part in parts), 2),
        "net_seconds": round(median(net), 1),
        "peak_gb": round(max(run.peak_gb for run in runs[GUILDBOOK]), 2),
        "parts": {name: round(median(part[name] for part in parts), 2) for name in parts[0]},
        "ways": {
            way: {
                "wall_seconds": round(median(run.wall_seconds for run in of_way), 1),
                "cpu_seconds": round(median(run.cpu_seconds for run in of_way), 1),
                "peak_gb": round(max(run.peak_gb for run in of_way), 2),
                "written_gb": round(median(run.written_gb for run in of_way), 2),
                "runs": [{key: value for key, value in asdict(run).items() if key != "output"} for run in of_way],
            }
            for way, of_way in runs.items()
        },
        "machine": measure.machine(),
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def write(name: str, result: dict[str, object], *, latest: bool = True) -> None:
    """Keep a result under its name and, where asked, as the latest one."""
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps(result, indent=1) + "\n"
    for path in (RESULTS / f"{name}.json", *([RESULTS / "latest.json"] if latest else [])):
        path.write_text(text)


def say(text: str) -> None:
    """Tell how far the measurement is."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def main() -> None:
    """Measure one size."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("size", choices=SIZES, nargs="?", default="1m")
    parser.add_argument("--only", help="ways to measure, separated by commas", default=",".join((*WAYS, *SCORES)))
    parser.add_argument("--work", type=Path, help="folder for landing files and results of the ways")
    given = parser.parse_args()
    size = SIZES[given.size]
    ways = [way for way in given.only.split(",") if way not in TOO_LARGE.get(size.name, set())]
    with tempfile.TemporaryDirectory(dir=given.work, prefix="guildbook-bench-") as folder:
        result = measure_backfill(size, Path(folder), ways)
    write(size.name, result)
    print(json.dumps(result, indent=1))  # noqa: T201


if __name__ == "__main__":
    main()
