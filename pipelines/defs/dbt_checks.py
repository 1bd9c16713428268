"""What dbt's tests say to people: the rule of each in a sentence, and where one fails what failed and what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import dagster as dg

from pipelines.defs.spoken import spoken
from pipelines.report.parts.text import Text
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
    model, rule, n_rows = check.asset_key.path[-1], check.description or "", node.failures
    if node.status not in ("fail", "warn"):
        why = node.message
        broken = Text(
            f"The check could not be made: {why}. Its rule: {rule} ", f"检查未能进行：{why}。它的规则：{rule}"
        )
        return spoken(broken + _to_do(node.name))
    rows = f"{n_rows:,} rows of {model} break" if n_rows != 1 else f"1 row of {model} breaks"
    broken = Text(f"{rows} a rule. {rule} ", f"{model} 中有 {n_rows:,} 行违反规则。{rule}")
    return spoken(broken + (_ONLY_SAID if node.status == "warn" else _to_do(node.name)))


def _to_do(name: str) -> Text:
    return Text(
        "Nothing new is published; the last good publication stays up. Run the same days again with guildbook run "
        "--full: if the check fails again, the data is such as Guildbook does not foresee; report it with the check's "
        f"name, {name}.",
        "没有发布新内容；上一个完好的发布版本继续在线。请用 guildbook run --full 重新运行同样的日子：若检查再次不通过，"
        f"说明数据超出 Guildbook 的预料；请连同检查的名称 {name} 一起报告。",
    )


_ONLY_SAID = Text("It is only said: the run goes on and publishes.", "仅作提示：运行继续并发布。")
