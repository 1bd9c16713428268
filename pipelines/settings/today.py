"""Settings of looks at the running day. ``pipelines.settings.Settings`` includes them."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings


class TodaySettings(BaseSettings):
    """How often the day so far is looked at, and what is a silence."""

    today_minutes: int = Field(
        0,
        ge=0,
        le=1440,
        description="Minutes between two looks at the day so far, as `guildbook run --today` takes them, while Dagster "
        "is at work; 0 takes none.",
    )
    today_silent_hours: int = Field(
        2,
        ge=1,
        le=24,
        description="Hours without a row of a log that comes through the day from which a look at the day says that it "
        "is silent; longer than the time between two deliveries.",
    )
