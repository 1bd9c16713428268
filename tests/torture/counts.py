"""Counts of what was recorded of each suite, ``counts/<suite>.json``: ``make torture`` writes, the page reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

    from tests.torture.playing import Result

FOLDER = Path(__file__).with_name("counts")


def counts(folder: Path = FOLDER) -> dict[str, dict[str, Any]]:
    """Return name of a suite -> what was recorded of it."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}


def _end(run: dict[str, Any]) -> int:
    """The seed after the last one."""
    return int(run["first"] + run["n_seeds"])


def record(result: Result, day: date, folder: Path = FOLDER) -> None:
    """Put a run in the place of the suite's last one, or add it where its seeds stand beside those of that one."""
    said: dict[str, Any] = {
        "day": str(day),
        "first": result.first,
        "n_seeds": result.n_seeds,
        "seconds": round(result.seconds),
        "failed": {str(one.seed): one.did for one in sorted(result.failed, key=lambda one: one.seed)},
    }
    last = counts(folder).get(result.suite)
    if last and (_end(last) == result.first or _end(said) == last["first"]):
        said["first"] = min(last["first"], result.first)
        said["n_seeds"] += last["n_seeds"]
        said["seconds"] += last["seconds"]
        said["failed"] = last["failed"] | said["failed"]
    folder.mkdir(exist_ok=True)
    text = json.dumps(said, indent=1, ensure_ascii=False) + "\n"
    (folder / f"{result.suite}.json").write_text(text, encoding="utf-8")
