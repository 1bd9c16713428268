"""Today's list on the page of members at risk: whom to contact, what to do, and whom to leave alone."""

from __future__ import annotations

from pipelines.report.context import SiteContext
from pipelines.report.parts import marks, people, words
from pipelines.report.parts.blocks import Block, Cell, Column, Note, Table
from pipelines.report.parts.database import Marts, Result, Row
from pipelines.report.parts.linked import One
from pipelines.report.parts.text import MISSING, Text, day, integer, percent, plural, price
from pipelines.report.sections import scores, suggested

_TITLE = Text("Worth contacting today", "今天值得联系的成员")
_MONEY = (Column(Text("Term ends", "到期日")), Column(Text("Value a month", "月价值"), number=True))


def nobody(marts: Marts, context: SiteContext) -> Text:
    """Said where the list of the last day is empty."""
    if not (marts.has("churn_predictions") or marts.has("retention_actions")):
        return scores.unscored()
    if scores.not_learnt(marts):
        return Text("Nobody is listed yet. ", "名单尚无成员。") + scores.still_to_come(marts, context)
    return Text(
        "Nobody is on the list of the last day: everyone at enough risk was listed or contacted recently.",
        "最后一天的名单为空：风险足够高的成员近期都已列入名单或被联系过。",
    )


def today(marts: Marts, context: SiteContext) -> list[Block]:
    """The list of the last day as a table; nothing where lists were never made."""
    if not marts.has("retention_actions"):
        return []
    result = listed(marts, context)
    if not result.rows:
        return [Note(title=_TITLE, body=nobody(marts, context), result=result)]
    first = result.first
    n_treated = sum(row["arm"] == "treated" for row in result.rows)
    pay = any(row["term_end"] or row["value_minor"] for row in result.rows)
    known = suggested.named(marts, context)
    control, by = len(result.rows) - n_treated, words.word(words.RANKINGS, first["ranked_by"])
    table = Table(
        title=_TITLE,
        note=Text(
            f"{plural(n_treated, 'member', 'members')} to contact, {integer(control)} in the control arm, "
            "at the end: leave these alone, or nobody can tell whether contacting works. "
            f"Ranked by {by.en}, since {first['ranked_because_en']}; whoever has been silent for "
            f"{3 * context.horizon_days} days comes last.",
            f"联系 {integer(n_treated)} 人；对照组 {integer(control)} 人（随机抽取，列在最后），请勿联系，"
            "否则无法判断联系是否有效。"
            f"按{by.zh}排序，因为{first['ranked_because_zh']}；沉默满 {3 * context.horizon_days} 天的成员排在最后。",
        )
        + _free_places(result.rows, n_treated),
        columns=[
            Column(Text("Member", "成员")),
            Column(Text("Arm", "分组")),
            Column(Text("What to do", "建议动作"), wide=True),
            Column(Text("Why", "原因"), wide=True),
            Column(Text("Risk", "风险"), number=True),
            Column(Text("Of", "流失类型")),
            *(_MONEY if pay else ()),
        ],
        rows=[_row(row, known) + (_pays(row) if pay else []) for row in result.rows],
        result=result,
        scroll=True,
    )
    return [table]


def listed(marts: Marts, context: SiteContext) -> Result:
    """The list of the last day by rank, whoever is to be left alone at the end; run once for all pages."""
    return marts.results.get("retention_actions") or marts.run(
        "retention_actions",
        f"""
        with
        limits as (
            {scores.limits_sql(marts)}
        )

        select
            rank,
            lists.member_id,
            members.display_name as member_name,
            members.profile_url as member_url,
            arm,
            kind,
            suggestion_en,
            suggestion_zh,
            reasons_en,
            reasons_zh,
            lists.definition,
            probability,
            {scores.SHOWN} as shown_probability,
            risk_band,
            term_end,
            value_minor,
            currency,
            weight,
            score,
            least_risk,
            capacity,
            ranked_by,
            ranked_because_en,
            ranked_because_zh,
            campaign_id,
            content_ids,
            event_id,
            day,
        from marts.retention_actions as lists
        left join limits on lists.definition = limits.definition
        left join marts.dim_members as members on lists.member_id = members.member_id
        where day = {context.through}
        order by arm <> 'treated', rank
        """,
    )


def treated(marts: Marts, context: SiteContext) -> list[Row]:
    """Members to contact, in the order of the list; those of the control arm are left out."""
    if not marts.has("retention_actions"):
        return []
    return [row for row in listed(marts, context).rows if row["arm"] == "treated"]


def _free_places(rows: list[Row], n_treated: int) -> Text:
    """How many places stayed free, and the risk that nobody else reaches; a short list is a good list."""
    capacity = rows[0]["capacity"]
    if capacity is None or n_treated >= capacity:
        return Text("", "")
    floors = {row["definition"]: row["least_risk"] for row in rows}
    shown = [(words.word(words.DEFINITIONS, name), percent(floor)) for name, floor in sorted(floors.items())]
    en = ", ".join(f"{share} ({name.en})" for name, share in shown)
    zh = "、".join(f"{share}（{name.zh}）" for name, share in shown)
    return Text(
        f" {integer(capacity - n_treated)} of {plural(capacity, 'place', 'places')} stayed free: no other candidate is "
        f"at a risk of at least {en}.",
        f"{integer(capacity)} 个名额中空出 {integer(capacity - n_treated)} 个：其他候选成员的风险均低于 {zh}。",
    )


def _row(row: Row, known: dict[str, One]) -> list[Cell]:
    is_treated = row["arm"] == "treated"
    return [
        people.member(row),
        Cell(marks.badge(words.word(words.ARMS, row["arm"]), "good" if is_treated else "neutral"), row["arm"]),
        Cell(suggested.sentence(row, known) if is_treated else Text("Leave alone.", "请勿联系。")),
        Cell(marks.lines(scores.reasons(row)), ""),
        scores.probability(row),
        Cell(words.word(words.DEFINITIONS, row["definition"]), row["definition"]),
    ]


def _pays(row: Row) -> list[Cell]:
    return [
        Cell(day(row["term_end"]) if row["term_end"] else MISSING, str(row["term_end"] or "")),
        Cell(price(row["value_minor"], row["currency"]), row["value_minor"]),
    ]
