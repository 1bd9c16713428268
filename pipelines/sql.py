"""Quoting what goes into SQL. Values that a statement can be given as parameters are given so."""

from __future__ import annotations

import re
from collections.abc import Iterable


def literal(value: object) -> str:
    """Quote a value as an SQL string."""
    return "'" + str(value).replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Quote a name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def array(expressions: Iterable[str]) -> str:
    """List SQL expressions as one SQL list."""
    return "[" + ", ".join(expressions) + "]"


def any_of(values: Iterable[object]) -> str:
    """List values as text for ``in``; a list without any is one that nothing is in."""
    return "(" + (", ".join(map(literal, values)) or "null") + ")"


def is_one_of(text: str, values: Iterable[str]) -> str:
    """Tell whether a text is one of many: of a long ``in`` DuckDB makes a join that carries all columns along."""
    return f"regexp_full_match({text}, {literal('|'.join(map(re.escape, values)))})"


def file_list(paths: Iterable[object]) -> str:
    """List files for ``read_csv`` and ``read_parquet``; pattern characters in a name stand for themselves."""
    return array(literal(as_named(path)) for path in paths)


def files_below(folder: object, pattern: str) -> str:
    """Quote a pattern of files below a folder whose own name is meant as it stands."""
    return literal(f"{as_named(folder)}/{pattern}")


def as_named(path: object) -> str:
    """Write a path so that DuckDB takes the characters of a pattern in it for themselves."""
    return str(path).replace("[", "[[]").replace("*", "[*]").replace("?", "[?]")
