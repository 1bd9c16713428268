"""Settings of the rules between logs, which gate 2 judges; a part of :class:`pipelines.settings.Settings`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode

from expectations.relations import RELATIONS


class RelationSettings(BaseSettings):
    """How many rows may contradict another log."""

    max_relation_share: float = Field(
        0.2,
        gt=0,
        le=1,
        description="Share of a log day's rows that may contradict another log, above the usual share of the log, "
        "before nothing is published.",
    )
    relation_least_rows: int = Field(
        10, ge=1, description="Rows of a log day that must contradict another log before their share is judged."
    )
    relations_only_warned: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Rules between logs that warn and never block, separated by commas, as `amount_differs`."
    )

    @field_validator("relations_only_warned", mode="before")
    @classmethod
    def _split_names(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("relations_only_warned")
    @classmethod
    def _check_names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        known = sorted(name for name, relation in RELATIONS.items() if relation.blocks)
        if unknown := sorted(set(value) - set(known)):
            raise ValueError(f"no rule between logs that blocks is called {', '.join(unknown)}; {', '.join(known)} are")
        return value
