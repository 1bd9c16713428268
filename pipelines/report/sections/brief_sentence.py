"""The sentence of the brief: the one figure that is most unusual, the others by name, then who was active."""

from __future__ import annotations

import math

from pipelines.report.context import SiteContext
from pipelines.report.parts.database import Row
from pipelines.report.parts.text import Text, day, integer, plural, weekday
from pipelines.report.sections.measures import MEASURES, between, has_range, shown, side

_SHORT = {"dau": Text("DAU", "DAU"), "wau": Text("WAU", "WAU"), "mau": Text("MAU", "MAU")}
"""Labels that are shorter in a sentence."""

_SAID = {
    "dau": Text("members were active", "当日活跃成员"),
    "wau": Text("members were active in the week", "7 天活跃成员"),
    "mau": Text("members were active in the month", "30 天活跃成员"),
    "new_members": Text("members came for the first time", "首次活跃的成员"),
    "resurrected_members": Text("members came back", "回归的成员"),
    "lost_members": Text("members left the monthly count", "退出 30 天活跃的成员"),
    "joined_members": Text("members joined", "新加入的成员"),
    "n_contents": Text("contents came from members", "成员发布的内容"),
    "n_interactions": Text("interactions came from members", "成员的互动"),
}
"""Measure that counts -> what there was few or many of."""

_NAMED = 3
"""Further figures that the sentence names."""


def sentence(rows: dict[str, Row], context: SiteContext) -> Text:
    """What is most unusual, then who was active, came and went."""
    amount = {name: row["amount"] for name, row in rows.items()}
    date_, name = day(context.through_day), weekday(context.through_day)
    if amount.get("dau") is None:
        return Text(f"There are no figures for {date_.en}.", f"{date_.zh}没有数据。")
    known = [row for measure in MEASURES if (row := rows.get(measure)) and has_range(row)]
    unusual = sorted((row for row in known if side(row)), key=_distance, reverse=True)
    dau = integer(amount["dau"])
    if unusual and unusual[0]["measure"] == "dau":
        few, less = _degree(unusual[0])
        usual = between(unusual[0])
        text = Text(
            f"Unusually {few} members were active on {name.en}, {date_.en}: {dau}, usually {usual}",
            f"{date_.zh}（{name.zh}）的活跃成员{less}往常：{dau} 人，通常为 {usual}",
        )
        text += _against_a_week_before(rows["dau"]) + Text(". ", "。") + _others(unusual[1:])
    else:
        text = _lead(unusual, context) + _others(unusual[1:])
        if known and not unusual:
            text = Text("Every figure is within its usual range. ", "各项数字均在常见范围内。")
        text += Text(
            f"On {name.en}, {date_.en}, {plural(amount['dau'], 'member was', 'members were')} active",
            f"{date_.zh}（{name.zh}）有 {dau} 名成员活跃",
        )
        text += _against_a_week_before(rows["dau"]) + Text(". ", "。")
    came, back, lost = (amount.get(key) for key in ("new_members", "resurrected_members", "lost_members"))
    if None not in (came, back, lost):
        text += Text(
            f"{integer(came)} came for the first time, {integer(back)} came back, "
            f"{integer(lost)} left the monthly count.",
            f"{integer(came)} 人首次活跃，{integer(back)} 人回归，{integer(lost)} 人退出 30 天活跃。",
        )
    return Text(text.en.rstrip(), text.zh)


def _distance(row: Row) -> float:
    """How far a figure is from its usual range: in widths of it, or of what chance alone does where that is more."""
    low, high, amount = row["lowest"], row["highest"], row["amount"]
    beyond = low - amount if side(row) == "below" else amount - high
    chance = 0.02 if row["measure"] == "stickiness" else 2 * math.sqrt(max(high, 1))
    return float(beyond / max(high - low, chance))


def _degree(row: Row) -> tuple[str, str]:
    """Few or many, and less or more than usual in Chinese."""
    return ("few", "少于") if side(row) == "below" else ("many", "多于")


def _lead(unusual: list[Row], context: SiteContext) -> Text:
    """The most unusual figure as a sentence; empty where none is unusual."""
    if not unusual:
        return Text("", "")
    row, name = unusual[0], weekday(context.through_day)
    value, usual = shown(row["measure"])(row["amount"]), between(row)
    said = _SAID.get(row["measure"])
    few, less = _degree(row)
    if said is None:
        often, low = ("seldom", "低于") if side(row) == "below" else ("often", "高于")
        what = Text(f"Members came unusually {often}, a stickiness of {value}", f"粘性{low}往常：{value}")
    else:
        what = Text(f"Unusually {few} {said.en}: {value}", f"{said.zh}{less}往常：{value}")
    return what + Text(f", usually {usual} on a {name.en}. ", f"，{name.zh}通常为 {usual}。")


def _others(rows: list[Row]) -> Text:
    """The other unusual figures by name, those that are low and those that are high."""
    if not rows:
        return Text("", "")
    parts = []
    for where, en, zh in (("below", "low", "偏低的还有："), ("above", "high", "偏高的还有：")):
        names = [
            _SHORT.get(row["measure"], MEASURES[row["measure"]]) + f" {shown(row['measure'])(row['amount'])}"
            for row in rows[:_NAMED]
            if side(row) == where
        ]
        if names:
            parts.append(
                Text(f"{en}: {', '.join(name.en for name in names)}", zh + "、".join(name.zh for name in names))
            )
    more = len(rows) - _NAMED
    return Text(
        "Also " + "; also ".join(part.en for part in parts) + (f", and {more} more" if more > 0 else "") + ". ",
        "；".join(part.zh for part in parts) + (f"，另有 {more} 项" if more > 0 else "") + "。",
    )


def _against_a_week_before(row: Row) -> Text:
    """How many more or fewer were active than a week before, where that is known."""
    if row["week_before"] is None:
        return Text("", "")
    delta = row["amount"] - row["week_before"]
    if not delta:
        return Text(", as many as a week before", "，与一周前持平")
    return Text(
        f", {integer(abs(delta))} {'more' if delta > 0 else 'fewer'} than a week before",
        f"，比一周前{'多' if delta > 0 else '少'} {integer(abs(delta))} 人",
    )
