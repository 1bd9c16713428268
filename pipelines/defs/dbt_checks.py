"""What dbt's tests say to people: the rule of each in a sentence, and where one fails what failed and what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import dagster as dg

from pipelines.warehouse.results import NodeResult

_RULES = {
    "not_null": "Every row of {model} has a {columns}.",
    "unique": "No two rows of {model} have the same {columns}.",
    "unique_together": "No two rows of {model} have the same {columns}.",
    "accepted_values": "The {columns} of each row of {model} is one of: {values}.",
}


def rule(test: Mapping[str, Any]) -> str:
    """Return the rule of a test of the manifest: of one written for itself, the comment that its file opens with."""
    if not (generic := test.get("test_metadata")):
        opening = re.match(r"(--[^\n]*\n)*", test["raw_code"])
        return " ".join(re.sub(r"^-- ?", "", opening[0] if opening else "", flags=re.MULTILINE).split())
    arguments = generic["kwargs"]
    return _RULES[generic["name"]].format(
        model=test["attached_node"].split(".")[-1],
        columns=test.get("column_name") or ", ".join(arguments["columns"]),
        values=", ".join(map(str, arguments.get("values", ()))),
    )


def failed(node: NodeResult, check: dg.AssetCheckSpec) -> str:
    """Say what became of a test that did not pass, of which Dagster knows this check."""
    model, rule = check.asset_key.path[-1], check.description
    if node.status not in ("fail", "warn"):
        return f"The check could not be made: {node.message}. Its rule: {rule} {_TO_DO.format(name=node.name)}"
    broken = f"{node.failures:,} rows of {model} break" if node.failures != 1 else f"1 row of {model} breaks"
    to_do = _ONLY_SAID if node.status == "warn" else _TO_DO.format(name=node.name)
    return f"{broken} a rule. {rule} {to_do}"


_TO_DO = (
    "Nothing new is published; the last good publication stays up. Run the same days again with guildbook run --full: "
    "if the check fails again, the data is such as Guildbook does not foresee; report it with the check's name, {name}."
)
_ONLY_SAID = "It is only said: the run goes on and publishes."
