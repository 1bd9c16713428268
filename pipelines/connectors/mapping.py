"""The YAML mapping of a table import: its shape, checked before any table is opened.

How a mapping is carried out is ``table``'s business; ``docs/connectors.md`` is the reference for people.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from pipelines.connectors.mapping_examples import try_examples
from pipelines.connectors.mapping_table import GivenTable, Model, Table
from pipelines.connectors.mapping_value import Filter, Value
from pipelines.connectors.report import ConnectorError
from pipelines.contract import LOGS, Column, Type
from pipelines.reading.documents import DocumentError, read_document
from pipelines.settings.limits import DEFAULT_LIMITS, LimitSettings

_TIMES = (Type.TIME, Type.DAY)
_ROW_KEYS = ("once_per", "after_first_per")


def _column_alone(value: object) -> object:
    return {"column": value} if isinstance(value, str) else value


class Output(Model):
    """One log fed from one table."""

    log: str
    table: GivenTable
    where: list[Filter] = Field([])
    once_per: str | None = None
    after_first_per: str | None = None
    columns: dict[str, Annotated[Value, BeforeValidator(_column_alone)]]

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
            self._check_value(known[name], value)
        if self.once_per is not None and self.after_first_per is not None:
            raise ValueError("give once_per or after_first_per, not both")
        for key in _ROW_KEYS:
            if (name_ := getattr(self, key)) is not None and name_ not in self.columns:
                raise ValueError(f"{key}: {name_!r} is none of the columns given")
        try_examples(log, self.columns)
        return self

    def _check_value(self, column: Column, value: Value) -> None:
        place = f"columns.{column.name}"
        if column.type not in _TIMES and value.model_fields_set & {"time", "timezone"}:
            raise ValueError(f"{place}: time and timezone are for time columns only")
        if value.amount is not None and column.type is not Type.INTEGER:
            raise ValueError(f"{place}: amount is for whole numbers only")
        if value.amount == "major" and "currency" not in self.columns:
            raise ValueError(f"{place}: amount: major needs the column currency too")
        given = [*(value.values or {}).values(), *([value.default] if value.default else [])]
        given += [value.constant] if value.constant and not value.values else []
        if column.kinds and (wrong := [kind for kind in given if kind not in column.kinds]):
            raise ValueError(f"{place}: {wrong[0]!r} is none of {', '.join(column.kinds)}")

    def source_columns(self) -> list[str]:
        """Return the columns of the source table that this output reads, each once."""
        parts: list[Value | Filter] = [*self.columns.values(), *self.where]
        return list(dict.fromkeys(name for part in parts for name in part.source_columns()))


class Untaken(Model):
    """Columns of a table that no log has a place for, and why; the import says so."""

    table: GivenTable
    columns: Annotated[list[str], Field(min_length=1)]
    why: str


class MappingSettings(Model):
    """Settings that the tables need to be counted right; the import writes them to the home folder."""

    active_by_events: bool | None = None


class Mapping(Model):
    """A whole mapping: the name of the source, the settings it needs and what its tables become."""

    source: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]*$")]
    settings: MappingSettings = MappingSettings()
    outputs: Annotated[list[Output], Field(min_length=1)]
    untaken: list[Untaken] = Field([])

    def tables(self) -> list[Table]:
        """Return the tables that are read, each once."""
        values = [value for output in self.outputs for value in output.columns.values()]
        every = [
            *(output.table for output in self.outputs),
            *(one.table for one in self.untaken),
            *(value.lookup.table for value in values if value.lookup),
        ]
        return [table for number, table in enumerate(every) if table not in every[:number]]


def read_mapping(path: Path, limits: LimitSettings = DEFAULT_LIMITS) -> Mapping:
    """Read and check the mapping file ``path``.

    Raises:
        ConnectorError: The file is missing, no YAML, or breaks a rule; names each key concerned.
    """
    try:
        return read_document(path, Mapping, limits)
    except DocumentError as error:
        raise ConnectorError(str(error)) from error
