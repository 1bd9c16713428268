"""Small changes of SQL in dbt's files: of the text as it is written, outside comments; of Jinja only whole numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.torture.mutation.mutant import Mutant, mutant

TOKEN = re.compile(
    r"""
    (?P<comment>--[^\n]*|/\*.*?\*/|\{\#.*?\#\})
    |(?P<jinja>\{\{.*?\}\}|\{%.*?%\})
    |(?P<string>'(?:[^']|'')*')
    |(?P<number>\b\d+(?:\.\d+)?(?:e[+-]?\d+)?\b)
    |(?P<word>[A-Za-z_]\w*)
    |(?P<sign><=|>=|<>|\|\||::|:=|//|[-+*/<>=(),.\[\]:])
    """,
    re.VERBOSE | re.DOTALL,
)
SIGNS = {
    "<": ["<="], "<=": ["<"], ">": [">="], ">=": [">"], "=": ["<>"], "<>": ["="],
    "+": ["-"], "-": ["+"], "*": ["+"], "/": ["*"],
}  # fmt: skip
WORDS = {
    "and": "or", "or": "and", "inner": "left", "left": "inner", "full": "left",
    "asc": "desc", "desc": "asc", "first": "last", "last": "first", "true": "false", "false": "true",
}  # fmt: skip
CALLS = {
    "sum": "max", "max": "min", "min": "max", "avg": "max", "least": "greatest", "greatest": "least",
    "lead": "lag", "lag": "lead", "bool_or": "bool_and", "bool_and": "bool_or", "abs": "",
}  # fmt: skip
FIRST_ALONE = {"coalesce", "nullif"}
BEGINS_CONDITION = {"where", "on", "having"}
ENDS_CONDITION = {
    "group", "order", "having", "window", "limit", "union", "left", "inner", "full", "cross", "join", "where", "then",
}  # fmt: skip
NO_OPERAND = {"select", "distinct", "then", "else", "when", "and", "or", "not", "by", "in", "as", "on", "where", "case"}
UNITS = {"date", "timestamp", "interval", "zone", "date_trunc", "date_diff", "extract"}


@dataclass(frozen=True)
class Token:
    """A piece of the text that is no space."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Offset after it."""
        return self.start + len(self.text)

    @property
    def is_operand(self) -> bool:
        """Whether a sign that follows has it on its left."""
        return self.kind in {"string", "number", "jinja"} or self.text in {")", "]"} or self._is_name

    @property
    def _is_name(self) -> bool:
        return self.kind == "word" and self.text not in NO_OPERAND


def sql_mutants(area: str, path: str, text: str) -> list[Mutant]:
    """Return the mutants of a file of dbt, in the order of the text."""
    tokens = [
        Token(str(found.lastgroup), found.group(), found.start())
        for found in TOKEN.finditer(text)
        if found.lastgroup != "comment"
    ]
    made = {
        (start, old, new): mutant(area, path, text, operator, start, old, new)
        for operator, start, old, new in (*_of_tokens(tokens), *_of_parts(tokens, text))
    }
    return sorted(made.values(), key=lambda one: (one.start, one.old, one.new))


Change = tuple[str, int, str, str]


def _of_tokens(tokens: list[Token]) -> Iterator[Change]:
    before = Token("sign", "(", 0)
    for at, one in enumerate(tokens):
        after = tokens[at + 1].text if at + 1 < len(tokens) else ""
        if one.kind == "sign" and one.text in SIGNS and before.is_operand:
            yield from (("sign", one.start, one.text, new) for new in SIGNS[one.text])
        elif one.kind == "number" and not _is_precision(tokens, at):
            yield from (("number", one.start, one.text, new) for new in _other_numbers(one.text))
        elif one.kind == "string" and "{{" not in one.text and not _is_unit(tokens, at):
            yield "literal", one.start, one.text, f"{one.text[:-1]}!'"
        elif one.kind == "jinja" and one.text.startswith("{{") and "config(" not in one.text:
            for number in re.finditer(r"'[^']*'|\"[^\"]*\"|\b\d+\b(?!\.)", one.text):
                if number.group().isdigit():
                    for new in _other_numbers(number.group()):
                        yield "number", one.start + number.start(), number.group(), new
        elif one.kind == "word":
            yield from _of_word(one, before, after, tokens, at)
        before = one


def _of_word(one: Token, before: Token, after: str, tokens: list[Token], at: int) -> Iterator[Change]:
    if one.text in CALLS and after == "(":
        yield "function", one.start, one.text, CALLS[one.text]
    elif (
        (one.text == "and" and _ends_between(tokens, at))
        or (one.text in {"first", "last"} and before.text != "nulls")
        or (one.text in {"left", "inner", "full"} and after not in {"join", "outer"})
    ):
        return
    elif one.text in WORDS:
        operator = "join" if one.text in {"inner", "left", "full"} else "word"
        new = "left outer" if one.text == "full" and after == "join" else WORDS[one.text]
        yield operator, one.start, one.text, new
    elif one.text == "not" and before.text != "as":
        yield "not", one.start, "not", ""
    elif one.text == "is" and after == "null":
        yield "not", one.start, "is", "is not"
    elif one.text == "in" and before.text != "not" and before.is_operand:
        yield "not", one.start, "in", "not in"
    elif one.text == "distinct":
        yield "distinct", one.start, "distinct", ""
    elif one.text == "union":
        yield (
            ("union", one.start, "union all", "union") if after == "all" else ("union", one.start, "union", "union all")
        )


def _of_parts(tokens: list[Token], text: str) -> Iterator[Change]:
    """Arguments, conditions and columns of partitions that are left out."""
    for at, one in enumerate(tokens):
        follows = tokens[at + 1].text if at + 1 < len(tokens) else ""
        if one.text in FIRST_ALONE and follows == "(":
            arguments = list(_split(tokens, at + 2, ",", set()))
            whole = text[one.start : tokens[arguments[-1][1]].end]
            yield "argument", one.start, whole, f"({_text(tokens, text, arguments[0])})"
        elif one.text == "count" and follows == "(" and tokens[at + 2].kind == "word" and tokens[at + 3].text == ")":
            yield "argument", tokens[at + 2].start, tokens[at + 2].text, "*"
        elif one.text in BEGINS_CONDITION and one.kind == "word":
            for part in _split(tokens, at + 1, "and", ENDS_CONDITION):
                yield "condition", tokens[part[0]].start, _text(tokens, text, part), "true"
        elif one.text == "when":
            (condition,) = _split(tokens, at + 1, "", {"then"})
            if (old := _text(tokens, text, condition)) != "true":
                yield "condition", tokens[condition[0]].start, old, "false"
        elif one.text == "partition" and follows == "by":
            yield from _without_columns(tokens, text, at)


def _without_columns(tokens: list[Token], text: str, at: int) -> Iterator[Change]:
    parts = list(_split(tokens, at + 2, ",", {"order", "rows", "range"}))
    columns = [_text(tokens, text, part) for part in parts]
    old = text[tokens[at].start : tokens[parts[-1][1] - 1].end]
    for out in range(len(columns)):
        kept = ", ".join(columns[:out] + columns[out + 1 :])
        yield "partition", tokens[at].start, old, f"partition by {kept}" if kept else ""


def _split(tokens: list[Token], first: int, separator: str, ends: set[str]) -> Iterator[tuple[int, int]]:
    """Yield first and after-last token of the parts of a list or condition, up to its end on its own level."""
    level = cases = 0
    is_between = False
    parts, begin = [], first
    end = len(tokens)
    for at in range(first, len(tokens)):
        word = tokens[at].text
        if word in {"(", "["}:
            level += 1
        elif word in {")", "]"}:
            if level == 0:
                end = at
                break
            level -= 1
        elif word == "case":
            cases += 1
        elif word == "end":
            cases -= 1
        elif level or cases:
            continue
        elif word in ends or tokens[at].text.startswith("{%"):
            end = at
            break
        elif word == "between":
            is_between = True
        elif word == separator and is_between and word == "and":
            is_between = False
        elif word == separator:
            parts.append((begin, at))
            begin = at + 1
        elif word == "or" and separator == "and":
            parts, begin, separator = [], first, ""
    parts.append((begin, end))
    yield from (part for part in parts if part[0] < part[1])


def _text(tokens: list[Token], text: str, part: tuple[int, int]) -> str:
    return text[tokens[part[0]].start : tokens[part[1] - 1].end]


def _ends_between(tokens: list[Token], at: int) -> bool:
    level = 0
    for one in reversed(tokens[max(0, at - 40) : at]):
        level += {")": 1, "(": -1}.get(one.text, 0)
        if level < 0 or (level == 0 and one.text in {"and", "or", "where", "on", "when"}):
            return False
        if level == 0 and one.text == "between":
            return True
    return False


def _other_numbers(text: str) -> list[str]:
    if text.isdigit():
        return [str(int(text) + step) for step in (1, -1) if int(text) + step >= 0]
    digits, mark, exponent = text.partition("e")
    return [f"{float(digits) + 1}{mark}{exponent}"]


def _is_unit(tokens: list[Token], at: int) -> bool:
    return any(one.text in UNITS for one in tokens[max(0, at - 2) : at])


def _is_precision(tokens: list[Token], at: int) -> bool:
    """Whether a number says how many digits are kept."""
    level = 0
    for place in range(at - 1, 0, -1):
        level += {")": 1, "(": -1}.get(tokens[place].text, 0)
        if level < 0:
            last = at + 1 < len(tokens) and tokens[at + 1].text == ")" and tokens[at - 1].text == ","
            return tokens[place - 1].text == "decimal" or (tokens[place - 1].text == "round" and last)
    return False
