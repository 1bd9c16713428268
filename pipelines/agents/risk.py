"""Why the model thinks that a member may leave: the latest scores, as the page of members at risk shows them."""

from __future__ import annotations

import json
from typing import Any

import duckdb

from pipelines.agents.bounded import plain
from pipelines.faults import UserError
from pipelines.report.context import SiteContext
from pipelines.report.sections.scores import SHOWN, meaning
from pipelines.sql import literal


def risk_sql(member_id: str, *, names: bool) -> str:
    """Return the statement: a row for each definition of churn, probabilities as far as test months support them."""
    return f"""with
person as (
    select coalesce(
        (select person_id from marts.member_ids where member_id = {literal(member_id)}), {literal(member_id)}
    ) as member_id
),
limits as (
    select definition, shown_low, shown_high
    from marts.churn_trainings
    qualify row_number() over (partition by definition order by trained_at desc) = 1
),
scores as (
    select *
    from marts.churn_predictions
    where is_current
    qualify day = max(day) over (partition by definition)
)
select
    dim_members.member_id,
    {"dim_members.display_name" if names else "null::varchar"} as display_name,
    dim_members.lifecycle,
    dim_members.last_active_day,
    dim_members.plan,
    dim_members.is_excluded,
    scores.definition,
    scores.day,
    {SHOWN} as probability,
    scores.risk_band,
    scores.reasons_en,
    scores.reasons_zh,
    scores.learner,
    scores.model_version
from person
inner join marts.dim_members on person.member_id = dim_members.member_id
left join scores on dim_members.member_id = scores.member_id
left join limits on scores.definition = limits.definition
order by scores.definition"""


def explain(con: duckdb.DuckDBPyConnection, member_id: str, context: SiteContext, *, names: bool) -> dict[str, Any]:
    """Return what is known of a member's risk.

    Raises:
        UserError: Nobody is called by that id.
    """
    sql = risk_sql(member_id, names=names)
    cursor = con.execute(sql)
    columns = [column[0] for column in cursor.description or ()]
    rows = [dict(zip(columns, map(plain, values), strict=True)) for values in cursor.fetchall()]
    if not rows:
        raise UserError(f"no member has the id {member_id}; names are not ids, and ids are compared exactly")
    about = {key: rows[0][key] for key in columns[: columns.index("definition")]}
    risks = [_risk(row, context) for row in rows if row["definition"]]
    notes = [] if risks else [_UNSCORED]
    return {"member": about, "risks": risks, "notes": notes, "sql": sql}


_UNSCORED = (
    "Not scored: by inactivity only members active in the last H days are, by lapse only those whose paid term ends "
    "within the horizon; bots and staff never are."
)


def _risk(row: dict[str, Any], context: SiteContext) -> dict[str, Any]:
    said = meaning(row["definition"], context)
    return {
        "definition": row["definition"],
        "definition_said": {"en": said.en.strip(), "zh": said.zh.strip()},
        "day": row["day"],
        "probability": row["probability"] if row["learner"] != "rule" else None,
        "risk_band": row["risk_band"],
        "reasons": {"en": json.loads(row["reasons_en"] or "[]"), "zh": json.loads(row["reasons_zh"] or "[]")},
        "learner": row["learner"],
        "model_version": row["model_version"],
        "is_ranked_by_rule": row["learner"] == "rule",
    }
