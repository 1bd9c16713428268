"""Keeping verdicts and waivers in the ledger, and what a gate tells its caller."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from expectations.rule import CRITICAL
from expectations.runner import Verdict, is_blocking
from pipelines import clock
from pipelines.home import Home
from pipelines.lake import ledger


@dataclass(frozen=True)
class GateOutcome:
    """What a gate decided about one table.

    ``withheld`` are the days that must not flow on, ``warned`` those that flow on with a warning. ``reasons`` and
    ``warnings`` say why.
    """

    gate: str
    table_name: str
    n_days: int
    withheld: tuple[date | None, ...] = ()
    warned: tuple[date | None, ...] = ()
    reasons: tuple[str, ...] = field(default=())
    warnings: tuple[str, ...] = field(default=())

    @property
    def summary(self) -> str:
        """The outcome in one line."""
        if self.withheld:
            days = ", ".join("the table" if day is None else day.isoformat() for day in self.withheld[:5])
            more = f" and {len(self.withheld) - 5} more" if len(self.withheld) > 5 else ""
            return f"{self.table_name}: withheld {days}{more}: {'; '.join(self.reasons[:3])}"
        warned = f", {len(self.warned)} with warnings" if self.warned else ""
        return f"{self.table_name}: {self.n_days} days passed{warned}"


BLOCKING = f"severity = '{CRITICAL}' and not is_passed and not is_waived"
"""What ``is_blocking`` says, of a row of ``marts.gate_results`` in SQL."""


def blocking(home: Home, run_id: str) -> list[dict[str, Any]]:
    """Return the stored verdicts of a run that block, in the order in which they were given."""
    waived = {(row["table_name"], row["day"]) for row in ledger.read(home, "waivers").to_pylist()}
    return [
        row
        for row in ledger.rows(home, "gate_results", run_id=run_id)
        if is_blocking(row["severity"], is_passed=row["is_passed"], is_waived=(row["table_name"], row["day"]) in waived)
    ]


def waived_days(home: Home, table_name: str) -> set[date]:
    """Days of a table for which an operator recorded an exception."""
    return {row["day"] for row in ledger.rows(home, "waivers", table_name=table_name)}


def waive(home: Home, table_name: str, day: date, *, reason: str, waived_by: str) -> None:
    """Record an exception: from now on failures of ``table_name`` on ``day`` show but do not block."""
    row = {"table_name": table_name, "day": day, "reason": reason, "waived_by": waived_by, "waived_at": clock.now()}
    ledger.append(home, "waivers", [row])


def record(home: Home, gate: str, verdicts: Sequence[Verdict], run_id: str) -> None:
    """Append verdicts to the ledger of gate results."""
    checked_at = clock.now()
    rows = [
        {
            "gate": gate,
            "table_name": verdict.table_name,
            "day": verdict.day,
            "expectation": verdict.expectation,
            "severity": verdict.severity,
            "is_passed": verdict.is_passed,
            "observed": verdict.observed,
            "expected": verdict.expected,
            "reason": verdict.reason,
            "run_id": run_id,
            "checked_at": checked_at,
        }
        for verdict in verdicts
    ]
    ledger.append(home, "gate_results", rows)


def outcome(gate: str, table_name: str, verdicts: Iterable[Verdict], waived: set[date]) -> GateOutcome:
    """Sum verdicts up: a day with a critical failure that nobody waived is withheld."""
    verdicts = list(verdicts)
    blocked = [
        verdict
        for verdict in verdicts
        if is_blocking(verdict.severity, is_passed=verdict.is_passed, is_waived=verdict.day in waived)
    ]
    failed = {verdict.day for verdict in verdicts if not verdict.is_passed}
    withheld = {verdict.day for verdict in blocked}
    return GateOutcome(
        gate=gate,
        table_name=table_name,
        n_days=len({verdict.day for verdict in verdicts}),
        withheld=tuple(sorted(withheld, key=lambda day: day or date.min)),
        warned=tuple(sorted(failed - withheld, key=lambda day: day or date.min)),
        reasons=tuple(map(_said, blocked)),
        warnings=tuple(_said(verdict) for verdict in verdicts if not verdict.is_passed and verdict not in blocked),
    )


def _said(verdict: Verdict) -> str:
    return f"{verdict.expectation}, found {verdict.observed} ({verdict.reason})"
