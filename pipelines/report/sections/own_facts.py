"""The plain facts about a member: who they are, the plan and until when it is paid, last seen, stage, points, risk."""

from __future__ import annotations

from pipelines.contract import GONE_STATUSES
from pipelines.report.context import SiteContext
from pipelines.report.parts import words
from pipelines.report.parts.blocks import Tile, Tiles, Tone
from pipelines.report.parts.database import Row
from pipelines.report.parts.text import MISSING, Text, ago, day, integer, joined, money, percent, plural, price
from pipelines.report.sections import own_words, scores
from pipelines.report.sections.own_known import Facts

_STAGES: dict[str, Tone] = {"at_risk": "warn", "dormant": "bad", "lost": "bad", "new": "good", "active": "good"}


def standing(row: Row) -> Text | None:
    """What a member is whom no figure counts: gone, or a bot or staff; None of all others."""
    if row["status"] in GONE_STATUSES:
        name = own_words.status(row["status"])
        return Text(
            f"This account is gone ({name.en}): no figure of today counts it",
            f"该账号已离开（{name.zh}），今天的各项人数不含此人",
        )
    name = own_words.role(row["role"])
    return (
        Text(f"This is {name.en}: no figure counts it", f"这是{name.zh}，各项人数均不含")
        if row["is_excluded"]
        else None
    )


def sentence(facts: Facts, id_: str, context: SiteContext) -> Text:
    """Who this is in a sentence: what no figure counts first, then when they were seen and until when they paid."""
    row = facts.members.rows(id_)[0]
    parts = [standing(row) or _stage(row)]
    if row["last_active_day"]:
        seen = ago(row["last_active_day"], context.through_day)
        parts.append(
            Text(
                f"last active {day(row['last_active_day']).en} ({seen.en})",
                f"最近活跃于{day(row['last_active_day']).zh}（{seen.zh}）",
            )
        )
    else:
        parts.append(Text("never active", "从未活跃"))
    if term := _term(facts, id_):
        parts.append(_paid(term))
    told = joined(parts) + Text(".", "。")
    return Text(f"{told.en[:1].upper()}{told.en[1:]}", told.zh)


def _stage(row: Row) -> Text:
    return words.word(words.LIFECYCLES, row["lifecycle"]) if row["lifecycle"] else Text("stage not known", "阶段未知")


def _term(facts: Facts, id_: str) -> Row | None:
    rows = facts.terms.rows(id_)
    return rows[0] if rows else None


def _paid(term: Row) -> Text:
    end = day(term["term_end"])
    if term["outcome"] == "in_grace":
        return Text(f"in grace since {end.en}", f"{end.zh}起处于宽限期")
    if term["outcome"] != "running":
        return Text(f"no running plan since {end.en}", f"{end.zh}起没有有效套餐")
    if not term["is_paid"]:
        return Text(f"on trial or given until {end.en}", f"试用或获赠至{end.zh}")
    return Text(f"paid until {end.en}", f"已付费至{end.zh}")


def tiles(facts: Facts, id_: str, context: SiteContext) -> Tiles:
    """The facts as tiles; what is not collected has none."""
    row = facts.members.rows(id_)[0]
    made = [_seen(row, context), *_plan(facts, row, id_), *_worth(facts, id_), *_risk(facts, id_), *_points(facts, id_)]
    return Tiles(title=Text("The plain facts", "基本情况"), note=_origin(row), tiles=made, result=facts.members.of(id_))


def _origin(row: Row) -> Text:
    first = row["joined_day"] or row["first_day"]
    said = Text(f"Here since {day(first).en}", f"{day(first).zh}加入") if first else Text("Never joined", "从未加入")
    if row["referrer"]:
        said += Text(f", came from {row['referrer']}", f"，来自 {row['referrer']}")
    if row["role"] and row["role"] != "member":
        said += Text(", ", "，") + own_words.role(row["role"])
    return said + Text(".", "。")


def _seen(row: Row, context: SiteContext) -> Tile:
    stage = row["lifecycle"]
    value = ago(row["last_active_day"], context.through_day)
    return Tile(
        label=Text("Last active", "最近活跃"), value=value, note=_stage(row), tone=_STAGES.get(stage, "neutral")
    )


def _plan(facts: Facts, row: Row, id_: str) -> list[Tile]:
    term = _term(facts, id_)
    if term is None:
        return [Tile(label=Text("Plan", "套餐"), value=row["plan"])] if row["plan"] else []
    note = _paid(term)
    if term["price_minor"] is not None and term["is_paid"]:
        paid = price(term["price_minor"], term["currency"])
        months = term["interval_months"]
        note += Text(f", {paid} for {plural(months, 'month', 'months')}", f"，{months} 个月 {paid}")
    is_on = term["outcome"] == "running"
    return [
        Tile(label=Text("Plan", "套餐"), value=term["plan"] or MISSING, note=note, tone="neutral" if is_on else "bad")
    ]


def _worth(facts: Facts, id_: str) -> list[Tile]:
    kinds = {
        "subscription_net_minor": Text("subscription", "订阅"),
        "content_net_minor": Text("pieces", "内容"),
        "event_net_minor": Text("tickets", "门票"),
        "other_net_minor": Text("other", "其他"),
    }
    made = []
    for row in facts.value.rows(id_):
        parts = [(name, money(row[column], row["currency"])) for column, name in kinds.items() if row[column]]
        note = Text(
            ", ".join(f"{name.en} {amount}" for name, amount in parts),
            "，".join(f"{name.zh} {amount}" for name, amount in parts),
        )
        made.append(
            Tile(label=Text("Net, all time", "累计净收入"), value=money(row["net_minor"], row["currency"]), note=note)
        )
    return made


def _risk(facts: Facts, id_: str) -> list[Tile]:
    """Probabilities by both definitions, each with its reasons."""
    made = []
    for row in facts.scored.rows(id_):
        of, band = words.word(words.DEFINITIONS, row["definition"]), words.word(words.LEVELS, row["risk_band"])
        why = joined(scores.reasons(row))
        tile = Tile(
            label=Text("Risk of ", "流失风险：") + of,
            value=Text(
                f"{percent(row['shown_probability'])} {band.en}", f"{percent(row['shown_probability'])} {band.zh}"
            ),
            note=why,
            tone=scores.TONES.get(row["risk_band"], "neutral"),
        )
        made.append(tile)
    return made


def _points(facts: Facts, id_: str) -> list[Tile]:
    rows = facts.points.rows(id_)
    return [Tile(label=Text("Points", "积分"), value=integer(rows[0]["balance"]))] if rows else []
