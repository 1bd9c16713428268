"""A home on which the real job runs, Dagster and all, and ways to read what a run did and left behind."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import dagster as dg

from pipelines.cli import run as cli_run
from pipelines.cli.instance import prepare_instance
from pipelines.lake import versions
from pipelines.settings import get_settings
from tests.support.house import House
from tests.support.tiny_logs import FIRST, days_between, tiny_community

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    import pytest

DELIVERED = tiny_community(3, members=30, days=45)
DAYS = days_between(FIRST, max(day for _, day in DELIVERED))
GOOD_DAYS, NEXT_DAYS = DAYS[:-4], DAYS[-4:]
"""Log days of the first publication, and those that a test may deliver after it."""

AFTER_GATE_3 = {"retention_list", "restated_figures", "records", "published", "sent_messages"}
AFTER_GATE_2 = {"churn_model", "churn_scores", *AFTER_GATE_3}
AFTER_GATE_1 = {"build_plan", "warehouse", *AFTER_GATE_2}


class Running(House):
    """A home with the process's settings pointed at it."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch, alert_command: str = "") -> None:
        self.alerts_file = root.with_name(f"{root.name}-alerts.jsonl")
        settings = {
            "GUILDBOOK_HOME": str(root),
            "GUILDBOOK_THREADS": "1",
            "GUILDBOOK_CHURN_HORIZON_DAYS": "14",  # so that it is known of some members what became of them
            "GUILDBOOK_RETENTION_LEAST_RISK": "0",  # and somebody is listed
            "GUILDBOOK_RETENTION_LEAST_RISK_RATIO": "0",
            "GUILDBOOK_MIN_FREE_DISK_GB": "0",
            "GUILDBOOK_ALERT_COMMAND": alert_command or f"(cat; echo) >> '{self.alerts_file}'",
            "DAGSTER_HOME": str(root / "dagster"),
        }
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        get_settings.cache_clear()
        super().__init__(root)
        self.settings = get_settings()
        self.said: list[str] = []

    def run_copy(self, root: Path, monkeypatch: pytest.MonkeyPatch, alert_command: str = "") -> Running:
        """Return a copy that a test may break; times of files are kept, so nothing looks changed."""
        shutil.copytree(self.home.root, root, symlinks=True)
        return Running(root, monkeypatch, alert_command)

    def deliver_days(self, days: list[date]) -> None:
        self.deliver_all({(log, day): rows for (log, day), rows in DELIVERED.items() if day in days})

    def execute(self, first: date, last: date, *, full: bool = False) -> cli_run.RunOutcome:
        """Run log days as ``guildbook run`` does."""
        return cli_run.execute(self.settings, first, last, full=full, say=self.said.append)

    def execute_in_dagster(self, **options: Any) -> dg.ExecuteInProcessResult:
        """Run the job as Dagster's own pages would, without Guildbook's launcher."""
        from pipelines.definitions import defs  # noqa: PLC0415 - reads the settings when it is imported
        from pipelines.defs.jobs import RUN_CONFIG  # noqa: PLC0415

        prepare_instance(self.home, self.settings)
        with dg.DagsterInstance.get() as instance:
            return defs.resolve_job_def("main").execute_in_process(
                instance=instance, run_config=RUN_CONFIG, raise_on_error=False, **options
            )

    def steps(self, run_id: str) -> set[str]:
        """Steps of a run that began."""
        with dg.DagsterInstance.get() as instance:
            entries = instance.all_logs(run_id, of_type=dg.DagsterEventType.STEP_START)
        return {entry.dagster_event.step_key for entry in entries if entry.dagster_event}

    @property
    def version(self) -> int | None:
        return versions.current(self.home)

    def banner(self) -> dict[str, Any]:
        """What ``status.js`` tells the pages that are up."""
        text = (self.home.published / "site" / "status.js").read_text(encoding="utf-8")
        banner: dict[str, Any] = json.loads(text.split("=", 1)[1].rstrip().removesuffix(";"))
        return banner

    def alerts(self) -> list[dict[str, str]]:
        """Messages that the alert command got."""
        text = self.alerts_file.read_text(encoding="utf-8") if self.alerts_file.exists() else ""
        return [json.loads(line) for line in text.splitlines() if line]
