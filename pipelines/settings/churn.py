"""Settings of what churn is and of the model that foresees it; a part of :class:`pipelines.settings.Settings`."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings


class ChurnSettings(BaseSettings):
    """The definitions of churn, and when and on what a model is trained."""

    churn_horizon_days: int = Field(
        30, ge=7, le=365, description="Days without activity after which a member counts as churned (H)."
    )
    renewal_grace_days: int = Field(
        7, ge=0, le=90, description="Days after a paid term's end within which a renewal still counts as one."
    )
    churn_cutoff_step_days: int = Field(
        30, ge=7, le=365, description="Days from one cut-off of the churn model to the next."
    )
    churn_test_cutoffs: int = Field(12, ge=1, description="Latest cut-offs, on which the churn model is tested.")
    churn_min_churners: int = Field(
        100, ge=1, description="Past churners needed before a model is trained instead of the rule."
    )
    training_interval_days: int = Field(7, ge=1, description="Days after which the churn model is trained again.")
    seed: int = Field(7, ge=0, description="Seed of the churn model's random choices.")
