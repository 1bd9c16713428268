"""The churn model compared with the best possible predictions, on communities whose hazards are known.

    python -m bench.truth [--seeds 7,8,9,10,11]

Each seed is a sample community that goes through the whole job by default settings. Its training measures the champion
on the test cut-offs, and the oracle: predictions by the hazards that moved the members. Written to
``bench/results/truth.json``.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from bench import measure
from bench.backfill import say, write
from bench.daily import run_days
from bench.sizes import FIRST_DAY
from models.backtest import BEST_POSSIBLE, overall
from pipelines.home import Home
from pipelines.lake import ledger
from pipelines.sample import write_sample

MEMBERS, DAYS = 2_000, 400
LAPSE_DRAWS = 400

Figures = dict[str, Any]


def measure_seed(seed: int, work: Path) -> list[Figures]:
    """Simulate a community, run everything on it, and compare the champion of each definition with the oracle."""
    home = Home(work / str(seed))
    told = write_sample(
        home.landing,
        home.ground_truth,
        seed=seed,
        members=MEMBERS,
        first_day=FIRST_DAY,
        days=DAYS,
        lapse_draws=LAPSE_DRAWS,
    )
    run_days(home.root, told.first_day, told.last_day, work)
    found = [{"seed": seed} | compared for compared in compare(home)]
    say(str(found))
    return found


def compare(home: Home) -> list[Figures]:
    """Return the log-losses on the test cut-offs of champion, base rate and oracle, by definition.

    A definition without a champion has a ``reason`` instead.

    Raises:
        RuntimeError: The oracle was not measured.
    """
    evaluations = overall(ledger.read(home, "churn_evaluations").to_pandas(), "test")
    found = []
    for training in ledger.read(home, "churn_trainings").to_pylist():
        names = {"definition": training["definition"], "learner": training["learner"]}
        rows = evaluations[evaluations["model_version"] == training["model_version"]]
        loss = rows[rows["metric"] == "log_loss"].set_index("learner")["value"]
        if training["learner"] == "rule":
            found.append(names | {"reason": training["reason"]})
            continue
        if BEST_POSSIBLE not in loss:
            raise RuntimeError(f"the oracle of {training['definition']} does not cover the rows of the backtest")
        own, best, base = (float(loss[name]) for name in (training["learner"], BEST_POSSIBLE, "base_rate"))
        figures = {"log_loss": own, "best_possible": best, "base_rate": base, "share": (base - own) / (base - best)}
        found.append(names | {"rows": int(rows["n"].max())} | {name: round(one, 4) for name, one in figures.items()})
    return found


def shares(found: list[Figures]) -> dict[str, float]:
    """Return the median over seeds of the share of the way from base rate to oracle, by definition."""
    reached: dict[str, list[float]] = {}
    for one in found:
        if "share" in one:
            reached.setdefault(one["definition"], []).append(one["share"])
    return {name: median(values) for name, values in reached.items()}


def main() -> None:
    """Measure and write the result, seed by seed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", default="7,8,9,10,11", help="seeds, separated by commas")
    parser.add_argument("--work", type=Path, help="folder for the homes")
    given = parser.parse_args()
    found: list[Figures] = []
    result: dict[str, object] = {"members": MEMBERS, "days": DAYS, "seeds": found, "machine": measure.machine()}
    with tempfile.TemporaryDirectory(dir=given.work, prefix="guildbook-bench-") as folder:
        for seed in given.seeds.split(","):
            found += measure_seed(int(seed), Path(folder))
            result["shares"] = shares(found)
            write("truth", result, latest=False)
    print(json.dumps(result, indent=1))  # noqa: T201


if __name__ == "__main__":
    main()
