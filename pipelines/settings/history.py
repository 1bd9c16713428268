"""Settings of where Dagster keeps its history. ``pipelines.settings.Settings`` includes them."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings


class HistorySettings(BaseSettings):
    """Whose Dagster instance the commands use."""

    dagster_home: Path | None = Field(
        None,
        description="Folder with a `dagster.yaml` of your own, as `deploy/` has one: runs and events are kept where it "
        "says; not set, in the home folder's `dagster/`.",
    )

    @field_validator("dagster_home")
    @classmethod
    def _has_configuration(cls, value: Path | None) -> Path | None:
        if value is None:
            return None
        folder = value.expanduser().resolve()
        if not (folder / "dagster.yaml").is_file():
            raise ValueError(f"there is no dagster.yaml in {folder}; take the folder that holds it")
        return folder
