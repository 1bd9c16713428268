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
    import dagster as dg  # noqa: PLC0415 - its import is part of what is measured

    from pipelines.cli.run import execute  # noqa: PLC0415
    from pipelines.settings import get_settings  # noqa: PLC0415

    outcome = execute(get_settings(), first, last, full=False, say=lambda _: None)
    if not outcome.succeeded:
        raise RuntimeError(outcome.reason)
    seconds = {"total": time.perf_counter() - started}
    with dg.DagsterInstance.get() as instance:
        for step in instance.get_run_step_stats(outcome.run_id):
            name = step.step_key.partition("__")[0] if step.step_key.startswith("raw__") else step.step_key
            name = "gates" if "gate" in step.step_key else name
            seconds[name] = seconds.get(name, 0) + step.end_time - step.start_time
        for record in instance.all_logs(outcome.run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION):
            made = record.dagster_event.step_materialization_data.materialization if record.dagster_event else None
            if made and "execution_seconds" in made.metadata:
                seconds[f"model {made.asset_key.path[-1]}"] = float(made.metadata["execution_seconds"].value)
    return seconds


if __name__ == "__main__":
    print(json.dumps(run(Path(sys.argv[1]), date.fromisoformat(sys.argv[2]), date.fromisoformat(sys.argv[3]))))  # noqa: T201
