"""A warehouse that plain DuckDB makes in a blink, and runs' verdicts; no dbt, and no mart that a page reads."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import duckdb

from pipelines.home import Home
from pipelines.lake import ledger, versions
from pipelines.publishing.database import STORAGE_VERSION
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2025, 3, 5)


class Publisher:
    """A home with a warehouse of two marts; each test may publish from it."""

    def __init__(self, root: Path, **settings: object) -> None:
        root.mkdir(parents=True)
        self.home = Home(root)
        self.settings = Settings(home=root, threads=1, **settings)
        with duckdb.connect(str(self.home.warehouse)) as con:
            con.execute(f"attach '{self.home.marts}' as built (storage_version '{STORAGE_VERSION}')")
            con.execute(
                """
                create schema built.marts; create schema gates;
                create table gates.profiles as select 1 as day;
                create table staging_rows as select 1 as secret;
                create table built.marts."day's counts" as
                    select date '2025-03-01' + n::int as day, n as "order" from range(5) r (n);
                create table built.marts.tags as
                    select 'm1' as member_id, ['a', 'b'] as tags, timestamptz '2025-03-01 00:00Z' as at;
                comment on table built.marts."day's counts" is 'One row per day; it''s small.';
                comment on column built.marts."day's counts"."order" is 'Place, counted from 0.';
                """
            )

    def judge(self, *verdicts: dict[str, object], run_id: str = "run") -> None:
        """Store verdicts of a run; without any, those of a run that passed every gate."""
        passed = [
            {"gate": "facts", "table_name": "fct_member_days"},
            {"gate": "predictions", "table_name": "churn_predictions"},
        ]
        common = {
            "day": DAY,
            "expectation": "x at most 0",
            "severity": "critical",
            "is_passed": True,
            "observed": "3",
            "expected": "at most 0",
            "reason": "because",
            "run_id": run_id,
            "checked_at": datetime(2025, 3, 6, tzinfo=UTC),
        }
        ledger.append(self.home, "gate_results", [common | one for one in verdicts or passed])

    def waive(self, table_name: str, day: date) -> None:
        row = {"table_name": table_name, "day": day, "reason": "known", "waived_by": "ann"}
        ledger.append(self.home, "waivers", [row | {"waived_at": datetime(2025, 3, 7, tzinfo=UTC)}])

    def publish(self, kept: int = 3) -> int:
        """Publish a version that is a folder and nothing else."""
        number = versions.next_number(self.home)
        (versions.draft_folder(self.home, number) / "site").mkdir()
        versions.publish(self.home, number, kept=kept)
        return number
