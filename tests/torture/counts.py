"""The counts of the last recorded run of each suite, ``counts.json``: written by ``make torture``, read by the page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

    from tests.torture.playing import Result

FILE = Path(__file__).with_name("counts.json")


def counts(file: Path = FILE) -> dict[str, dict[str, Any]]:
    """Return name of a suite -> its last recorded run."""
    found: dict[str, dict[str, Any]] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return found


def record(result: Result, day: date, file: Path = FILE) -> None:
    """Put a run in the place of the suite's last one."""
    said = {
        "day": str(day),
        "first": result.first,
        "n_seeds": result.n_seeds,
        "seconds": round(result.seconds),
        "failed": {str(one.seed): one.did for one in sorted(result.failed, key=lambda one: one.seed)},
    }
    kept = dict(sorted({**counts(file), result.suite: said}.items()))
    file.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
