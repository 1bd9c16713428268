"""The churn model's speed: fitting and scoring every learner, beside the plain scikit-learn fit of the same estimator.

    python -m bench.churn [--rows 1000000] [--only boosting,blend]

A million rows of members and cut-offs are made up, with gaps and long tails as real ones have. Written to
``bench/results/churn.json`` after each learner. With ``--only`` these learners are measured again, and the rest of the
last result stays.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from bench import measure
from bench.backfill import RESULTS, say, write
from models.features import FEATURE_NAMES, FEATURES
from models.learners import CANDIDATES

N_CUTOFFS = 20

DAYS = (("logistic", 20), ("logistic", 4), ("logistic", 1), ("forest", 10), ("boosting", 10), ("blend", 10))
"""Learners of the scored days, and what share of the rows are their members: one in so many."""

FLAGS = [feature.name for feature in FEATURES if feature.show.name == "FLAG"]


def make_rows(n_rows: int, seed: int = 7) -> pd.DataFrame:
    """Return labelled rows as dbt's tables have them, cut-off by cut-off; churn follows recency and activity."""
    draw = np.random.default_rng(seed)
    rows = pd.DataFrame({name: np.floor(draw.gamma(0.7, 6.0, n_rows)) for name in FEATURE_NAMES})
    for name in ("acts_trend", "active_days_trend", "community_trend"):
        rows[name] = draw.normal(size=n_rows)
    for name in FLAGS:
        rows[name] = draw.random(n_rows) < 0.3
    rows["days_since_active"] = draw.integers(0, 30, n_rows)
    rows["decayed_90"] = draw.gamma(1.0, 8.0, n_rows)
    rows["tenure_days"] = draw.integers(0, 2000, n_rows)
    for name in ("median_gap", "mean_gap", "sd_gap", "recency_per_gap", "started_share_30"):
        rows.loc[draw.random(n_rows) < 0.2, name] = np.nan
    cutoff = np.sort(np.arange(n_rows) % N_CUTOFFS)
    return rows.assign(
        member_id=[f"m{member:07d}" for member in range(n_rows)],
        as_of_day=pd.Timestamp("2023-01-01") + pd.to_timedelta(cutoff * 30, unit="D"),
        definition="inactivity",
        is_churned=(draw.random(n_rows) < true_probability(rows)).astype(int),
    )


def true_probability(rows: pd.DataFrame) -> np.ndarray:
    """Return the true probability of churn of made-up rows."""
    strength = 0.08 * rows["days_since_active"] - 0.12 * rows["decayed_90"] + 0.2 * rows["acts_trend"]
    return np.asarray(1 / (1 + np.exp(-strength)))


def measure_learner(name: str, rows: Path, work: Path) -> dict[str, float]:
    """Measure fitting and scoring with one learner; the peak is of the process that holds both ways."""
    used = measure.run("bench.in_churn", name, rows, log=work / "log.txt")
    measured: dict[str, float] = json.loads(used.output) | {"peak_gb": round(used.peak_gb, 1)}
    say(f"{name}: {measured}")
    return measured


def measure_day(learner: str, n_members: int, rows: Path, work: Path) -> dict[str, object]:
    """Measure a whole scored day of so many members."""
    home = work / f"home-{learner}-{n_members}"
    measure.run("bench.in_churn_day", "prepare", rows, n_members, learner, home, log=work / "log.txt")
    used = measure.run("bench.in_churn_day", "score", home, log=work / "log.txt")
    measured: dict[str, object] = {"learner": learner, **json.loads(used.output), "peak_gb": round(used.peak_gb, 2)}
    say(f"scored day: {measured}")
    return measured


def main() -> None:
    """Measure and write the result, learner by learner."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--only", default="", help="learners, separated by commas")
    given = parser.parse_args()
    only = given.only.split(",") if given.only else []
    result = json.loads((RESULTS / "churn.json").read_text()) if only else {"learners": {}, "scored_days": []}
    result["machine"] = measure.machine()
    with tempfile.TemporaryDirectory(prefix="guildbook-bench-") as folder:
        work = Path(folder)
        rows = work / "rows.parquet"
        make_rows(given.rows).to_parquet(rows)
        for name in only or [learner.name for learner in CANDIDATES]:
            result["learners"][name] = measure_learner(name, rows, work)
            write("churn", result, latest=False)
        for name, share in () if only else DAYS:
            result["scored_days"].append(measure_day(name, given.rows // share, rows, work))
            write("churn", result, latest=False)
    print(json.dumps(result, indent=1))  # noqa: T201


if __name__ == "__main__":
    main()
