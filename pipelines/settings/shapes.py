"""Settings of the rules about the shape of a log day; a part of :class:`pipelines.settings.Settings`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode

from expectations.shape_rules import WITHHOLDING


class ShapeSettings(BaseSettings):
    """What becomes of a log day that looks like none of the log's past."""

    shapes_only_warned: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Rules about the shape of a log day that warn and never withhold it, separated by commas, as "
        "`kinds_gone,strangers`; `all` are all of them. For communities whose days have little in common.",
    )

    @field_validator("shapes_only_warned", mode="before")
    @classmethod
    def _split_shapes(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("shapes_only_warned")
    @classmethod
    def _check_shapes(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if value == ("all",):
            return WITHHOLDING
        if unknown := sorted(set(value) - set(WITHHOLDING)):
            raise ValueError(
                f"no rule about the shape of a day that withholds it is called {', '.join(unknown)}; "
                f"{', '.join(sorted(WITHHOLDING))} are"
            )
        return value
