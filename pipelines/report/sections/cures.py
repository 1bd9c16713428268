"""What to do about a run that stopped, the likeliest first: by the verdicts that stopped it."""

from __future__ import annotations

from typing import Any

from pipelines.contract import LOGS
from pipelines.report.parts.text import Text


def cures(blocking: list[dict[str, Any]], failed_gate: str) -> tuple[Text, ...]:
    """What mends a stop.

    Args:
        blocking: Verdicts that block, the one that stopped the run first where that is known.
        failed_gate: The gate that stopped it; empty where none did.
    """
    if not blocking:
        return (
            Text(
                "Mend what the reason names, then run the same days again. The run's page in Dagster says more.",
                "按原因所述修复后，重新运行同样的日期。Dagster 中该次运行的页面有更多说明。",
            ),
        )
    first = next((row for row in blocking if failed_gate.startswith(f"gate {row['gate']}: {row['table_name']}")), None)
    first = first or blocking[0]
    again = f"guildbook run --from {first['day']} --to {first['day']}" if first["day"] else "guildbook run"
    waive = f"guildbook gate waive {first['table_name']} {first['day']} --reason …"
    mend = (
        Text(
            f"Mend the files named below, put them in the same place, and run the day again: {again}. Try each before "
            "with: guildbook check FILE",
            f"修复下列文件并放回原处，重新运行该日：{again}。可先逐个检查：guildbook check FILE",
        )
        if first["gate"] == "deliveries"
        else Text(
            f"Look at what the verdicts name, mend it, and run the day again: {again}",
            f"查看裁定所指之处，修复后重新运行该日：{again}",
        )
    )
    if first["gate"] == "facts" and first["table_name"] in LOGS:
        mend = Text(
            "Correct the rows that the verdicts name where they come from, deliver their log day again (the same key "
            f"is a new version), and run it: {again}",
            f"在数据来源处更正裁定所列的行，重新送达该日志日（同一主键即为新版本），然后运行：{again}",
        )
    pass_over = Text(
        f"Or, if the data is right and the rule is not: {waive} and run it again.",
        f"或者，若数据无误而规则不适用：{waive}，然后重新运行。",
    )
    return (mend, pass_over) if first["day"] else (mend,)
