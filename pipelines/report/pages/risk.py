"""Members at risk: whom do we contact today? The latest scores, their reasons, how far to trust them."""

from __future__ import annotations

from datetime import date

from pipelines.report.context import SiteContext
from pipelines.report.parts import known, marks, not_collected, people, words
from pipelines.report.parts.blocks import Block, Cell, Column, Note, Page, Table, Tile, Tiles
from pipelines.report.parts.database import Marts, Result, Row
from pipelines.report.parts.header import Header
from pipelines.report.parts.text import Text, ago, day, decimal, integer, percent, plural
from pipelines.report.sections import contacts, scores, scores_before
from pipelines.sql import literal

_QUESTION = Text("Whom do we contact today?", "今天该联系谁？")
_SHOWN = 75


def page(marts: Marts, context: SiteContext, header: Header) -> Page:
    """Scores of the last scored day, one table per definition of churn."""
    summary = _summary(marts, context) if marts.has("churn_predictions") else None
    if summary is None or not summary.rows:
        note = not_collected.activity(header, context) or _empty()
        return Page(name="risk", title=scores.TITLE, question=_QUESTION, answer=scores.unscored(), blocks=[note])
    blocks: list[Block] = contacts.today(marts, context)
    known = [row for row in summary.rows if row["definition"] not in scores.not_learnt(marts)]
    before = scores_before.read(marts, context) if known else {}
    for row in known:
        blocks.append(_tiles(marts, summary, row, before.get(row["definition"]), context))
        blocks.append(_table(marts, row, context))
    answer = _answer(known) if known else scores.still_to_come(marts, context)
    if not known:
        blocks.append(_still_to_come(summary))
    return Page(name="risk", title=scores.TITLE, question=_QUESTION, answer=answer, blocks=blocks)


def _empty() -> Block:
    return Note(
        title=Text("No scores yet", "尚无评分"),
        body=Text(
            "Scores appear once the pipeline has run its scoring step on a community with active members. "
            "With too few past churners a plain rule ranks the members, and this page says so.",
            "流水线对有活跃成员的社区完成评分后，这里会显示结果。历史流失样本过少时使用简单规则排序，并在此说明。",
        ),
    )


def _still_to_come(summary: Result) -> Note:
    n_scored = sum(row["n_scored"] for row in summary.rows)
    return Note(
        title=Text("What comes here", "这里将显示什么"),
        result=summary,
        link=("members.html", Text("Who is active now", "现在谁在活跃")),
        body=Text(
            f"The list of whom to contact, and every active member ({integer(n_scored)} now) by risk with its reasons. "
            "An older history shortens the wait: deliver logs of earlier days, as far back as you have them.",
            f"该联系谁的名单，以及全部活跃成员（现有 {integer(n_scored)} 人）的流失风险与原因。"
            "补送更早的日志可缩短等待：有多早就补多早。",
        ),
    )


def _summary(marts: Marts, context: SiteContext) -> Result:
    return marts.run(
        "risk_summary",
        f"""
        select
            definition,
            day,
            any_value(model_version) as model_version,
            any_value(learner) as learner,
            count(*) as n_scored,
            count(*) filter (where risk_band = 'high') as n_high,
            count(*) filter (where risk_band = 'medium') as n_medium,
            count(*) filter (where risk_band = 'low') as n_low,
            sum(probability) as expected_churners,
        from marts.churn_predictions
        where is_current and day <= {context.through}
        group by definition, day
        qualify day = max(day) over (partition by definition)
        order by definition
        """,
    )


def _answer(rows: list[Row]) -> Text:
    if len(rows) > 1:
        parts = [(words.word(words.DEFINITIONS, row["definition"]), row["n_high"], row["n_scored"]) for row in rows]
        return Text(
            "At high risk of " + ", ".join(f"{of.en} {integer(high)} of {integer(n)}" for of, high, n in parts) + ".",
            "高风险：" + "，".join(f"{of.zh} {integer(n)} 人中 {integer(high)} 人" for of, high, n in parts) + "。",
        )
    row = rows[0]
    return Text(
        f"{plural(row['n_high'], 'member is', 'members are')} at high risk, of the {integer(row['n_scored'])} scored.",
        f"已评分 {integer(row['n_scored'])} 人，其中 {integer(row['n_high'])} 人处于高风险。",
    )


def _tiles(marts: Marts, summary: Result, row: Row, before: Row | None, context: SiteContext) -> Tiles:
    name = words.word(words.DEFINITIONS, row["definition"])
    n = row["n_scored"]
    tiles = [
        Tile(
            label=known.Term("high_risk_members"),
            value=integer(row["n_high"]),
            note=_share(row["n_high"], n),
            **({"tone": "bad"} | scores_before.change("high_risk_members", row, before)),
        ),
        Tile(
            label=known.Term("medium_risk_members"),
            value=integer(row["n_medium"]),
            note=_share(row["n_medium"], n),
            **scores_before.change("medium_risk_members", row, before),
        ),
        Tile(
            label=known.Term("low_risk_members"),
            value=integer(row["n_low"]),
            note=_share(row["n_low"], n),
            **scores_before.change("low_risk_members", row, before),
        ),
    ]
    if row["learner"] != "rule":
        tiles.append(
            Tile(
                label=known.Term("expected_churners"),
                value=integer(row["expected_churners"]),
                note=Text("sum of the probabilities", "概率之和"),
                **scores_before.change("expected_churners", row, before),
            )
        )
    return Tiles(
        title=Text("Churn by ", "流失定义：") + name,
        note=scores.meaning(row["definition"], context)
        + _trust(marts, row)
        + _limits(marts, row)
        + scores_before.said(before),
        tiles=tiles,
        result=summary,
    )


