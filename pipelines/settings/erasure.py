"""Settings of what an erasure reaches besides the home. ``pipelines.settings.Settings`` includes them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode


class ErasureSettings(BaseSettings):
    """Where copies of the home lie."""

    backups: Annotated[tuple[Path, ...], NoDecode] = Field(
        (),
        description="Folders with unpacked copies of the home or of parts of it, separated by commas: an erasure goes "
        "through them too. Archives in them are named, not opened.",
    )

    @field_validator("backups", mode="before")
    @classmethod
    def _split_backups(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("backups")
    @classmethod
    def _absolute_backups(cls, value: tuple[Path, ...]) -> tuple[Path, ...]:
        return tuple(path.expanduser().resolve() for path in value)
