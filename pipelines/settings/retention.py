"""Settings of the daily list and of how campaigns are judged; a part of :class:`pipelines.settings.Settings`."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode


class RetentionSettings(BaseSettings):
    """Who is listed, how members are drawn into arms, and by what plan their campaigns are compared."""

    retention_capacity: int = Field(
        20, ge=0, le=10_000, description="Members a day who can be contacted: as many are treated on the day's list."
    )
    retention_least_risk: float = Field(
        0.3, ge=0, le=1, description="Risk of churn below which nobody is listed; places may stay free."
    )
    retention_least_risk_ratio: float = Field(
        2.0,
        ge=0,
        description="Times the usual share that churns below which nobody is listed; high risk is always enough.",
    )
    retention_held_out_share: float = Field(
        0.3,
        ge=0,
        le=0.9,
        description="Chance that a listed member goes to the control arm, so that the effect can be measured.",
    )
    retention_cool_down_days: int = Field(
        30, ge=1, le=365, description="Days after being listed or contacted for which a member is not listed again."
    )
    retention_campaign: str = Field(
        "retention-1",
        pattern=r"^[A-Za-z0-9_-]+$",
        description="Campaign of the lists; with another name arms are drawn again.",
    )
    retention_least_randomised: int = Field(
        100,
        ge=2,
        description="Members per arm, definition of churn and risk band, outcome known, from which lists are ranked by "
        "measured effect.",
    )
    treated_shares: Annotated[dict[str, float], NoDecode] = Field(
        {},
        description="Planned shares of treated members in campaigns whose arms you draw, as `may-call=0.8,june=0.7`; "
        "one half where not named. The ratio check compares with them.",
    )
    judgement_days: Annotated[dict[str, date], NoDecode] = Field(
        {},
        description="Days on which campaigns are judged once, as `june=2026-07-15`, each named before the campaign's "
        "first outcome is known; a campaign without one is judged every morning.",
    )
    arm_key: SecretStr = Field(
        SecretStr(""),
        description="Secret key of the draw into arms; not set, the home folder keeps one of its own in `.arm_key`.",
    )

    @field_validator("treated_shares", "judgement_days", mode="before")
    @classmethod
    def _split_pairs(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        pairs = [pair.strip().rpartition("=") for pair in value.split(",") if pair.strip()]
        return {campaign.strip(): named for campaign, _, named in pairs}

    @field_validator("treated_shares")
    @classmethod
    def _check_shares(cls, value: dict[str, float]) -> dict[str, float]:
        for campaign, share in value.items():
            if not campaign or not 0 < share < 1:
                raise ValueError(f"{campaign or 'a share'}: name a campaign and a share between 0 and 1, as june=0.7")
        return value

    @field_validator("judgement_days")
    @classmethod
    def _check_judgement_days(cls, value: dict[str, date]) -> dict[str, date]:
        if "" in value:
            raise ValueError("name a campaign and a day, as june=2026-07-15")
        return value
