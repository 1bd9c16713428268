"""Examples in a mapping, tried when it is read: what a value makes of a text that the operator gives."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from pipelines.connectors.mapping_sql import expression
from pipelines.connectors.mapping_value import Value
from pipelines.connectors.sql import utc_text
from pipelines.contract import Log, Type
from pipelines.sql import literal

_ZONE = "UTC"
"""Time zone of examples without one; a mapping does not know that of the community."""


def try_examples(log: Log, columns: Mapping[str, Value]) -> None:
    """Try the examples of an output's values.

    Raises:
        ValidationError: One becomes another text than the mapping says; names its place.
    """
    wrong: list[InitErrorDetails] = []
    for name, value in columns.items():
        if value.examples:
            found = _becomes(log, name, value, currency_of(log, columns, {}, _ZONE))
            for given, wanted in value.examples.items():
                if found[given] != wanted:
                    said = f"{given!r} becomes {found[given]!r}, not {wanted!r}"
                    place = ("columns", name, "examples", given)
                    wrong.append(InitErrorDetails(type=PydanticCustomError("example", said), loc=place, input=given))
    if wrong:
        raise ValidationError.from_exception_data("examples", wrong)


def currency_of(log: Log, columns: Mapping[str, Value], names: dict[str, str], timezone: str) -> str:
    """SQL for the currency of a row; null where the log has none, and where its column is not among ``names``."""
    value = columns.get("currency")
    if value is None or not set(value.source_columns()) <= set(names):
        return "cast(null as varchar)" if value is None or value.default is None else literal(value.default)
    return expression(log.column("currency"), value, names, timezone, "null")


def _becomes(log: Log, name: str, value: Value, currency: str) -> dict[str, str]:
    """Return each example as a landing file would hold it."""
    column = log.column(name)
    names = dict.fromkeys(value.source_columns(), "cast(null as varchar)")
    names[value.text_columns()[0]] = "given"
    made = expression(column, value, names, _ZONE, currency)
    text = utc_text(made) if column.type is Type.TIME else f"cast({made} as varchar)"
    rows = ", ".join(f"({literal(given)})" for given in value.examples)
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        table = f"(select raw, nullif(raw, '') as given from (values {rows}) as examples(raw))"
        return dict(connection.execute(f"select raw, coalesce({text}, '') from {table}").fetchall())
