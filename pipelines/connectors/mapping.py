"""The YAML mapping of a table import: its shape, checked before any table is opened.

How a mapping is carried out is ``table``'s business; ``docs/connectors.md`` is the reference for people.
"""

from __future__ import annotations

import string
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from pipelines.connectors.report import ConnectorError
from pipelines.contract import LOGS, Type
from pipelines.reading.documents import DocumentError, read_document
from pipelines.settings.limits import DEFAULT_LIMITS, LimitSettings


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Filter(_Model):
    """Keep a row only where ``column`` meets the one condition given; empty text counts as missing."""

    column: str
    equals: str | list[str] | None = None
    not_equals: str | list[str] | None = None
    equals_column: str | None = None
    not_equals_column: str | None = None
    not_null: bool | None = None

    @model_validator(mode="after")
    def _one_condition(self) -> Filter:
        given = self.model_fields_set - {"column"}
        if len(given) != 1 or self.not_null is False:
            raise ValueError("give one of equals, not_equals, equals_column, not_equals_column, not_null: true")
        return self


class Value(_Model):
    """Where a column of the log gets its text: exactly one of column, constant, template; then the rest."""

    column: str | None = None
    constant: str | None = None
    template: str | None = None
    prefix: str = ""
    empty: list[str] = []
    values: Annotated[dict[str, str], Field(min_length=1)] | None = None
    unmapped: Literal["skip", "error"] = "skip"
    time: Literal["iso", "epoch_s", "epoch_ms"] = "iso"
    timezone: str | None = None

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str | None) -> str | None:
        try:
            return value and ZoneInfo(value).key
        except (OSError, ValueError, KeyError) as error:
            raise ValueError(f"{value!r} is no IANA time zone; write one such as Asia/Shanghai or UTC") from error

    @model_validator(mode="after")
    def _one_origin(self) -> Value:
        if sum(origin is not None for origin in (self.column, self.constant, self.template)) != 1:
            raise ValueError("give exactly one of column, constant, template")
        if "unmapped" in self.model_fields_set and self.values is None:
            raise ValueError("unmapped needs values")
        self.template_parts()
        return self

    def template_parts(self) -> list[tuple[str, str | None]]:
        """Return pairs of literal text and the source column that follows it (None at the end)."""
        parts = list(string.Formatter().parse(self.template or ""))
        if any(column == "" or spec or conversion for _, column, spec, conversion in parts):
            raise ValueError("in a template write {column}, and nothing else, between braces")
        return [(text, column) for text, column, _, _ in parts]

    def source_columns(self) -> list[str]:
        """Return the columns of the source table that this value reads."""
        named = [self.column, *(column for _, column in self.template_parts())]
        return [column for column in named if column is not None]


def _shorthand(value: object) -> object:
    return {"column": value} if isinstance(value, str) else value


class Output(_Model):
    """One log fed from one table."""

    log: str
    table: Path
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    where: list[Filter] = []
    once_per: str | None = None
    columns: dict[str, Annotated[Value, BeforeValidator(_shorthand)]]

    @model_validator(mode="after")
    def _fits_contract(self) -> Output:
        if self.log not in LOGS:
            raise ValueError(f"log {self.log!r} is none of {', '.join(LOGS)}")
        log = LOGS[self.log]
        known = {column.name: column for column in log.own_columns if column.name != "source"}
        if unknown := [name for name in self.columns if name not in known]:
            raise ValueError(f"columns.{unknown[0]}: the log {self.log} has {', '.join(known)}")
        if missing := [name for name, column in known.items() if column.required and name not in self.columns]:
            raise ValueError(f"columns: the log {self.log} requires {', '.join(missing)} too")
        for name, value in self.columns.items():
            column = known[name]
            if column.type not in (Type.TIME, Type.DAY) and value.model_fields_set & {"time", "timezone"}:
                raise ValueError(f"columns.{name}: time and timezone are for time columns only")
            given = [
                *(value.values or {}).values(),
                *([value.constant] if value.constant and not value.values else []),
            ]
            if column.kinds and (wrong := [kind for kind in given if kind not in column.kinds]):
                raise ValueError(f"columns.{name}: {wrong[0]!r} is none of {', '.join(column.kinds)}")
        if self.once_per is not None and self.once_per not in self.columns:
            raise ValueError(f"once_per: {self.once_per!r} is none of the columns given")
        return self

    def source_columns(self) -> list[str]:
        """Return the columns of the source table that this output reads, each once."""
        filters = [name for rule in self.where for name in (rule.column, rule.equals_column, rule.not_equals_column)]
        values = [name for value in self.columns.values() for name in value.source_columns()]
        return list(dict.fromkeys(name for name in (*values, *filters) if name is not None))


class MappingSettings(_Model):
    """Settings that the tables need to be counted right; the import writes them to the home folder."""

    active_by_events: bool | None = None


class Mapping(_Model):
    """A whole mapping: the name of the source, the settings it needs and what its tables become."""

    source: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]*$")]
    settings: MappingSettings = MappingSettings()
    outputs: Annotated[list[Output], Field(min_length=1)]


def read_mapping(path: Path, limits: LimitSettings = DEFAULT_LIMITS) -> Mapping:
    """Read and check the mapping file ``path``.

    Raises:
        ConnectorError: The file is missing, no YAML, or breaks a rule; names each key concerned.
    """
    try:
        return read_document(path, Mapping, limits)
    except DocumentError as error:
        raise ConnectorError(str(error)) from error
