"""``docs/log-contract.md``, of what ``pipelines.contract`` says of logs, columns, types and rules."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Mapping, Sequence
from itertools import pairwise
from types import ModuleType

from pipelines import contract
from pipelines.contract import COMMON_COLUMNS, DUCKDB_TYPES, LOGS, Column, Log, Type
from pipelines.reference.markdown import GENERATED, table

_CONTRACT_INTRO = """\
# The log contract

What a community delivers: ten logs. A small community has only `interactions` and `content`; every other
log is optional. What depends on a log that was never delivered says "not collected" instead of zero.

## Where files go

`landing/<log>/<YYYY-MM-DD>/<any name>` in the home folder. The day is the log day: the day of the delivery.
The ending says how a file is read: `.csv`, `.jsonl` or `.ndjson`, also as `.gz` or `.zst`, or `.parquet`.
Names that start with a dot or an underscore are ignored: write under such a name, then rename the file.

* CSV has a header and commas, JSON Lines one object a line. Both are UTF-8; a byte order mark is accepted.
* The order of columns does not matter. Unknown columns are kept in `extra`, as JSON.
* Types are never guessed: `yes`, `007` and `1e3` in an id stay what was delivered.
* A row may come late, on a later log day than its event day. It then counts on its event day. A row more than
  one day ahead of its log day is refused.
* A folder is the whole delivery of its log day. A file that is replaced or removed takes its rows along.

## What becomes of a row

A row that breaks the contract goes to `lake/quarantine`, with its file, line, reason and text. A file that
cannot be read at all is rejected by name. For every other file accepted + quarantined = delivered. `delivered` does not
come from the reader: the records are counted in the file itself, before it is read (for Parquet from its footer). Where
the reader gives another number, the file is read again line by line; what then still differs, such as a file that was
written to meanwhile, is rejected. Lines of nothing but spaces and tabs are no records.

Numbers have bounds, and columns of a row may contradict each other; each log below lists its rules. What no honest row
says is *refused*. What an honest row may say is *warned* of: the row counts, and Data health names the column, an
example and how many rows are like it. So are texts that look misread, ids that look like decimal numbers (`7.0`), texts
such as `NULL`, and currencies that ISO 4217 does not know. [What becomes of a damaged delivery](damages.md) shows every
kind of damage that is tried. A bound is far beyond what a community can meet, and low enough that no sum of a community
overflows: an amount is at most 10^12 minor units, ten billion of a currency with cents.

A row's key is its source and the columns named below. The same key again is a new version: the highest
`source_seq` wins, else the latest log day. `op` = `delete` withdraws the key and needs only its columns. So
any order of deliveries, with repetitions, gives the same tables. An interaction does not move in
time: its key includes the day of `occurred_at`, and a withdrawal must carry that too.

Ids are compared exactly, code point by code point. They are not normalised: `José` written with one character for
`é` and with two are two ids, and so are `Ana` and `ana`. Two ids of one person are joined by `identity_links`
([who is one person](identity.md)).
"""


def log_contract_page() -> str:
    """Markdown of ``docs/log-contract.md``."""
    parts = [
        GENERATED.format(source="`pipelines/contract`"),
        _CONTRACT_INTRO,
        "## Types\n",
        table(
            ("type", "how its text is understood", "stored as"),
            [(f"`{name}`", meaning, DUCKDB_TYPES[Type(name)]) for name, meaning in _attribute_docs(Type).items()],
        ),
        "## Columns that every log may carry\n",
        _columns_table(COMMON_COLUMNS, ()),
        *(_log_section(log) for log in LOGS.values()),
        "## What counts as what\n",
        table(("name in the code", "values", "meaning"), _vocabulary()),
    ]
    return "\n".join(parts)


def _log_section(log: Log) -> str:
    key = ", ".join(f"`{name}`" for name in log.key)
    parts = [f"## `{log.name}`", f"One row is {log.grain}. Key: {key}.", _columns_table(log.columns, log.key)]
    if log.rules:
        rules = [
            ("warned" if rule.is_warning else "refused", f"`{rule.column}`", rule.said, rule.cure)
            for rule in sorted(log.rules, key=lambda rule: rule.is_warning)
        ]
        parts.append(table(("verdict", "column", "what is wrong with its value", "what to do"), rules))
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def _columns_table(columns: Sequence[Column], key: Sequence[str]) -> str:
    rows = [
        (
            f"`{column.name}`",
            f"`{column.type}`",
            "key" if column.name in key else "yes" if column.required else "",
            column.description + _allowed(column),
        )
        for column in columns
    ]
    return table(("column", "type", "required", "meaning"), rows)


def _allowed(column: Column) -> str:
    if column.kinds:
        return f" One of: {', '.join(column.kinds)}."
    if column.least is not None and column.most is not None:
        return f" From {column.least:,} to {column.most:,}."
    return ""


def _vocabulary() -> list[tuple[str, str, str]]:
    def mapping(kinds_of: Mapping[str, Sequence[str]]) -> str:
        return ", ".join(f"{kind}: {' or '.join(kinds) or 'none'}" for kind, kinds in kinds_of.items())

    values = {
        "CONTENT_KINDS": ", ".join(contract.CONTENT_KINDS),
        "AUTHORED_INTERACTIONS": mapping(contract.AUTHORED_INTERACTIONS),
        "EVENT_INTERACTIONS": mapping(contract.EVENT_INTERACTIONS),
        "READ_KINDS": ", ".join(contract.READ_KINDS),
        "EXCLUDED_ROLES": ", ".join(contract.EXCLUDED_ROLES),
        "GONE_STATUSES": ", ".join(contract.GONE_STATUSES),
        "NEED_INTERACTIONS": mapping(contract.NEED_INTERACTIONS),
        "PAID_STEPS": ", ".join(contract.PAID_STEPS),
        "PAYMENT_FAILURE_REASONS": ", ".join(contract.PAYMENT_FAILURE_REASONS),
    }
    meanings = _attribute_docs(contract)
    return [(f"`{name}`", value, meanings[name]) for name, value in values.items()]


def _attribute_docs(owner: type | ModuleType) -> dict[str, str]:
    """Return the text under each assignment of a module or class: name (of an enum: value) -> text."""
    body = ast.parse(inspect.getsource(owner)).body
    if isinstance(body[0], ast.ClassDef):
        body = body[0].body
    docs = {}
    for statement, text in pairwise(body):
        match statement, text:
            case ast.Assign(targets=[ast.Name(id=name)]), ast.Expr(value=ast.Constant(value=str(words))):
                value = getattr(owner, name)
                docs[value if isinstance(value, str) else name] = " ".join(words.replace("``", "`").split())
    return docs
