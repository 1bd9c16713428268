"""The latest churn scores: their query, how a score and its reasons are shown, the brief's block of them."""

from __future__ import annotations

import json

from pipelines.report import marks
from pipelines.report.blocks import Block, Cell, Column, Note, Table, Tone
from pipelines.report.context import SiteContext
from pipelines.report.database import Marts, Row, literal
from pipelines.report.text import Text, integer, percent

TITLE = Text("Members at risk", "流失风险成员")
TONES: dict[str, Tone] = {"high": "bad", "medium": "warn", "low": "good"}
_HEADLINE = 5


def headline(marts: Marts, context: SiteContext) -> Block:
    """The brief's block: the few members with the highest risk."""
    link = ("risk.html", Text("All members at risk", "全部风险成员"))
    if not marts.has("churn_predictions"):
        return Note(title=TITLE, body=unscored(), half=True, link=link)
    result = marts.run("risk_headline", scores_sql(context, definition=None), limit=_HEADLINE)
    rows = [[Cell(row["member_id"]), probability(row), Cell(_first(reasons(row)))] for row in result.rows]
    return Table(
        title=TITLE,
        note=Text(
            f"The {len(rows)} highest of {integer(result.n)} scored.",
            f"共评分 {integer(result.n)} 人，以下为风险最高的 {len(rows)} 人。",
        ),
        columns=[
            Column(Text("Member", "成员")),
            Column(Text("Risk", "风险"), number=True),
            Column(Text("First reason", "首要原因"), wide=True),
        ],
        rows=rows,
        result=result,
        half=True,
        link=link,
    )


def unscored() -> Text:
    """Said where nobody has a score."""
    return Text("No member has been scored yet.", "尚未对成员评分。")


def scores_sql(context: SiteContext, definition: str | None) -> str:
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

        engagement as (
            select member_id, day, engagement, active_days, window_days
            from marts.fct_member_engagement
            where day = (select max(day) from scores)
            qualify window_days = min(window_days) over ()
        )

        select
            scores.member_id,
            scores.probability,
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
        left join marts.dim_members on scores.member_id = dim_members.member_id
        left join engagement on scores.member_id = engagement.member_id
        order by scores.probability desc, scores.member_id
        """


def probability(row: Row) -> Cell:
    """The probability as a bar in the colour of its band."""
    tone = TONES.get(row["risk_band"], "neutral")
    return Cell(marks.bar(row["probability"], percent(row["probability"]), tone), row["probability"])


def reasons(row: Row) -> list[Text]:
    """The reasons in both languages, the strongest first."""
    english, chinese = _list(row["reasons_en"]), _list(row["reasons_zh"])
    return [Text(en, zh) for en, zh in zip(english, chinese, strict=False)]


def _list(value: str | list[str] | None) -> list[str]:
    """Reasons come as a list or as its JSON text."""
    items = json.loads(value or "[]") if isinstance(value, str) else value
    return [str(item) for item in items or []]


def _first(reasons: list[Text]) -> object:
    return reasons[0] if reasons else ""
