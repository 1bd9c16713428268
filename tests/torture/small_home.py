"""A small home for errands that need no dbt: log days in the lake, two publications, a target, a source of exports."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import duckdb

from pipelines.contract import LOGS
from pipelines.home import Home
from pipelines.ingest import ingest_days
from pipelines.lake import ledger, manifest
from pipelines.publishing.publish import publish
from tests.support.mailroom import MORNING, ZONE
from tests.support.report_marts import DAY, empty
from tests.support.tiny_logs import FIRST, days_between, interaction, tiny_community

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from pipelines.settings import Settings

MADE = tiny_community(2, members=20, days=40)
DAYS = days_between(FIRST, FIRST + timedelta(days=7))
IN_LAKE, LANDED = DAYS[:5], DAYS[5:]
"""Log days that are in the lake, and those that only lie in the landing folder."""
LOG_NAMES = ("members", "content", "interactions", "payments")
RUN = "run"
ERASED = "m3"
SETTINGS = {
    "GUILDBOOK_TIMEZONE": ZONE,
    "GUILDBOOK_NAME": "Gophers",
    "GUILDBOOK_SEND_ENABLED": "true",
    "GUILDBOOK_THREADS": "1",
    "GUILDBOOK_MIN_FREE_DISK_GB": "0",
    "GUILDBOOK_PUBLICATIONS_KEPT": "2",
}
BIG_DAY = DAYS[-1] + timedelta(days=1)
"""A log day of so many rows that they are spilled where there is ``LITTLE_MEMORY``."""
LITTLE_MEMORY = {"GUILDBOOK_MEMORY_LIMIT": "40MB"}
_ACTS = "member_id,interaction_type,interaction_time\n"


def build(root: Path, settings: Settings) -> None:
    """Make the home; the process's settings say what ``SETTINGS`` says."""
    from tests.support.house import House  # noqa: PLC0415 - brings dbt's parts

    house = House(root)
    home = house.home
    house.deliver_all({(log, day): rows for (log, day), rows in MADE.items() if log in LOG_NAMES and day in DAYS})
    accept(home, settings, IN_LAKE)
    judge(home)
    write_marts(home)
    publish(home, settings, DAY, RUN)
    _publish_again(home)
    (home.targets / "team.yaml").parent.mkdir()
    (home.targets / "team.yaml").write_text("kind: file\n", encoding="utf-8")
    home.sources.mkdir()
    (home.sources / "exports.yaml").write_text("kind: exports\nfolder: exports\n", encoding="utf-8")
    write_exports(home.sources / "exports")


def build_big(root: Path, settings: Settings) -> None:
    """Make the home, with a log day landed that does not fit into little memory."""
    from tests.support.house import House  # noqa: PLC0415 - brings dbt's parts

    build(root, settings)
    House(root).deliver("interactions", BIG_DAY, [interaction(n, BIG_DAY, f"m{n % 999}") for n in range(100_000)])


def write_marts(home: Home) -> None:
    """Write every mart, with rows of some members in one: what is published costs by the number of marts."""
    with duckdb.connect(empty(home.marts)) as con:
        con.execute("drop table marts.publication")
        con.execute("insert into marts.member_ids (member_id, person_id) select 'm' || n, 'm' || n from range(9) r (n)")


def _publish_again(home: Home) -> None:
    """Put a second version up that is a copy of the first."""
    shutil.copytree(home.versions / "1", home.versions / "2")
    home.published.unlink()
    home.published.symlink_to("versions/2")
    ledger.append(home, "publications", [ledger.read(home, "publications").to_pylist()[0] | {"version": 2}])


def write_exports(folder: Path, n_days: int = 4) -> None:
    """Write an export that imports and sources of exports know."""
    folder.mkdir(parents=True)
    rows = [f"{n % 9},like,2025-01-{n % n_days + 1:02} 09:{n % 60:02}:00\n" for n in range(200)]
    (folder / "acts.csv").write_text(_ACTS + "".join(rows), encoding="utf-8")


def accept(home: Home, settings: Settings, days: list[date]) -> None:
    """Take log days into the lake as a run does, without a look at what they say."""
    for name in LOG_NAMES:
        ingest_days(home, settings, LOGS[name], days, run_id=RUN)
        manifest.decide(home, [(one, manifest.PASSED) for one in manifest.candidates(home, name)], RUN)


def judge(home: Home) -> None:
    """Store the verdicts of a run that passed every gate."""
    common = {"day": DAY, "expectation": "x", "severity": "critical", "is_passed": True, "observed": "3"}
    common |= {"expected": "y", "reason": "because", "run_id": RUN, "checked_at": MORNING}
    tables = {"facts": "fct_member_days", "predictions": "churn_predictions"}
    rows = [common | {"gate": gate, "table_name": table} for gate, table in tables.items()]
    ledger.append(home, "gate_results", rows)


def fresh(before: Path, root: Path) -> Path:
    """Copy a home, times of files too."""
    shutil.copytree(before, root, symlinks=True)
    return root
