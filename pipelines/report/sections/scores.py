"""The latest churn scores: their query, how a score and its reasons are shown."""

from __future__ import annotations

import json

from pipelines.report.context import SiteContext
from pipelines.report.parts import early, marks
from pipelines.report.parts.blocks import Cell, Tone
from pipelines.report.parts.database import Marts, Row
from pipelines.report.parts.text import Text, days, percent
from pipelines.sql import literal

TITLE = Text("Members at risk", "流失风险成员")
TONES: dict[str, Tone] = {"high": "bad", "medium": "warn", "low": "good"}


def unscored() -> Text:
    """Said where nobody has a score."""
    return Text("No member has been scored yet.", "尚未对成员评分。")


SHOWN = "greatest(least(probability, coalesce(shown_high, 1)), coalesce(shown_low, 0))"
"""A probability as it may be shown: no surer than the test months of its definition's model support."""


def meaning(definition: str, context: SiteContext) -> Text:
    """What a probability is the probability of."""
    horizon = context.horizon_days
    if definition == "inactivity":
        return Text(
            f"Probability of no activity in the {horizon} days after the scored day. ",
            f"评分日之后 {horizon} 天内不活跃的概率。",
        )
    if definition == "lapse":
        return Text(
            f"Members whose paid term ends in the {horizon} days after the scored day: probability that it is not "
            "renewed within the grace period. ",
            f"评分日之后 {horizon} 天内付费期到期的成员：宽限期内未续费的概率。",
        )
    return Text("Probability by this definition. ", "按此定义的概率。")


def not_learnt(marts: Marts) -> set[str]:
    """Definitions whose newest training knew of nobody what had become of them: all their members have one risk."""
    if not marts.has("churn_trainings"):
        return set()
    asked = marts.results.get("churn_learnt_from") or marts.run(
        "churn_learnt_from",
        """
        select definition, cast(card ->> '$.card.data.rows' as bigint) as n_rows
        from marts.churn_trainings
        qualify row_number() over (partition by definition order by trained_at desc) = 1
        order by definition
        """,
    )
    return {row["definition"] for row in asked.rows if row["n_rows"] == 0}


def still_to_come(marts: Marts, context: SiteContext) -> Text:
    """Said instead of risks where nothing is learnt from yet."""
    horizon = context.horizon_days
    return (
        Text(
            f"Nobody's risk is known yet: it takes what became of members {days(horizon).en} later",
            f"尚不知道谁有流失风险：需要先看到成员 {horizon} 天后的去留",
        )
        + early.first_outcome(marts, context)
        + Text(".", "。")
    )


def limits_sql(marts: Marts) -> str:
    """Definition, shown_low and shown_high of the newest models; no rows where none was trained."""
    if not marts.has("churn_trainings"):
        return "select null::varchar as definition, null::double as shown_low, null::double as shown_high where false"
    return """select definition, shown_low, shown_high
            from marts.churn_trainings
            qualify row_number() over (partition by definition order by trained_at desc) = 1"""


def scores_sql(marts: Marts, context: SiteContext, definition: str | None) -> str:
    """Latest scores with the member's last day and engagement; ``definition`` None takes the first one."""
    chosen = literal(definition) if definition else "(select min(definition) from marts.churn_predictions)"
    return f"""
        with
        scores as (
            select *
            from marts.churn_predictions
            where definition = {chosen} and is_current and day <= {context.through}
            qualify day = max(day) over ()
        ),

        limits as (
            {limits_sql(marts)}
        ),

        engagement as (
            select member_id, day, engagement, active_days, window_days
            from marts.fct_member_engagement
            where day = (select max(day) from scores)
            qualify window_days = min(window_days) over ()
        )

        select
            scores.member_id,
            dim_members.display_name as member_name,
            dim_members.profile_url as member_url,
            scores.probability,
            {SHOWN} as shown_probability,
            scores.risk_band,
            scores.reasons_en,
            scores.reasons_zh,
            dim_members.last_active_day,
            engagement.engagement,
            engagement.active_days,
            dim_members.plan,
            dim_members.joined_day,
            scores.day,
            scores.definition,
            scores.learner,
            scores.model_version,
        from scores
        left join limits on scores.definition = limits.definition
        left join marts.dim_members on scores.member_id = dim_members.member_id
        left join engagement on scores.member_id = engagement.member_id
        order by scores.probability desc, scores.member_id
        """


def probability(row: Row) -> Cell:
    """The probability as it may be shown, as a bar in the colour of its band; sorted by what the model said."""
    tone = TONES.get(row["risk_band"], "neutral")
    shown = row["shown_probability"]
    return Cell(marks.bar(shown, percent(shown), tone), row["probability"])


def reasons(row: Row) -> list[Text]:
    """The reasons in both languages, the strongest first."""
    english, chinese = _list(row["reasons_en"]), _list(row["reasons_zh"])
    return [Text(en, zh) for en, zh in zip(english, chinese, strict=False)]


def _list(value: str | list[str] | None) -> list[str]:
    """Reasons come as a list or as its JSON text."""
    items = json.loads(value or "[]") if isinstance(value, str) else value
    return [str(item) for item in items or []]
