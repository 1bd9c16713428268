"""The published figures that are watched for restatements, in one place. To watch another one, add it here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Figures:
    """Measures of one mart that are made from the same logs.

    Attributes:
        mart: Mart with one row per period, and per value of ``dimension`` where it has one.
        period: Its column of periods, ``day`` or ``month`` (a month is its first day).
        metrics: Columns that are compared.
        logs: Logs that they are counted from.
        looks_back: Days before the period that its figures look back on; None for all of them.
        looks_ahead: Days after the period that still decide about it.
        dimension: Column that splits a period, such as the currency.
    """

    mart: str
    period: str
    metrics: tuple[str, ...]
    logs: tuple[str, ...]
    looks_back: int | None
    looks_ahead: int = 0
    dimension: str | None = None

    def reach(self, day: date) -> tuple[date, date]:
        """First and last event day that decides about the period that begins on ``day``."""
        first = date.min if self.looks_back is None else day - timedelta(days=self.looks_back)
        return first, self.last_day(day) + timedelta(days=self.looks_ahead)

    def last_day(self, day: date) -> date:
        """Last day of the period that begins on ``day``."""
        if self.period == "day":
            return day
        return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def watched(*, grace_days: int) -> tuple[Figures, ...]:
    """Every figure that is watched; ``grace_days`` is the setting that keeps a term open after its end."""
    return (
        Figures(
            mart="community_days",
            period="day",
            metrics=(
                "dau",
                "wau",
                "mau",
                "stickiness",
                "new_members",
                "resurrected_members",
                "lost_members",
                "joined_members",
                "n_contents",
                "n_interactions",
                "n_reads",
                "n_anonymous_acts",
            ),
            logs=("interactions", "content", "members"),
            looks_back=58,
        ),
        Figures(
            mart="revenue_months",
            period="month",
            dimension="currency",
            metrics=(
                "mrr_start_minor",
                "mrr_new_minor",
                "mrr_expansion_minor",
                "mrr_reactivation_minor",
                "mrr_contraction_minor",
                "mrr_churn_minor",
                "mrr_end_minor",
                "n_payers_start",
                "n_new",
                "n_expanded",
                "n_reactivated",
                "n_contracted",
                "n_churned",
                "n_payers_end",
                "arpu_minor",
            ),
            logs=("subscriptions", "members"),
            looks_back=None,
            looks_ahead=grace_days,
        ),
        Figures(
            mart="revenue_months",
            period="month",
            dimension="currency",
            metrics=("payments_in_minor", "refunds_minor", "fees_minor"),
            logs=("payments",),
            looks_back=0,
        ),
    )
