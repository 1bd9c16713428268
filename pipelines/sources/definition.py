"""What the operator says of a source: one YAML file in the home's folder ``sources``, named after it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from croniter import croniter
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from pipelines.connectors import ConnectorError
from pipelines.faults import UserError
from pipelines.home import Home
from pipelines.reading.documents import DocumentError, read_document
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


class _OnlyKind(BaseModel):
    model_config = ConfigDict(extra="ignore")

    kind: str


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


def names(home: Home) -> list[str]:
    """Names of the sources that the home has a file of, sorted."""
    return sorted(path.stem for path in home.sources.glob("*.yaml") if not path.name.startswith((".", "_")))


def read(home: Home, name: str, settings: Settings) -> Named:
    """Read and check the file of a source.

    Raises:
        SourceError: There is none, its kind is unknown, or a key is wrong.
    """
    from pipelines.connectors.leftovers import SOURCE  # noqa: PLC0415
    from pipelines.sources.kinds import KINDS  # noqa: PLC0415

    path = home.sources / f"{name}.yaml"
    if not path.is_file():
        there = ", ".join(names(home)) or "none"
        raise SourceError(f"{name}: there is no {path}; there is {there}")
    if not SOURCE.fullmatch(name):
        raise SourceError(f"{name}: a source is named by lower-case letters, digits and _; rename {path}")
    try:
        kind = read_document(path, _OnlyKind, settings).kind
        if kind not in KINDS:
            raise SourceError(f"{name}: kind {kind!r} in {path.name} is none of {', '.join(KINDS)}")
        return Named(name, path, read_document(path, KINDS[kind].model, settings))
    except (DocumentError, ConnectorError) as error:
        raise SourceError(f"{name}: {error}") from error


def read_all(home: Home, settings: Settings) -> list[Named]:
    """Read every source of the home.

    Raises:
        SourceError: One is wrong, or two put the same prefix before their ids.
    """
    found = [read(home, name, settings) for name in names(home)]
    by_prefix: dict[str, str] = {}
    for one in found:
        if (other := by_prefix.setdefault(one.prefix, one.name)) != one.name:
            raise SourceError(
                f"{one.name}: its ids would be those of {other}, both begin with {one.prefix!r}; "
                f"give one of the two files another prefix"
            )
    return found
