"""Which definitions of churn a community has, when their models are trained, and on which cut-offs."""

from __future__ import annotations

from datetime import date

from models.churn_definitions import Definition, inactivity, lapse
from models.cutoffs import cutoff_days
from pipelines.churn import store
from pipelines.home import Home
from pipelines.lake import manifest
from pipelines.settings import Settings


def active_definitions(home: Home, settings: Settings) -> list[Definition]:
    """Inactivity always, lapse where subscriptions are collected; with the horizon and grace period of the settings."""
    horizon = settings.churn_horizon_days
    rows = manifest.current(home).to_pylist()
    if any(row["log"] == "subscriptions" and row["n_rows"] for row in rows):
        return [inactivity(horizon), lapse(horizon, settings.renewal_grace_days)]
    return [inactivity(horizon)]


def training_days(home: Home, settings: Settings, first_day: date, through_day: date) -> tuple[date, ...]:
    """Cut-offs to build features for: all of them when training is due, none on the days between."""
    trained = store.newest_training_day(home, active_definitions(home, settings))
    if trained is not None and 0 <= (through_day - trained).days < settings.training_interval_days:
        return ()
    step = settings.churn_cutoff_step_days
    return tuple(cutoff_days(first_day, through_day, settings.churn_horizon_days, step))
