"""The definitions of churn. One definition says who is scored, what counts as churn and when that is known.

The rows of a definition come from dbt: eligible members from ``churn_features``, outcomes from
``churn_labels``. The modelling code knows nothing else about it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Definition:
    """A named meaning of churn.

    ``known_after_days`` after an as-of day all its outcomes are known. ``logs`` are those that the outcome rests on.
    The rule tells members apart by one feature, in bands from one of the ascending edges to the next. An honest feature
    orders members no better than ``max_auc`` (ROC-AUC): what is better is taken for a leak.
    """

    name: str
    horizon_days: int
    known_after_days: int
    eligible: str
    label: str
    logs: tuple[str, ...]
    rule_feature: str
    rule_edges: tuple[float, ...]
    max_auc: float


def inactivity(horizon_days: int = 30) -> Definition:
    """Active in the last H days, none in the next H."""
    return Definition(
        name="inactivity",
        horizon_days=horizon_days,
        known_after_days=horizon_days,
        eligible=f"members active in the last {horizon_days} days; not bots, staff, or those known to have gone",
        label=f"no activity in the next {horizon_days} days",
        logs=("interactions", "content"),
        rule_feature="days_since_active",
        rule_edges=(horizon_days / 3, 2 * horizon_days / 3),
        max_auc=0.95,
    )


def lapse(horizon_days: int = 30, grace_days: int = 7) -> Definition:
    """A paid term ends in the next H days, and no other begins within the grace period after its end."""
    return Definition(
        name="lapse",
        horizon_days=horizon_days,
        known_after_days=horizon_days + grace_days,
        eligible=(
            f"members whose paid term ends in the next {horizon_days} days; "
            "not bots, staff, or those known to have gone"
        ),
        label=f"the term ended and was not renewed within {grace_days} days",
        logs=("subscriptions",),
        rule_feature="is_auto_renewing",
        rule_edges=(0.5,),
        max_auc=0.995,  # a cancellation announces the lapse honestly
    )
