"""The churn model beside the best that anybody could do, on communities of which the truth is known.

    python -m bench.truth [--seeds 7,8,9,10,11]

Each seed is a sample community that goes through the whole job by default settings. The champion's predictions on the
test cut-offs are judged beside the chances of the law that moved the members. Written to ``bench/results/truth.json``.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bench import measure
from bench.backfill import say, write
from bench.daily import run_days
from bench.sizes import FIRST_DAY
from models.cutoffs import split_cutoffs
from models.evaluate import log_loss
from models.judge import judge
from models.threads import steady_threads
from models.train import labelled_rows
from pipelines.churn import definitions, store
from pipelines.churn.training import read_training
from pipelines.home import Home
from pipelines.sample import write_sample
from pipelines.settings import Settings

if TYPE_CHECKING:
    from models.definitions import Definition

MEMBERS, DAYS = 2_000, 400
LAPSE_DRAWS = 400
TRUTHS = {"inactivity": "churn_probability", "lapse": "lapse_probability"}
"""The truth about each definition: a table of ``pipelines.sample``."""

Figures = dict[str, Any]


def measure_seed(seed: int, work: Path) -> list[Figures]:
    """Simulate a community, run everything on it, and judge the champion of each definition beside the truth."""
    home = Home(work / str(seed))
    told = write_sample(
        home.landing,
        work / f"truth-{seed}",
        seed=seed,
        members=MEMBERS,
        first_day=FIRST_DAY,
        days=DAYS,
        lapse_draws=LAPSE_DRAWS,
    )
    run_days(home.root, told.first_day, told.last_day, work)
    found = []
    for definition in definitions.wanted(home, Settings(home=home.root)):
        truth = pd.read_parquet(work / f"truth-{seed}" / f"{TRUTHS[definition.name]}.parquet")
        found.append({"seed": seed, "definition": definition.name} | judge_beside(home, definition, truth))
        say(str(found[-1]))
    return found


def judge_beside(home: Home, definition: Definition, truth: pd.DataFrame) -> Figures:
    """Return the log-losses of champion, base rate and truth on the same rows of the test cut-offs.

    Rows whose truth is unknown are left out and counted: of somebody whose renewal came late to the logs, say.

    Raises:
        RuntimeError: The champion, fitted once more, is not the one that the job made.
    """
    settings = Settings(home=home.root)
    card = store.load_newest(home, definition).card
    if card.learner == "rule":
        return {"learner": "rule", "reason": card.reason}
    features, labels, config = read_training(home, settings, definition)
    rows = labelled_rows(features, labels, config)
    days = [day.date() for day in rows["as_of_day"].drop_duplicates()]
    split = split_cutoffs(days, definition.known_after_days, config.n_test_cutoffs)
    with steady_threads(len(rows)):
        base, champion = judge(rows, split, ("base_rate", card.learner), config.seed, definition.max_auc)
    tested = champion.test.assign(base_rate=base.test["probability"])
    if not np.isclose(log_loss(tested), card.metrics["log_loss"], atol=1e-9):
        raise RuntimeError(f"{card.learner} fitted once more is not that of version {card.version}")
    truth = truth.rename(columns={"day": "as_of_day", "probability": "all_known", "probability_observable": "best"})
    judged = tested.merge(truth.assign(as_of_day=pd.to_datetime(truth["as_of_day"])), on=["member_id", "as_of_day"])
    loss = {
        name: log_loss(judged.assign(probability=judged[name]))
        for name in ("probability", "best", "all_known", "base_rate")
    }
    return {
        "learner": card.learner,
        "cut_offs": len(split.test),
        "rows": len(judged),
        "rows_without_truth": len(tested) - len(judged),
        "churn_rate": round(float(judged["is_churned"].mean()), 3),
        "log_loss": round(loss["probability"], 4),
        "best_possible": round(loss["best"], 4),
        "all_known": round(loss["all_known"], 4),
        "base_rate": round(loss["base_rate"], 4),
        "share_reached": round((loss["base_rate"] - loss["probability"]) / (loss["base_rate"] - loss["best"]), 3),
    }


def shares(found: list[Figures]) -> dict[str, float]:
    """Return the median over seeds of the share that was reached, by definition."""
    reached = {
        name: [one["share_reached"] for one in found if one["definition"] == name and "share_reached" in one]
        for name in TRUTHS
    }
    return {name: median(values) for name, values in reached.items() if values}


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
            result["share_reached"] = shares(found)
            write("truth", result, latest=False)
    print(json.dumps(result, indent=1))  # noqa: T201


if __name__ == "__main__":
    main()
