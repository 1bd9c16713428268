"""Which definitions of churn a community has: inactivity always, lapse where subscriptions are collected."""

from __future__ import annotations

from models.definitions import Definition, inactivity, lapse
from pipelines.home import Home
from pipelines.lake import manifest
from pipelines.settings import Settings


def wanted(home: Home, settings: Settings) -> list[Definition]:
    """Definitions that the community's logs allow, with the horizon and grace period of the settings."""
    horizon = settings.churn_horizon_days
    rows = manifest.current(home).to_pylist()
    if any(row["log"] == "subscriptions" and row["n_rows"] for row in rows):
        return [inactivity(horizon), lapse(horizon, settings.renewal_grace_days)]
    return [inactivity(horizon)]
