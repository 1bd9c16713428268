"""Campaigns: which strategy works? Every campaign, treated against control."""

from __future__ import annotations

from pipelines.report.context import SiteContext
from pipelines.report.parts import charts
from pipelines.report.parts.blocks import Block, Chart, Note, Page, Tile, Tiles
from pipelines.report.parts.database import Marts, Result, Row
from pipelines.report.parts.header import Header
from pipelines.report.parts.text import MISSING, Text, integer, price
from pipelines.report.sections import effects, suggestions

_TITLE = Text("Campaigns", "运营活动")
_QUESTION = Text("Which strategy works?", "哪种策略有效？")
_EFFECT = Text("effect", "效果")


def page(marts: Marts, context: SiteContext, header: Header) -> Page:
    """Campaigns with a comparison first; then how good the suggested pieces are."""
    if not marts.has("action_effects"):
        return Page(name="actions", title=_TITLE, question=_QUESTION, answer=_nothing(), blocks=[_empty()])
    result = _effects(marts)
    primary = [row for row in result.rows if row["is_primary"]]
    blocks: list[Block] = [_tiles(result, primary)]
    compared = [row for row in primary if row["effect_low"] is not None and row["verdict"] != "unbalanced"]
    if compared:
        blocks.append(_chart(result, compared))
    blocks.append(effects.table(result, context))
    if spent := [row for row in compared if row["cost_minor"]]:
        blocks.append(effects.costs(result, spent))
    if marts.has("suggestion_evaluations"):
        blocks.append(suggestions.block(marts))
    return Page(name="actions", title=_TITLE, question=_QUESTION, answer=effects.answer(primary), blocks=blocks)


def _nothing() -> Text:
    return Text("No campaign has been measured yet.", "尚未衡量任何运营活动。")


def _empty() -> Note:
    return Note(
        title=Text("Nothing to compare yet", "尚无可比较的数据"),
        body=Text(
            "Deliver what was done as the log actions, with campaign_id, and with a row for each member of the control "
            "arm. For members on the daily list Guildbook draws the arms itself.",
            "请将已执行的运营动作以 actions 日志送达，带 campaign_id，并为对照组的每位成员写一行。"
            "每日名单由 Guildbook 自行随机分组。",
        ),
    )


def _effects(marts: Marts) -> Result:
    return marts.run(
        "action_effects",
        """
        select *
        from marts.action_effects
        order by is_primary desc, verdict = 'no_comparison', last_day desc, campaign_id, outcome
        """,
    )


def _tiles(result: Result, primary: list[Row]) -> Tiles:
    def counted(*verdicts: str) -> str:
        return integer(sum(row["verdict"] in verdicts for row in primary))

    costs: dict[str | None, int] = {}
    for row in primary:
        if row["cost_minor"]:
            costs[row["currency"]] = costs.get(row["currency"], 0) + row["cost_minor"]
    spent = " + ".join(price(cost, currency) for currency, cost in sorted(costs.items(), key=str))
    return Tiles(
        title=Text("Campaigns by verdict", "运营活动结论"),
        note=Text(
            "Treated less control, by the arm each member was first put into, whatever was done afterwards. "
            "Never before against after: members contacted because they went quiet often come back anyway.",
            "干预组减对照组，按成员首次分组计算，无论之后实际做了什么。"
            "从不做前后对比：因沉默而被联系的人本来就更可能回来。",
        ),
        tiles=[
            Tile(label=Text("Work", "有效"), value=counted("works"), tone="good"),
            Tile(label=Text("Harm", "有害"), value=counted("harms"), tone="bad"),
            Tile(
                label=Text("No effect, or not known", "无效果或未知"),
                value=counted("no_effect", "cannot_tell"),
                note=Text(f"{counted('no_effect')} without effect", f"其中无效果 {counted('no_effect')} 个"),
            ),
            Tile(label=Text("No fair comparison", "无法公平比较"), value=counted("no_comparison", "unbalanced")),
            Tile(
                label=Text("Spent, outcome known", "花费（结果已知）"),
                value=spent or MISSING,
                note=Text("logged cost of the treated", "干预组的记录成本"),
            ),
        ],
        result=result,
    )


def _chart(result: Result, rows: list[Row]) -> Chart:
    rows = rows[:20]
    series = [
        charts.interval(
            row["campaign_id"], 100 * row["effect"], 100 * row["effect_low"], 100 * row["effect_high"], "c1", _EFFECT
        )
        for row in rows
    ]
    return Chart(
        title=Text("Effect in points, with its interval", "效果（百分点）及其区间"),
        note=effects.about_intervals(rows),
        figure=charts.intervals(series, x_title=Text("points", "百分点")),
        result=result,
        height=120 + 36 * len(rows),
    )
