"""How many days a run had to rebuild: counted in the warehouse after dbt's first invocation, kept in the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines import clock
from pipelines.home import Home
from pipelines.lake import ledger
from pipelines.lake.duck import open_warehouse

if TYPE_CHECKING:
    from pipelines.warehouse.plan import BuildPlan


@dataclass(frozen=True)
class StaleCounts:
    """Days of one run.

    Attributes:
        n_days: Days from the first to the last of the calendar.
        n_stale_days: Days whose own rows were rebuilt.
        n_as_of_days: By reach in days: as-of days that look back on a changed day, so were rebuilt too.
    """

    n_days: int
    n_stale_days: int
    n_as_of_days: dict[int, int]

    @property
    def n_stale_as_of_days(self) -> int:
        """As-of days of the widest reach, which hold those of every other one."""
        return max(self.n_as_of_days.values(), default=0)

    @property
    def summary(self) -> str:
        """The counts in one line."""
        reaches = "; ".join(f"{n_days:,} that look back {reach} days" for reach, n_days in self.n_as_of_days.items())
        return (
            f"{self.n_stale_days:,} of {self.n_days:,} days were stale; as-of days to rebuild: {reaches or 'nothing'}"
        )


def count_stale(home: Home) -> StaleCounts:
    """Count the days that the last build of the marts found stale."""
    with open_warehouse(home) as con:
        (n_stale_days,) = con.execute("select count(*) from rebuild.stale_days").fetchall()[0]
        as_of_days = con.execute(
            "select reach_days, count(*) from rebuild.stale_as_of_days group by 1 order by 1"
        ).fetchall()
        (n_days,) = con.execute("select count(*) from marts.community_days").fetchall()[0]
    return StaleCounts(n_days, n_stale_days, dict(as_of_days))


def record_build(home: Home, plan: BuildPlan, run_id: str) -> StaleCounts:
    """Count the stale days of a run and append them to the ledger of builds; the caller holds the home's lock."""
    counts = count_stale(home)
    row = {
        "run_id": run_id,
        "full_because": plan.full_because,
        "first_day": plan.first_day,
        "through_day": plan.through_day,
        "n_days": counts.n_days,
        "n_stale_days": counts.n_stale_days,
        "n_stale_as_of_days": counts.n_stale_as_of_days,
        "built_at": clock.now(),
    }
    ledger.append(home, "builds", [row])
    return counts
