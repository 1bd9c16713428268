"""Counts of the last recorded run of each suite, ``counts/<suite>.json``: ``make torture`` writes, the page reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

    from tests.torture.playing import Result

FOLDER = Path(__file__).with_name("counts")


def counts(folder: Path = FOLDER) -> dict[str, dict[str, Any]]:
    """Return name of a suite -> its last recorded run."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}


def record(result: Result, day: date, folder: Path = FOLDER) -> None:
    """Put a run in the place of the suite's last one."""
    said = {
        "day": str(day),
        "first": result.first,
        "n_seeds": result.n_seeds,
        "seconds": round(result.seconds),
        "failed": {str(one.seed): one.did for one in sorted(result.failed, key=lambda one: one.seed)},
    }
    folder.mkdir(exist_ok=True)
    text = json.dumps(said, indent=1, ensure_ascii=False) + "\n"
    (folder / f"{result.suite}.json").write_text(text, encoding="utf-8")
