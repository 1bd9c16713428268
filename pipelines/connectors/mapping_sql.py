"""SQL for the parts of a mapping: filters and values over the text columns of a source table.

``names`` is always source column -> SQL name of its text. The parts themselves are defined in ``mapping``.
"""

from __future__ import annotations

from pipelines.connectors.mapping import Filter, Value
from pipelines.connectors.prepare import Problem, shown
from pipelines.connectors.sql import epoch_time, iso_time, local_day
from pipelines.contract import Column, Type
from pipelines.contract.rules import EMPTY_SPELLINGS
from pipelines.sql import identifier, literal


def as_text(name: str, type_: str) -> str:
    """SQL for a source column as text, lists joined by ``|``, empty text null."""
    column = identifier(name)
    text = f"array_to_string({column}, '|')" if type_.endswith("[]") else f"cast({column} as varchar)"
    return f"nullif({text}, '')"


def condition(rule: Filter, names: dict[str, str]) -> str:
    """SQL that holds for the rows that a filter keeps; never null."""
    column = names[rule.column]
    if rule.not_null:
        return f"{column} is not null"
    if rule.equals_column is not None:
        return f"{column} is not distinct from {names[rule.equals_column]}"
    if rule.not_equals_column is not None:
        return f"{column} is distinct from {names[rule.not_equals_column]}"
    wanted = rule.equals if rule.equals is not None else rule.not_equals
    values = ", ".join(literal(value) for value in ([wanted] if isinstance(wanted, str) else wanted or []))
    return f"coalesce({column}, '') {'in' if rule.equals is not None else 'not in'} ({values})"


def text_of(value: Value, names: dict[str, str]) -> str:
    """SQL for the text that a value starts from; null where a part of it is."""
    if value.constant is not None:
        return literal(value.constant)
    if value.column is not None:
        return _filled(value, names[value.column])
    parts = [
        part
        for text, column in value.template_parts()
        for part in (literal(text), _filled(value, names[column]) if column is not None else literal(""))
    ]
    return f"({' || '.join(parts)})"


def expression(column: Column, value: Value, names: dict[str, str], timezone: str) -> str:
    """SQL for one column of the log."""
    text = text_of(value, names)
    if column.type is not Type.TEXT:
        text = f"nullif(trim({text}), '')"
    if value.values is not None:
        cases = " ".join(f"when {literal(old)} then {literal(new)}" for old, new in value.values.items())
        text = f"case {text_of(value, names)} {cases} end"
    if value.prefix:
        text = f"{literal(value.prefix)} || {text}"
    if column.type not in (Type.TIME, Type.DAY):
        return text
    time = iso_time(text, value.timezone or timezone) if value.time == "iso" else epoch_time(text, value.time)
    if column.type is Type.TIME:
        return time
    day = local_day(time, timezone)
    day_alone = f"case when regexp_matches({text}, '^\\d{{4}}-\\d{{2}}-\\d{{2}}$') then {text} end"
    return f"coalesce(try_cast({day_alone} as date), {day})"


def _filled(value: Value, text: str) -> str:
    """SQL for the text of a source column, null where the mapping says that it stands for no value."""
    return f"case when {text} not in ({', '.join(map(literal, value.empty))}) then {text} end" if value.empty else text


def empty_spellings(name: str, value: Value, names: dict[str, str]) -> list[Problem]:
    """Return the reason to leave out rows whose id is made from a word for no value, which a prefix would hide."""
    words = ", ".join(map(literal, EMPTY_SPELLINGS))
    said = f" || {literal(' stands for no value; list it under empty')}"
    return [
        Problem(f"{_filled(value, names[one])} in ({words})", literal(f"{name}: ") + f" || {shown(names[one])}" + said)
        for one in value.source_columns()
    ]


def unmapped_reason(name: str, value: Value, names: dict[str, str]) -> str:
    """SQL for the reason not to write a row whose value the mapping does not name."""
    return f"{literal(f'{name}: ')} || {shown(text_of(value, names))} || {literal(' is not among values')}"