def _share(part: int, n: int) -> Text:
    shown = percent(part / n, n)
    return Text(f"{shown} of {integer(n)}", f"占 {integer(n)} 人的 {shown}")


def _trust(marts: Marts, row: Row) -> Text:
    """How far the probabilities were off in the past, or that they are no probabilities."""
    if row["learner"] == "rule":
        return Text(
            "A rule ranks these members, not a trained model: read the order, not the percentage.",
            "此处由规则排序，而非训练模型：请看先后次序，不要看百分比。",
        )
    known = marts.has("churn_evaluations")
    errors = (
        marts.run(
            f"risk_calibration_{row['definition']}",
            f"""
            select n, value, low, high
            from marts.churn_evaluations
            where
                definition = {literal(row["definition"])}
                and model_version = {literal(row["model_version"])}
                and is_champion
                and split = 'test'
                and segment = 'all'
                and cut_off is null
                and metric = 'calibration_error'
            """,
        ).rows
        if known
        else []
    )
    if not errors:
        return Text("How well these probabilities fit the past is not known.", "这些概率与历史的吻合程度未知。")
    gap, low, high = (decimal(100 * errors[0][name], 1) for name in ("value", "low", "high"))
    n = integer(errors[0]["n"])
    return Text(
        f"On past test months they were off by {gap} points (95% {low}–{high}, chance taken off; n = {n}).",
        f"在历史测试月份中偏差 {gap} 个百分点（95% {low}–{high}，已扣除随机波动；n = {n}）。",
    )


def _limits(marts: Marts, row: Row) -> Text:
    """Between which percentages the probabilities are shown, and what came true at the ends."""
    if not marts.has("churn_trainings"):
        return Text("", "")
    found = marts.run(
        f"risk_limits_{row['definition']}",
        f"""
        select shown_low, shown_high, n_at_ends, low_end_rate, high_end_rate
        from marts.churn_trainings
        where definition = {literal(row["definition"])}
        qualify row_number() over (order by trained_at desc) = 1
        """,
    ).rows
    if not found or found[0]["shown_high"] is None:
        return Text("", "")
    low, high, rate_low, rate_high = (
        percent(found[0][name]) for name in ("shown_low", "shown_high", "low_end_rate", "high_end_rate")
    )
    n = integer(found[0]["n_at_ends"])
    return Text(
        f" Nobody is shown above {high} or below {low}: of the {n} highest predictions of those months {rate_high} "
        f"came true, of the {n} lowest {rate_low}. The order is the model's.",
        f"显示的概率不高于 {high}、不低于 {low}：在这些月份中，预测最高的 {n} 例有 {rate_high} 流失，"
        f"最低的 {n} 例有 {rate_low} 流失。排序仍依模型。",
    )


def _table(marts: Marts, row: Row, context: SiteContext) -> Table:
    result = marts.run(f"risk_{row['definition']}", scores.scores_sql(marts, context, row["definition"]), limit=_SHOWN)
    shown, has_plans = len(result.rows), any(one["plan"] for one in result.rows)
    scored: date = row["day"]
    return Table(
        title=Text("Highest risk first", "风险从高到低"),
        note=Text(
            f"{integer(shown)} of {integer(result.n)} members, as of {day(scored).en}; the CSV holds all.",
            f"截至 {day(scored).zh}，显示 {integer(result.n)} 人中的 {integer(shown)} 人；CSV 含全部。",
        ),
        columns=[
            Column(Text("Member", "成员")),
            Column(Text("Risk", "风险"), number=True),
            Column(Text("Band", "等级"), filter="band"),
            Column(Text("Why", "原因"), wide=True),
            Column(Text("Last seen", "最近活跃")),
            Column(Text("Engagement R", "参与度 R"), number=True),
            *([Column(Text("Plan", "套餐"), filter="plan")] if has_plans else []),
        ],
        rows=[_row(one, context) + ([Cell(one["plan"] or "")] if has_plans else []) for one in result.rows],
        result=result,
        search=True,
        scroll=True,
    )


def _row(row: Row, context: SiteContext) -> list[Cell]:
    band = row["risk_band"]
    return [
        people.member(row),
        scores.probability(row),
        Cell(marks.badge(words.word(words.LEVELS, band), scores.TONES.get(band, "neutral")), band),
        Cell(marks.lines(scores.reasons(row)), ""),
        Cell(ago(row["last_active_day"], context.through_day), str(row["last_active_day"] or "")),
        Cell(decimal(row["engagement"]), row["engagement"]),
    ]
