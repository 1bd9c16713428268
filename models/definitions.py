"""The definitions of churn. One definition says who is judged, what counts as churn and when that is known.

The rows of a definition come from dbt: eligible members from ``churn_features``, outcomes from
``churn_labels``. The modelling code knows nothing else about it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Definition:
    """A named meaning of churn; ``horizon_days`` after the as-of day the outcome is known."""

    name: str
    horizon_days: int
    eligible: str
    label: str


def inactivity(horizon_days: int = 30) -> Definition:
    """Active in the last H days, none in the next H."""
    return Definition(
        name="inactivity",
        horizon_days=horizon_days,
        eligible=f"members active in the last {horizon_days} days, bots and staff left out",
        label=f"no activity in the next {horizon_days} days",
    )
