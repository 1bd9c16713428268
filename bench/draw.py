"""Drawing the results of ``bench.backfill`` for the docs, as ``docs/images/bench.svg``.

python -m bench.draw
"""

from __future__ import annotations

import json

import matplotlib as mpl

from bench.backfill import FLOOR, GUILDBOOK, RESULTS, WAYS
from bench.measure import PROJECT_DIR

mpl.use("svg")

from matplotlib import pyplot as plt

COLOURS = {GUILDBOOK: "#24557f", FLOOR: "#d98516", "polars": "#8a9099", "pandas": "#c3c7cc"}
NAMES = {GUILDBOOK: "Guildbook", FLOOR: "bare DuckDB", "polars": "Polars", "pandas": "pandas"}


def draw() -> None:
    """Draw seconds and memory of each way and size that was measured with a floor."""
    sizes = [json.loads(path.read_text()) for path in (RESULTS / "1m.json", RESULTS / "10m.json") if path.exists()]
    mpl.rcParams |= {"svg.hashsalt": "guildbook", "font.family": "sans-serif", "font.size": 9}
    figure, rows = plt.subplots(len(sizes), 2, figsize=(8, 1.8 * len(sizes)), layout="constrained", squeeze=False)
    for result, (seconds, memory) in zip(sizes, rows, strict=True):
        ways = [way for way in reversed(WAYS) if way in result["ways"]]
        taken = [result["ways"][way]["wall_seconds"] for way in ways]
        taken[ways.index(GUILDBOOK)] = result["net_seconds"]
        fixed = [result["fixed_seconds"] if way == GUILDBOOK else 0 for way in ways]
        for axis, values, unit in ((seconds, taken, "s"), (memory, [result["ways"][w]["peak_gb"] for w in ways], "GB")):
            bars = axis.barh([NAMES[way] for way in ways], values, color=[COLOURS[way] for way in ways], height=0.62)
            axis.bar_label(bars, [f"{value:g} {unit}" for value in values], padding=3)
            axis.margins(x=0.2)
            axis.spines[["top", "right"]].set_visible(False)
            axis.tick_params(length=0)
        seconds.barh([NAMES[way] for way in ways], fixed, left=taken, color="#b9cbdc", height=0.62)
        seconds.set_title(
            f"{result['interactions'] / 1e6:g} M interactions: seconds (light: start-up)", loc="left", fontsize=9
        )
        memory.set_title("peak memory", loc="left", fontsize=9)
    target = PROJECT_DIR / "docs" / "images" / "bench.svg"
    figure.savefig(target, metadata={"Date": None})


if __name__ == "__main__":
    draw()
