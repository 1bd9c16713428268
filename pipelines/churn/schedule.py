"""When the churn models are trained, and on which cut-offs."""

from __future__ import annotations

from datetime import date

from models.cutoffs import cutoff_days
from pipelines.churn import definitions, store
from pipelines.home import Home
from pipelines.settings import Settings


def training_days(home: Home, settings: Settings, first_day: date, through_day: date) -> tuple[date, ...]:
    """Cut-offs to build features for: all of them when training is due, none on the days between."""
    trained = store.newest_training_day(home, definitions.wanted(home, settings))
    if trained is not None and 0 <= (through_day - trained).days < settings.training_interval_days:
        return ()
    step = settings.churn_cutoff_step_days
    return tuple(cutoff_days(first_day, through_day, settings.churn_horizon_days, step))
