"""One ``guildbook run``, everything included, and the seconds of its parts as a JSON object on the last line.

python -m bench.one_run HOME FIRST_DAY LAST_DAY
"""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import date
from pathlib import Path

from bench.sizes import FIRST_DAY


def run(home_folder: Path, first: date, last: date) -> dict[str, float]:
    """Run log days; returns seconds by step and, with the prefix ``model``, by dbt model.

    Raises:
        RuntimeError: The run failed.
    """
    started = time.perf_counter()
    os.environ |= {
        "GUILDBOOK_HOME": str(home_folder),
        "GUILDBOOK_FIRST_LOG_DAY": FIRST_DAY.isoformat(),
        "DAGSTER_HOME": str(home_folder / "dagster"),
    }
    from expectations import worker  # noqa: PLC0415

    worker.start()  # as the command does
    import dagster as dg  # noqa: PLC0415 - its import is part of what is measured

    from bench.steps import model_seconds, step_seconds  # noqa: PLC0415
    from pipelines.cli.run import execute  # noqa: PLC0415
    from pipelines.settings import get_settings  # noqa: PLC0415

    outcome = execute(get_settings(), first, last, full=False, say=lambda _: None)
    if not outcome.succeeded:
        raise RuntimeError(outcome.reason)
    seconds = {"total": time.perf_counter() - started}
    with dg.DagsterInstance.get() as instance:
        seconds |= step_seconds(instance, outcome.run_id)
        seconds |= {f"model {name}": spent for name, spent in model_seconds(instance, outcome.run_id)}
    return seconds


if __name__ == "__main__":
    print(json.dumps(run(Path(sys.argv[1]), date.fromisoformat(sys.argv[2]), date.fromisoformat(sys.argv[3]))))  # noqa: T201
