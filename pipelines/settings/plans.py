"""Settings of what the operator wants to reach; a part of :class:`pipelines.settings.Settings`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, Strict, field_validator
from pydantic_settings import BaseSettings, NoDecode


class PlanSettings(BaseSettings):
    """Targets of metrics: which there are and what each may be is known by ``pipelines.metrics.targets``."""

    targets: Annotated[dict[str, Annotated[float, Strict()] | str], NoDecode] = Field(
        {},
        description="Targets of [metrics](metrics.md), as `mau=500,show_up_rate=60 %,mrr=120000 CNY`; in "
        '`guildbook.toml` a table `[targets]`. A share is written as 0.6 or "60 %", money with its currency.',
    )

    @field_validator("targets", mode="before")
    @classmethod
    def _split_targets(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        pairs = [pair.partition("=") for pair in value.split(",") if pair.strip()]
        return {key.strip(): named.strip() for key, _, named in pairs}
