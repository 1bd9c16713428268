"""Runs a suite on a frame with one row per day and gives a verdict for each day and expectation.

The frame is a profile that DuckDB aggregated, so its size does not grow with the logs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from expectations import worker
from expectations.rule import CRITICAL, Rule

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Verdict:
    """What one expectation said about one day (null: about the whole table)."""

    table_name: str
    day: date | None
    expectation: str
    severity: str
    is_passed: bool
    observed: str
    expected: str
    reason: str

    @property
    def blocks(self) -> bool:
        """Whether the day must not flow on, unless an operator waives it."""
        return is_blocking(self.severity, is_passed=self.is_passed)


def is_blocking(severity: str, *, is_passed: bool, is_waived: bool = False) -> bool:
    """What a verdict means: a critical failure stops what would flow on, unless an operator waived it."""
    return severity == CRITICAL and not is_passed and not is_waived


def validate(table_name: str, rules: Sequence[Rule], profile: pd.DataFrame) -> list[Verdict]:
    """Validate a profile against rules.

    Args:
        table_name: The table that the profile describes.
        rules: What must hold; a rule whose column the profile lacks is an error, not a pass.
        profile: One row per day with a ``day`` column and one column per rule; a null value is not checked (it stands
            for "not known", such as a ratio without a denominator).

    Returns:
        One verdict per day and rule, in the profile's order.

    Raises:
        KeyError: The profile lacks a rule's column.
    """
    import pandas as pd  # noqa: PLC0415 - only gates need it

    missing = [rule.column for rule in rules if rule.column not in profile.columns]
    if missing:
        raise KeyError(f"profile of {table_name} lacks the columns {', '.join(missing)}")
    if profile.empty:
        return []
    frame = profile.reset_index(drop=True)
    failing = worker.failing_rows(table_name, rules, frame)
    verdicts = []
    for rule in rules:
        for index, (day, value) in enumerate(zip(frame["day"], frame[rule.column], strict=True)):
            verdicts.append(
                Verdict(
                    table_name=table_name,
                    day=None if pd.isna(day) else day,
                    expectation=f"{rule.column} {rule.expected}",
                    severity=rule.severity,
                    is_passed=index not in failing[rule],
                    observed="" if pd.isna(value) else f"{value:g}",
                    expected=rule.expected,
                    reason=rule.reason,
                )
            )
    return verdicts


def validate_few(table_name: str, rules: Sequence[Rule], profile: Sequence[Mapping[str, Any]]) -> list[Verdict]:
    """Give the verdicts of ``validate`` on a few rows, without the seconds that importing Great Expectations takes.

    The bounds are the rules' own, so the two cannot differ in what they allow; a test holds them to the same verdicts.
    """
    return [
        Verdict(
            table_name=table_name,
            day=row["day"],
            expectation=f"{rule.column} {rule.expected}",
            severity=rule.severity,
            is_passed=not rule.breaks(row[rule.column]),
            observed="" if row[rule.column] is None else f"{row[rule.column]:g}",
            expected=rule.expected,
            reason=rule.reason,
        )
        for rule in rules
        for row in profile
    ]
