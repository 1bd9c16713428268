"""How many were at which risk a month before, by definition of churn, as they were scored then."""

from __future__ import annotations

from typing import Any

from pipelines.report.context import SiteContext
from pipelines.report.parts import changes
from pipelines.report.parts.database import Marts, Row
from pipelines.report.parts.text import Text, day, integer
from pipelines.report.sections.churn_drivers import APART_DAYS

_COLUMNS = {
    "high_risk_members": "n_high",
    "medium_risk_members": "n_medium",
    "low_risk_members": "n_low",
    "expected_churners": "expected_churners",
}


def read(marts: Marts, context: SiteContext) -> dict[str, Row]:
    """Return the last day scored four weeks before the newest one or earlier; none of a definition without."""
    result = marts.run(
        "risk_before",
        f"""
        with
        scored as (
            select *, max(day) over (partition by definition) as newest
            from marts.churn_predictions
            where is_current and day <= {context.through}
        )

        select
            definition,
            day,
            count(*) as n_scored,
            count(*) filter (where risk_band = 'high') as n_high,
            count(*) filter (where risk_band = 'medium') as n_medium,
            count(*) filter (where risk_band = 'low') as n_low,
            sum(probability) as expected_churners,
        from scored
        where day <= newest - {APART_DAYS}
        group by definition, day
        qualify day = max(day) over (partition by definition)
        order by definition
        """,
    )
    return {row["definition"]: row for row in result.rows}


def change(key: str, now: Row, before: Row | None) -> dict[str, Any]:
    """Return the change of a metric for its tile; nothing where nobody was scored then."""
    name = _COLUMNS[key]
    return changes.of_tile(key, now[name], before[name]) if before else {}


def said(before: Row | None) -> Text:
    """Since which day the tiles change, and of how many then."""
    if before is None:
        return Text("", "")
    n, then = integer(before["n_scored"]), day(before["day"])
    return Text(f" Changes are since {then.en}, when {n} were scored.", f"变化自{then.zh}起，当时已评分 {n} 人。")
