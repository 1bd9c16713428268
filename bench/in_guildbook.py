"""Guildbook's own backfill, from landing files to a published copy of three marts, gates included.

It launches the assets of the main job that lead to these marts, in one Dagster run; the churn model and the site are
left out. The last line on standard output is a JSON object with the seconds of its parts.

    python -m bench.in_guildbook HOME FIRST_DAY LAST_DAY
"""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

if TYPE_CHECKING:
    import dagster as dg

    from pipelines.ingest import DayReport

TABLES = ("fct_member_days", "fct_member_engagement", "community_days")
GATES = ("gate_member_days", "gate_member_engagement", "gate_community_days")


def backfill(home_folder: Path, first: date, last: date) -> dict[str, float]:
    """Run the assets and publish their marts; returns seconds by part."""
    started = time.perf_counter()
    os.environ |= {"GUILDBOOK_HOME": str(home_folder), "GUILDBOOK_FIRST_LOG_DAY": first.isoformat()}
    import dagster as dg  # noqa: PLC0415 - its import is part of what is measured

    from bench.steps import step_seconds  # noqa: PLC0415
    from pipelines import lock  # noqa: PLC0415
    from pipelines.cli.instance import prepare_instance  # noqa: PLC0415
    from pipelines.defs.launch import run_tags  # noqa: PLC0415
    from pipelines.home import Home  # noqa: PLC0415
    from pipelines.publishing.database import copy_marts  # noqa: PLC0415
    from pipelines.settings import get_settings  # noqa: PLC0415
    from pipelines.warehouse.dbt import ensure_manifest  # noqa: PLC0415

    settings, home = get_settings(), Home(home_folder)
    prepare_instance(home, settings)
    ensure_manifest()
    from pipelines.definitions import defs  # noqa: PLC0415
    from pipelines.defs import raw  # noqa: PLC0415
    from pipelines.defs.jobs import RUN_CONFIG  # noqa: PLC0415

    seconds = {"imports": time.perf_counter() - started, "dagster_events": 0.0}
    tell = raw._tell_log_days

    def timed_tell(context: dg.AssetExecutionContext, key: dg.AssetKey, days: list[DayReport]) -> None:
        before = time.perf_counter()
        tell(context, key, days)
        seconds["dagster_events"] += time.perf_counter() - before

    keys = [dg.AssetKey(["marts", name]) for name in TABLES] + [dg.AssetKey(["gates", name]) for name in GATES]
    graph = defs.resolve_asset_graph()
    logs = dg.AssetSelection.groups("raw") - dg.AssetSelection.assets(["raw", "interactions"])
    wanted = (dg.AssetSelection.assets(*keys).upstream() - logs).resolve(graph)
    with dg.DagsterInstance.get() as instance, lock.hold(home), patch.object(raw, "_tell_log_days", timed_tell):
        result = defs.resolve_job_def("main").execute_in_process(
            instance=instance, run_config=RUN_CONFIG, tags=run_tags(first, last), asset_selection=sorted(wanted)
        )
        steps = step_seconds(instance, result.run_id)
        before = time.perf_counter()
        copy_marts(home.marts, home_folder / "analytics.duckdb", settings, version=1, through_day=last)
        seconds["publish"] = time.perf_counter() - before
    seconds |= {
        "ingest": steps["raw"] - seconds["dagster_events"],
        "dbt": steps["warehouse"],
        "gates": steps["gates"],
        "total": time.perf_counter() - started,
    }
    return seconds


if __name__ == "__main__":
    print(json.dumps(backfill(Path(sys.argv[1]), date.fromisoformat(sys.argv[2]), date.fromisoformat(sys.argv[3]))))  # noqa: T201
