"""What a daily run costs when there is hardly any data, by part: imports, Dagster, dbt, quality suites, model, report.

    python -m bench.fixed [--rounds 5]

A small community is run once, and then once more for each further day, and the last one again, when nothing changed.
The first of these days is left out: dbt writes down what it sends. Written to ``bench/results/fixed.json``.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from statistics import median

from bench import measure
from bench.backfill import say, write
from bench.daily import run_days
from bench.generate import generate
from bench.sizes import SIZES

IMPORTS = {
    "import pandas": "import pandas",
    "import dagster": "import dagster",
    "import dagster_dbt": "import dagster, pandas, dagster_dbt",
    "load the definitions": "import pipelines.definitions",
    "import great_expectations": "import great_expectations",
    "import scikit-learn": "import sklearn.linear_model, sklearn.ensemble, sklearn.pipeline",
}
"""Imports, each in a process of its own and less what Python itself takes to start."""


def measure_fixed(rounds: int, work: Path) -> dict[str, object]:
    """Measure the imports, and days of a community of 100 members."""
    size = replace(SIZES["tiny"], days=61 + rounds, interactions=100 * (61 + rounds))
    generate(size, work / "landing")
    home, days = work / "home", size.log_days
    shutil.copytree(work / "landing", home / "landing")
    run_days(home, days[0], days[59], work)
    run_days(home, days[60], days[60], work)
    runs = []
    for day in days[61:]:
        runs.append(run_days(home, day, day, work))
        say(f"{day}: {runs[-1]['total']:.1f} s")
    unchanged = [run_days(home, days[-1], days[-1], work)["total"] for _ in range(rounds)]
    say(f"nothing changed: {median(unchanged):.1f} s")
    names = sorted({name for run in runs for name in run if not name.startswith("model ")})
    parts = {name: median(run.get(name, 0.0) for run in runs) for name in names}
    models = {name for run in runs for name in run if name.startswith("model ")}
    in_models = median(sum(run.get(name, 0.0) for name in models) for run in runs)
    steps = sum(seconds for name, seconds in parts.items() if name != "total")
    return {
        "total_seconds": round(parts.pop("total"), 2),
        "unchanged_seconds": round(median(unchanged), 2),
        "steps": {name: round(seconds, 2) for name, seconds in parts.items()},
        "start_of_the_run": round(median(run["total"] for run in runs) - steps, 2),
        "in_dbt_models": {"models": len(models), "seconds": round(in_models, 2)},
        "imports": {name: round(_import_seconds(code, rounds), 2) for name, code in IMPORTS.items()},
        "machine": measure.machine(),
    }


def _import_seconds(code: str, rounds: int) -> float:
    timed = f"import time; t = time.perf_counter(); {code}; print(time.perf_counter() - t)"
    command = [sys.executable, "-W", "ignore", "-c", timed]
    outputs = [
        subprocess.run(command, check=True, capture_output=True, text=True, cwd=measure.PROJECT_DIR).stdout  # noqa: S603
        for _ in range(rounds)
    ]
    return median(float(output.splitlines()[-1]) for output in outputs)


def main() -> None:
    """Measure and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="guildbook-bench-") as folder:
        result = measure_fixed(given.rounds, Path(folder))
    write("fixed", result, latest=False)
    print(json.dumps(result, indent=1))  # noqa: T201


if __name__ == "__main__":
    main()
