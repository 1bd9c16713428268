"""What a mapping says of a table: its file and how that is written."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator


class Model(BaseModel):
    """A part of a mapping: no key but those defined."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def as_list(value: object) -> object:
    """Return a text alone as a list of it; anything else as it is."""
    return [value] if isinstance(value, str) else value


class Table(Model):
    """A file and how it is written; the keys after ``delimiter`` are for exports that are made for people."""

    file: Path
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    encoding: Annotated[list[str], BeforeValidator(as_list), Field(min_length=1)] = Field(["utf-8"])
    header: Annotated[str, Field(min_length=1)] | None = None
    until: Annotated[list[Annotated[str, Field(min_length=1)]], BeforeValidator(as_list)] = Field([])
    strip: str = ""
    names: dict[str, Annotated[list[str], BeforeValidator(as_list)]] = Field({})
    optional: list[str] = Field([])
    known_by: list[str] = Field([])

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, value: list[str]) -> list[str]:
        for one in value:
            try:
                "".encode(one)
            except LookupError as error:
                raise ValueError(f"{one!r} is no encoding of text; write one such as gb18030 or utf-16") from error
        return value

    @property
    def is_plain(self) -> bool:
        """Whether the file is read as it is: UTF-8, the first line the header, the last one a row."""
        encodings = [codecs.lookup(one).name for one in self.encoding]
        return self.header is None and not self.until and encodings == ["utf-8"]

    def actual(self, name: str, columns: dict[str, str]) -> str | None:
        """Return the name that the column ``name`` has among ``columns``; None where it is not among them."""
        return next((one for one in (name, *self.names.get(name, ())) if one in columns), None)


def _file_alone(value: object) -> object:
    return {"file": value} if isinstance(value, str) else value


GivenTable = Annotated[Table, BeforeValidator(_file_alone)]
"""A table as a mapping gives it: a text alone is its file."""
