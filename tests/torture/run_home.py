"""A home on which the real job runs, Dagster and dbt and all: one publication, and four more log days landed."""

from __future__ import annotations

import os
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from pipelines.home import Home
from tests.support.mailroom import MORNING
from tests.support.tiny_logs import FIRST, days_between, interaction, tiny_community

if TYPE_CHECKING:
    from pathlib import Path

MADE = tiny_community(3, members=30, days=45)
DAYS = days_between(FIRST, max(day for _, day in MADE))
GOOD_DAYS, NEXT_DAYS = DAYS[:-4], DAYS[-4:]
TODAY = (MORNING + timedelta(hours=1)).astimezone(UTC).date()
"""The day on which an errand is done: an hour after the home was built it has begun in UTC."""
SETTINGS = {
    "GUILDBOOK_SEND_ENABLED": "true",
    "GUILDBOOK_THREADS": "1",
    "GUILDBOOK_MIN_FREE_DISK_GB": "0",
}


def words(command: str) -> tuple[str, ...]:
    """Return a run of the days of the first publication, or of those after it."""
    days = GOOD_DAYS if command == "first" else NEXT_DAYS
    return "run", "--from", str(days[0]), "--to", str(days[-1])


def deliver(root: Path) -> None:
    """Land every day, the last ones and the running one too, and name a target."""
    from tests.support.house import House  # noqa: PLC0415 - brings dbt's parts

    house = House(root)
    house.deliver_all(MADE)
    house.deliver(
        "interactions", TODAY, [interaction(n, TODAY, f"m{n}", occurred_at=f"{TODAY}T00:00:00Z") for n in range(9)]
    )
    targets = Home(root).targets
    targets.mkdir()
    (targets / "team.yaml").write_text("kind: file\n", encoding="utf-8")


def bring_libraries() -> None:
    """Import what a run needs, once for all forks, and have dbt parse the project.

    Without dbt's static parser: its threads are gone in a fork, which would wait for them without end.
    """
    os.environ["DBT_STATIC_PARSER"] = "false"
    import dagster  # noqa: F401, PLC0415

    import pipelines.definitions  # noqa: F401, PLC0415
    from expectations import library  # noqa: F401, PLC0415
    from pipelines.warehouse import dbt  # noqa: PLC0415

    dbt.ensure_manifest()
    dbt._manifest(dbt.project_digest())
