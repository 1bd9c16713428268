"""Runs a suite on a frame with one row per day and gives a verdict for each day and expectation.

The frame is a profile that DuckDB aggregated, so its size does not grow with the logs. Great Expectations is imported
inside the functions: it takes seconds, and only gates need it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

CRITICAL = "critical"
WARNING = "warning"


@dataclass(frozen=True)
class Rule:
    """One expectation of a profile's column: its value lies between two bounds, on every day.

    ``severity`` critical blocks, warning shows; ``reason`` says why the rule exists.
    """

    column: str
    severity: str
    reason: str
    minimum: float | None = None
    maximum: float | None = None

    @property
    def expected(self) -> str:
        """The bounds in words."""
        if self.minimum is None:
            return f"at most {self.maximum:g}"
        if self.maximum is None:
            return f"at least {self.minimum:g}"
        return f"{self.minimum:g} to {self.maximum:g}"

    def breaks(self, value: float | None) -> bool:
        """Tell whether a value lies outside the bounds; what is not known does not."""
        if value is None:
            return False
        is_low = self.minimum is not None and value < self.minimum
        return is_low or (self.maximum is not None and value > self.maximum)


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
    failing = _failing_rows(table_name, rules, frame)
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


def _failing_rows(table_name: str, rules: Sequence[Rule], frame: pd.DataFrame) -> dict[Rule, set[int]]:
    """Return the rows on which each rule fails.

    A column of one value takes Great Expectations as long as one of thousands, so all values that have the same bounds
    stand below each other in one column.
    """
    import great_expectations as gx  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415
    from great_expectations.data_context.types.base import ProgressBarsConfig  # noqa: PLC0415

    logging.getLogger("great_expectations.data_context.types.base").setLevel(
        logging.WARNING
    )  # names a folder each time
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    alike: dict[str, list[Rule]] = {}
    for rule in rules:
        alike.setdefault(f"{rule.minimum} to {rule.maximum}", []).append(rule)
    values = {
        bounds: pd.concat([frame[rule.column].astype(float) for rule in same], ignore_index=True)
        for bounds, same in alike.items()
    }
    batch = (
        context.data_sources.add_pandas("profiles")
        .add_dataframe_asset(table_name)
        .add_batch_definition_whole_dataframe("all")
        .get_batch({"dataframe": pd.DataFrame(values)})
    )
    between = gx.expectations.ExpectColumnValuesToBeBetween
    suite = gx.ExpectationSuite(
        name=table_name,
        expectations=[
            between(column=bounds, min_value=same[0].minimum, max_value=same[0].maximum)
            for bounds, same in alike.items()
        ],
    )
    outcome = batch.validate(suite, result_format={"result_format": "COMPLETE"})
    failing: dict[Rule, set[int]] = {rule: set() for rule in rules}
    for one in outcome.results:
        if _raised(one.exception_info):
            raise RuntimeError(f"suite of {table_name} could not be evaluated: {one.exception_info}")
        same = alike[one.expectation_config.kwargs["column"]]
        for index in one.result.get("unexpected_index_list") or []:
            place, row = divmod(index, len(frame))
            failing[same[place]].add(row)
    return failing


def _raised(info: dict[str, Any]) -> bool:
    """Whether GX reports an exception; it gives one flat dict or one dict per metric."""
    parts = [info] if "raised_exception" in info else list(info.values())
    return any(part.get("raised_exception") for part in parts)
