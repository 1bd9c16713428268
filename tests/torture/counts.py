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


def record(result: Result, day: date, folder: Path = FOLDER) -> None:
    """Keep what a run counted; seeds beside those of before are added, and of a seed that was played again the last."""
    played = range(result.first, result.first + result.n_seeds)
    failed = {str(one.seed): one.did for one in sorted(result.failed, key=lambda one: one.seed)}
    seconds = round(result.seconds)
    last = counts(folder).get(result.suite)
    if last:
        before = range(last["first"], last["first"] + last["n_seeds"])
        is_beside = before.start <= played.stop and played.start <= before.stop
        is_all_of_it = played.start <= before.start and before.stop <= played.stop
        if is_beside and not is_all_of_it:
            played = range(min(before.start, played.start), max(before.stop, played.stop))
            again = range(result.first, result.first + result.n_seeds)
            failed |= {seed: did for seed, did in last["failed"].items() if int(seed) not in again}
            seconds += last["seconds"]
    said = {
        "day": str(day),
        "first": played.start,
        "n_seeds": len(played),
        "seconds": seconds,
        "failed": dict(sorted(failed.items(), key=lambda one: int(one[0]))),
    }
    folder.mkdir(exist_ok=True)
    text = json.dumps(said, indent=1, ensure_ascii=False) + "\n"
    (folder / f"{result.suite}.json").write_text(text, encoding="utf-8")
