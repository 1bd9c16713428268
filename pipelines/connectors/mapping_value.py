"""What a mapping says of single values: filters on rows, and where a column of the log gets its text.

How it is carried out in SQL is ``mapping_sql``'s business; ``docs/connectors.md`` is the reference for people.
"""

from __future__ import annotations

import re
import string
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from pipelines.connectors.mapping_table import GivenTable, Model, as_list

TIME_UNITS = ("iso", "epoch_s", "epoch_ms")
"""Ways to write a time that have a name; every other one is spelled out, as ``%Y/%m/%d %H:%M``."""

_SPELLED_TIME = re.compile(r"([^%]|%[YmdHMSfIp])+")


def _known_pattern(value: str) -> str:
    try:
        pc.match_substring_regex(pa.array([""]), value)
    except pa.ArrowInvalid as error:
        raise ValueError(f"{value!r} is no regular expression of RE2: {error}") from error
    return value


Pattern = Annotated[str, AfterValidator(_known_pattern)]


class Filter(Model):
    """Keep a row only where ``column`` meets the one condition given; empty text counts as missing."""

    column: str
    equals: str | list[str] | None = None
    not_equals: str | list[str] | None = None
    equals_column: str | None = None
    not_equals_column: str | None = None
    matches: Pattern | None = None
    not_matches: Pattern | None = None
    not_null: bool | None = None

    @model_validator(mode="after")
    def _one_condition(self) -> Filter:
        given = self.model_fields_set - {"column"}
        if len(given) != 1 or self.not_null is False:
            names = ", ".join(name for name in Filter.model_fields if name not in ("column", "not_null"))
            raise ValueError(f"give one of {names}, not_null: true")
        return self

    def source_columns(self) -> list[str]:
        """Return the columns of the source table that this filter reads."""
        named = (self.column, self.equals_column, self.not_equals_column)
        return [column for column in named if column is not None]


class Lookup(Model):
    """Another table in which a text is looked up: the row whose ``key`` it is gives its ``column``."""

    table: GivenTable
    key: str
    column: str

    @property
    def name(self) -> str:
        """Name of what is looked up, which no column of a table has."""
        return f"lookup {self.model_dump_json()}"


class Value(Model):
    """Where a column of the log gets its text: exactly one of column, constant, template; then the rest, in order."""

    column: str | None = None
    constant: str | None = None
    template: str | None = None
    empty: list[str] = Field([])
    pattern: Pattern | None = None
    case: Literal["lower", "upper"] | None = None
    cut: Annotated[int, Field(ge=1)] | None = None
    lookup: Lookup | None = None
    values: Annotated[dict[str, str], Field(min_length=1)] | None = None
    default: str | None = None
    unmapped: Literal["skip", "error"] = "skip"
    prefix: str = ""
    time: Annotated[list[str], BeforeValidator(as_list), Field(min_length=1)] = Field(["iso"])
    timezone: str | None = None
    amount: Literal["major", "minor"] | None = None
    negative: Filter | None = None
    where: Filter | None = None
    examples: dict[str, str] = Field({})

    @field_validator("time")
    @classmethod
    def _known_time(cls, value: list[str]) -> list[str]:
        for one in value:
            spelled = _SPELLED_TIME.fullmatch(one) and all(f"%{part}" in one for part in "Ymd")
            if one not in TIME_UNITS and not spelled:
                raise ValueError(
                    f"{one!r} is none of {', '.join(TIME_UNITS)}; spell another one out with "
                    "%Y %m %d %H %M %S %f %I %p, as %Y/%m/%d %H:%M"
                )
        return value

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
        if "unmapped" in self.model_fields_set and (self.values is None or self.default is not None):
            raise ValueError("unmapped needs values, and no default beside it")
        if self.negative is not None and self.amount is None:
            raise ValueError("negative needs amount")
        columns = self.text_columns()
        if self.examples and len(columns) != 1:
            raise ValueError("examples are for a value of one column")
        if self.examples and self.lookup:
            raise ValueError("examples cannot be tried where a lookup decides")
        return self

    def template_parts(self) -> list[tuple[str, str | None]]:
        """Return pairs of literal text and the source column that follows it (None at the end)."""
        parts = list(string.Formatter().parse(self.template or ""))
        if any(column == "" or spec or conversion for _, column, spec, conversion in parts):
            raise ValueError("in a template write {column}, and nothing else, between braces")
        return [(text, column) for text, column, _, _ in parts]

    def text_columns(self) -> list[str]:
        """Return the columns of the source table that the text is made from."""
        named = [self.column, *(column for _, column in self.template_parts())]
        return [column for column in named if column is not None]

    def source_columns(self) -> list[str]:
        """Return the columns of the source table that this value reads."""
        filters = [rule for rule in (self.negative, self.where) if rule is not None]
        return [*self.text_columns(), *(column for rule in filters for column in rule.source_columns())]
