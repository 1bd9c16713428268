"""What the operator says of a source: one YAML file in the home's folder ``sources``, named after it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from croniter import croniter
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from pipelines.faults import UserError
from pipelines.settings import Settings
from pipelines.settings.secrets import secret


class SourceError(UserError):
    """A source cannot be pulled; the message begins with its name and says what to do."""


class Source(BaseModel):
    """What every kind of source is told; each kind adds its own keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    kind: str
    prefix: str | None = Field(None, max_length=100, description="Put before every id; the source's name and a colon.")
    schedule: str = Field("0 5 * * *", description="When Dagster pulls it: cron, in the community's time zone.")
    look_back_days: int = Field(7, ge=0, le=3650, description="Days whose records are asked for again at each pull.")
    requests_per_minute: int = Field(60, ge=1, le=60_000, description="Requests a minute at most.")
    max_answer_mb: int = Field(20, ge=1, le=1000, description="Size beyond which an answer is refused (MB).")
    max_requests: int = Field(100_000, ge=1, description="Requests of one pull at most.")
    secrets: dict[str, str] = Field({}, description="Secret -> name of the variable that holds it.")
    mapping: Path | None = Field(None, description="A mapping of your own, beside this file.")

    @field_validator("schedule")
    @classmethod
    def _is_cron(cls, value: str) -> str:
        if not croniter.is_valid(value):
            raise ValueError(f"{value!r} is no cron schedule; write one such as 0 5 * * * for five o'clock each day")
        return value


@dataclass(frozen=True)
class Named:
    """A source with its name and file."""

    name: str
    path: Path
    source: Source

    @property
    def prefix(self) -> str:
        """What is put before every id of the source."""
        return f"{self.name}:" if self.source.prefix is None else self.source.prefix

    def secret(self, settings: Settings, key: str) -> SecretStr | None:
        """Value of the secret ``key``; None where the file names none.

        Raises:
            SourceError: The variable that the file names has no value.
        """
        if (variable := self.source.secrets.get(key)) is None:
            return None
        try:
            return secret(settings, variable)
        except UserError as error:
            raise SourceError(f"{self.name}: {self.path.name} wants secrets.{key}, but {error}") from error
