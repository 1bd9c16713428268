"""The sentence of the brief: what is outside its usual range, then who was active, came and went."""

from __future__ import annotations

from pipelines.report.context import SiteContext
from pipelines.report.parts.database import Row
from pipelines.report.parts.text import Text, day, integer, plural, weekday
from pipelines.report.sections.measures import MEASURES, between, has_range, shown, side

_SHORT = {"dau": Text("DAU", "DAU"), "wau": Text("WAU", "WAU"), "mau": Text("MAU", "MAU")}
"""Labels that are shorter in a sentence."""

_NAMED = 3
"""Figures on one side of their range that the sentence names."""


def sentence(rows: dict[str, Row], context: SiteContext) -> Text:
    """What is unusual, then who was active, came and went."""
    amount = {name: row["amount"] for name, row in rows.items()}
    date_, name = day(context.through_day), weekday(context.through_day)
    if amount.get("dau") is None:
        return Text(f"There are no figures for {date_.en}.", f"{date_.zh}没有数据。")
    dau, before = amount["dau"], rows["dau"]["week_before"]
    text = _lead(rows) + Text(
        f"On {name.en}, {date_.en}, {plural(dau, 'member was', 'members were')} active",
        f"{date_.zh}（{name.zh}）有 {integer(dau)} 名成员活跃",
    )
    if before is not None:
        delta = dau - before
        text += (
            Text(
                f", {integer(abs(delta))} {'more' if delta > 0 else 'fewer'} than a week before",
                f"，比一周前{'多' if delta > 0 else '少'} {integer(abs(delta))} 人",
            )
            if delta
            else Text(", as many as a week before", "，与一周前持平")
        )
    came, back, lost = (amount.get(key) for key in ("new_members", "resurrected_members", "lost_members"))
    if None not in (came, back, lost):
        text += Text(
            f". {integer(came)} came for the first time, {integer(back)} came back, "
            f"{integer(lost)} left the monthly count",
            f"。{integer(came)} 人首次活跃，{integer(back)} 人回归，{integer(lost)} 人退出 30 天活跃",
        )
    return text + Text(".", "。")


def _lead(rows: dict[str, Row]) -> Text:
    """What lies outside its usual range; empty where no range is known yet."""
    known = [row for name in MEASURES if (row := rows.get(name)) and has_range(row)]
    below = [row for row in known if side(row) == "below"]
    above = [row for row in known if side(row) == "above"]
    lead = Text("", "")
    if below:
        lead += Text("Below the usual range: ", "低于常见范围：") + _named(below)
    if above:
        lead += Text("Above the usual range: ", "高于常见范围：") + _named(above)
    if known and not below and not above:
        lead = Text("Every figure is within its usual range. ", "各项数字均在常见范围内。")
    return lead


def _named(rows: list[Row]) -> Text:
    """The first of these figures with their ranges, as the end of a sentence."""
    figures = [
        _SHORT.get(row["measure"], MEASURES[row["measure"]])
        + f" {shown(row['measure'])(row['amount'])} ({between(row)})"
        for row in rows[:_NAMED]
    ]
    more = len(rows) - len(figures)
    return Text(
        ", ".join(figure.en for figure in figures) + (f", and {more} more" if more else "") + ". ",
        "、".join(figure.zh for figure in figures) + (f"，另有 {more} 项" if more else "") + "。",
    )
