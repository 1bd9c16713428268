"""SQL for the parts of a mapping: filters and values over the text columns of a source table.

``names`` is always source column -> SQL name of its text, and name of a lookup -> its SQL table. The parts
themselves are defined in ``mapping_value``.
"""

from __future__ import annotations

from pipelines.connectors.amounts import minor_units
from pipelines.connectors.mapping_value import Filter, Value
from pipelines.connectors.prepare import Problem, shown
from pipelines.connectors.sql import UNITS_PER_SECOND, epoch_time, iso_time, local_day, spelled_time
from pipelines.contract import Column, Type
from pipelines.contract.rules import EMPTY_SPELLINGS
from pipelines.sql import identifier, literal

_DAY = r"^\d{4}-\d{2}-\d{2}$"


def as_text(name: str, type_: str, strip: str) -> str:
    """SQL for a source column as text, ``strip`` taken off its ends, lists joined by ``|``; null where empty."""
    column = identifier(name)
    text = f"array_to_string({column}, '|')" if type_.endswith("[]") else f"cast({column} as varchar)"
    return f"nullif({f'trim({text}, {literal(strip)})' if strip else text}, '')"


def condition(rule: Filter, names: dict[str, str]) -> str:
    """SQL that holds for the rows that a filter keeps; never null."""
    column = names[rule.column]
    if rule.not_null:
        return f"{column} is not null"
    if rule.equals_column is not None:
        return f"{column} is not distinct from {names[rule.equals_column]}"
    if rule.not_equals_column is not None:
        return f"{column} is distinct from {names[rule.not_equals_column]}"
    if (pattern := rule.matches or rule.not_matches) is not None:
        return f"{'not ' if rule.not_matches else ''}regexp_matches(coalesce({column}, ''), {literal(pattern)})"
    wanted = rule.equals if rule.equals is not None else rule.not_equals
    values = ", ".join(literal(value) for value in ([wanted] if isinstance(wanted, str) else wanted or []))
    return f"coalesce({column}, '') {'in' if rule.equals is not None else 'not in'} ({values})"


def text_of(value: Value, names: dict[str, str]) -> str:
    """SQL for the text that a value starts from, in the case and length that it asks for; null where a part is."""
    text = _origin(value, names)
    if value.pattern is not None:
        group = 1 if "(" in value.pattern else 0
        matching = f"regexp_matches({text}, {literal(value.pattern)})"
        text = f"case when {matching} then nullif(regexp_extract({text}, {literal(value.pattern)}, {group}), '') end"
    if value.case is not None:
        text = f"{value.case}({text})"
    if value.cut is not None:
        text = f"left({text}, {value.cut})"
    if value.lookup is not None:
        text = f"(select looked.value from {names[value.lookup.name]} as looked where looked.key = {text})"
    return text


def expression(column: Column, value: Value, names: dict[str, str], timezone: str, currency: str) -> str:
    """SQL for one column of the log; ``currency`` is SQL for the code of the currency that its row is in."""
    text = text_of(value, names)
    if column.type is not Type.TEXT:
        text = f"nullif(trim({text}), '')"
    if value.values is not None:
        cases = " ".join(f"when {literal(old)} then {literal(new)}" for old, new in value.values.items())
        text = f"case {text_of(value, names)} {cases} end"
    if value.default is not None:
        text = f"coalesce({text}, {literal(value.default)})"
    if value.amount is not None:
        amount = minor_units(text, currency if value.amount == "major" else None)
        negative = condition(value.negative, names) if value.negative else None
        return f"case when {negative} then -abs({amount}) else abs({amount}) end" if negative else amount
    if value.prefix:
        text = f"{literal(value.prefix)} || {text}"
    if column.type not in (Type.TIME, Type.DAY):
        return text
    times = [_time(text, one, value.timezone or timezone) for one in value.time]
    if column.type is Type.TIME:
        return _first(times)
    days = [
        _day(text, one) for one in value.time if one == "iso" or not any(part in one for part in ("epoch", "%H", "%I"))
    ]
    return _first([*days, local_day(_first(times), timezone)])


def problems_of(column: Column, value: Value, names: dict[str, str], timezone: str, currency: str) -> list[Problem]:
    """Return the reasons not to write a row that come from one column of the log."""
    found = []
    text = text_of(value, names)
    if value.values and value.default is None:
        known = ", ".join(map(literal, value.values))
        found.append(Problem(f"{text} not in ({known})", said(column.name, text, NOT_AMONG_VALUES)))
    if column.type is Type.ID:
        words = ", ".join(map(literal, EMPTY_SPELLINGS))
        reason = " stands for no value; list it under empty"
        for one in value.text_columns():
            found.append(Problem(f"{_filled(value, names[one])} in ({words})", said(column.name, names[one], reason)))
    if value.amount is not None:
        amount = expression(column, value, names, timezone, currency)
        condition_ = f"nullif(trim({text}), '') is not null and ({amount}) is null"
        unit = literal(" is no amount in minor units")
        if value.amount == "major":
            unit = f"coalesce(' is no amount in ' || {currency}, ' is an amount without a currency')"
        found.append(Problem(condition_, f"{literal(f'{column.name}: ')} || {shown(text)} || {unit}"))
    return found


NOT_AMONG_VALUES = " is not among values"


def said(name: str, text: str, what: str) -> str:
    """SQL for what is wrong with a text of the column ``name``."""
    return f"{literal(f'{name}: ')} || {shown(text)} || {literal(what)}"


def _origin(value: Value, names: dict[str, str]) -> str:
    """SQL for the text of a value as it stands in the table, null where the value has none for the row."""
    text = _raw(value, names)
    return text if value.where is None else f"case when {condition(value.where, names)} then {text} end"


def _raw(value: Value, names: dict[str, str]) -> str:
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


def _filled(value: Value, text: str) -> str:
    """SQL for the text of a source column, null where the mapping says that it stands for no value."""
    return f"case when {text} not in ({', '.join(map(literal, value.empty))}) then {text} end" if value.empty else text


def _time(text: str, form: str, timezone: str) -> str:
    if form in UNITS_PER_SECOND:
        return epoch_time(text, form)
    return iso_time(text, timezone) if form == "iso" else spelled_time(text, form, timezone)


def _day(text: str, form: str) -> str:
    """SQL for the DATE of a text that is a day alone."""
    if form != "iso":
        return f"cast(try_strptime({text}, {literal(form)}) as date)"
    return f"try_cast(case when regexp_matches({text}, {literal(_DAY)}) then {text} end as date)"


def _first(found: list[str]) -> str:
    return found[0] if len(found) == 1 else f"coalesce({', '.join(found)})"
