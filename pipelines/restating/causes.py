"""What changed a published figure: deliveries whose changed rows it looks back on, a new definition, or time itself."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from pipelines.restating.compare import Change
from pipelines.restating.figures import Figures

if TYPE_CHECKING:
    from pipelines.lake.manifest import ChangedDay

DELIVERY = "delivery"
DEFINITION = "definition"
TIME = "time"

_LOG_OF_INPUT = {"interactions": "interactions", "content": "content", "roles": "members", "joined": "members"}
"""Input of a day that differs -> the log that it is made from."""


class StaleDays:
    """Why the run found days stale: for a day, the logs that can have changed what its figures look back on."""

    def __init__(self, inputs: Iterable[tuple[date, str]]) -> None:
        """Take days with the name of an input that differs from that of the last completed run."""
        self._inputs: dict[date, set[str]] = defaultdict(set)
        for day, name in inputs:
            self._inputs[day].add(name)

    @classmethod
    def read(cls, warehouse: Path) -> StaleDays:
        """Read what the run's first invocation of dbt left in the warehouse."""
        with duckdb.connect(str(warehouse), read_only=True) as con:
            rows = con.execute(
                """
                select day, unnest(string_split(parts, ', ')) as part from rebuild.stale_days
                union all
                select coalesce(states.day, completed.day), coalesce(states.part, completed.part)
                from rebuild.as_of_states as states
                full outer join (
                    from control.completed_day_states where part in ('first_seen', 'first_active', 'joined')
                ) as completed on states.part = completed.part and states.day = completed.day
                where states.checksum is distinct from completed.checksum
                """
            ).fetchall()
        return cls(rows)

    def logs(self, first: date, last: date) -> tuple[set[str], date]:
        """Logs behind the stale days from ``first`` to ``last``, and the day from which their rows matter.

        A member's first day that moved is told by any earlier day that is stale, however long before.
        """
        near = {name for day, names in self._inputs.items() if first <= day <= last for name in names}
        if near & {"first_seen", "first_active"}:
            near |= {name for day, names in self._inputs.items() if day <= last for name in names}
            first = date.min
        return {_LOG_OF_INPUT[name] for name in near if name in _LOG_OF_INPUT}, first


class Causes:
    """Finds the cause of each change among what was delivered since the publication that is up."""

    def __init__(self, changed: Iterable[ChangedDay], *, is_redefined: bool, stale: StaleDays | None = None) -> None:
        """Take the changed deliveries, whether a transformation changed, and the stale days where they are told."""
        self._by_log: dict[str, list[tuple[date, str]]] = defaultdict(list)
        for one in sorted(changed, key=lambda one: (one.event_day, one.delivery_id)):
            self._by_log[one.log].append((one.event_day, one.delivery_id))
        self._is_redefined = is_redefined
        self._stale = stale
        self._found: dict[tuple[tuple[str, ...], date, date], tuple[str, list[str]]] = {}

    def of(self, change: Change) -> tuple[str, list[str]]:
        """Return the cause of a change and the deliveries behind it, sorted.

        Named is each delivery with changed rows of event days that the figure looks back on. Rows of other logs than
        interactions may move in time: where a log is known to be behind the change and none of its deliveries has
        rows of those days, all of its changed deliveries are named.
        """
        first, last = change.figures.reach(change.day)
        key = (change.figures.logs, first, last)
        if key not in self._found:
            self._found[key] = self._find(change.figures, first, last)
        return self._found[key]

    def _find(self, figures: Figures, first: date, last: date) -> tuple[str, list[str]]:
        if self._is_redefined:
            return DEFINITION, sorted(self._within(figures.logs, first, last))
        behind: set[str] = set()
        if self._stale is not None and figures.period == "day":
            behind, first = self._stale.logs(first, last)
        if behind:
            named = {one for log in behind for one in self._within([log], first, last) or self._all([log])}
        else:
            named = self._within(figures.logs, first, last)
            if not named and figures.looks_back is not None:
                named = self._all(figures.logs)
        return (DELIVERY if named else TIME), sorted(named)

    def _within(self, logs: Iterable[str], first: date, last: date) -> set[str]:
        named: set[str] = set()
        for log in logs:
            days = self._by_log[log]
            start = bisect_left(days, (first, ""))
            end = bisect_left(days, (last + timedelta(days=1), ""))
            named.update(delivery_id for _, delivery_id in days[start:end])
        return named

    def _all(self, logs: Iterable[str]) -> set[str]:
        return {delivery_id for log in logs for _, delivery_id in self._by_log[log]}
