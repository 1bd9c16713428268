"""Morning brief: what changed yesterday, and does it matter? Counts and comparisons only, never a cause."""

from __future__ import annotations

from collections.abc import Callable

from pipelines.report import absent, charts, marks, questions, scores
from pipelines.report.blocks import Block, Chart, Note, Page, Tile, Tiles, Tone
from pipelines.report.context import SiteContext
from pipelines.report.database import Marts, Row
from pipelines.report.facts import Facts
from pipelines.report.text import Text, day, integer, percent, plural, signed, weekday

_TITLE = Text("Morning brief", "晨报")
_QUESTION = Text("What changed, and does it matter?", "发生了什么变化，要紧吗？")

_MEASURES: dict[str, tuple[Text, Tone]] = {
    "dau": (Text("Active that day · DAU", "当日活跃 · DAU"), "good"),
    "wau": (Text("Active in 7 days · WAU", "7 天活跃 · WAU"), "good"),
    "mau": (Text("Active in 30 days · MAU", "30 天活跃 · MAU"), "good"),
    "stickiness": (Text("Stickiness", "粘性"), "good"),
    "new_members": (Text("Active for the first time", "首次活跃"), "good"),
    "resurrected_members": (Text("Came back", "回归"), "good"),
    "lost_members": (Text("Left the monthly count", "退出 30 天活跃"), "bad"),
    "joined_members": (Text("Joined", "新加入"), "good"),
    "n_contents": (Text("Contents published", "发布内容"), "good"),
    "n_interactions": (Text("Interactions", "互动"), "good"),
}
"""Measure of ``community_days`` -> its label, and what a rise of it is."""

_WEEKS_NEEDED = 4
"""Same weekdays before from which a range is worth showing."""


def page(marts: Marts, context: SiteContext, facts: Facts) -> Page:
    """The first page of the site."""
    nobody = absent.activity(facts, context)
    measures = None if nobody else _measures(marts, context)
    blocks: list[Block] = []
    answer = Text("There is no activity to report yet.", "目前还没有可报告的活动。")
    if nobody:
        answer = Text("Nobody can be active: no log says who was.", "无法判断谁活跃：没有相应的日志。")
        blocks.append(nobody)
    elif measures is not None:
        rows = {row["measure"]: row for row in measures.result.rows} if measures.result else {}
        answer = _sentence(rows, context)
        blocks.append(measures)
        blocks += _trends(marts, context)
    else:
        blocks.append(
            Note(
                title=Text("Nothing counted yet", "尚无统计"),
                body=Text(
                    "No day is counted: deliver an interactions or content log and run the pipeline.",
                    "社区日表为空：请送达互动或内容日志并运行流水线。",
                ),
            )
        )
    blocks.append(questions.block(marts, context))
    blocks.append(scores.headline(marts, context))
    blocks.append(
        Note(
            title=Text("May I believe this page?", "这一页可信吗？"),
            body=facts.trust,
            link=("health.html", Text("Data health", "数据健康")),
        )
    )
    return Page(name="index", title=_TITLE, question=_QUESTION, answer=answer, blocks=blocks)


def _measures(marts: Marts, context: SiteContext) -> Tiles | None:
    if not marts.has("community_days"):
        return None
    result = marts.run(
        "brief_measures",
        f"""
        with
        measured as (
            unpivot (
                select
                    day,
                    {", ".join(f"{name}::double as {name}" for name in _MEASURES)}
                from marts.community_days
                where day between {context.through} - 56 and {context.through}
            )
            on columns(* exclude (day))
            into name measure value amount
        ),

        compared as (
            select
                *,
                dayofweek(day) = dayofweek({context.through}) and day < {context.through} as is_usual,
            from measured
        )

        select
            measure,
            max(amount) filter (where day = {context.through}) as amount,
            max(amount) filter (where day = {context.through} - 7) as week_before,
            min(amount) filter (where is_usual) as lowest,
            max(amount) filter (where is_usual) as highest,
            count(*) filter (where is_usual) as n_weeks,
            list(amount order by day) filter (where day > {context.through} - 28) as last_28_days,
        from compared
        group by measure
        order by measure
        """,
    )
    rows = {row["measure"]: row for row in result.rows}
    tiles = [
        _tile(rows[name], label, tone, context)
        for name, (label, tone) in _MEASURES.items()
        if name in rows and rows[name]["amount"] is not None
    ]
    if not tiles:
        return None
    name = weekday(context.through_day)
    return Tiles(
        title=Text("The day in numbers", "当日数字"),
        note=Text(
            f"Change against {name.en} a week before; usual is the range of the 8 {name.en}s before.",
            f"变化为与上{name.zh}相比；“常见”为此前 8 个{name.zh}的范围。",
        ),
        tiles=tiles,
        result=result,
    )


def _tile(row: Row, label: Text, rise: Tone, context: SiteContext) -> Tile:
    shown = percent if row["measure"] == "stickiness" else integer
    amount, before = row["amount"], row["week_before"]
    change, tone = None, "neutral"
    if before is not None:
        delta = amount - before
        if row["measure"] == "stickiness":
            points = signed(100 * delta)
            change = Text(f"{points} points", f"{points} 个百分点")
            delta = round(delta, 2)
        else:
            change = Text(signed(delta), signed(delta)) if delta else Text("no change", "持平")
        if delta:
            tone = rise if delta > 0 else ("good" if rise == "bad" else "bad")
    note, unusual = _usual(row, shown) if row["n_weeks"] >= _WEEKS_NEEDED else (None, False)
    return Tile(
        label=label,
        value=shown(amount),
        change=change,
        tone=tone,  # type: ignore[arg-type]
        note=note,
        unusual=unusual,
        trend=marks.sparkline(row["last_28_days"] or []),
    )


def _usual(row: Row, shown: Callable[[float], str]) -> tuple[Text, bool]:
    """Where the day lies against the range of the same weekday before, and whether it lies outside."""
    low, high = shown(row["lowest"]), shown(row["highest"])
    between = low if low == high else f"{low}–{high}"
    if row["amount"] > row["highest"]:
        return Text(f"above the usual {between}", f"高于常见的 {between}"), True
    if row["amount"] < row["lowest"]:
        return Text(f"below the usual {between}", f"低于常见的 {between}"), True
    return Text(f"usual {between}", f"常见 {between}"), False


def _sentence(rows: dict[str, Row], context: SiteContext) -> Text:
    amount = {name: row["amount"] for name, row in rows.items()}
    date_, name = day(context.through_day), weekday(context.through_day)
    if amount.get("dau") is None:
        return Text(f"There are no figures for {date_.en}.", f"{date_.zh}没有数据。")
    dau, before = amount["dau"], rows["dau"]["week_before"]
    text = Text(
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


def _trends(marts: Marts, context: SiteContext) -> list[Block]:
    result = marts.run(
        "brief_trend",
        f"""
        select day, dau, wau, mau, n_contents, n_interactions
        from marts.community_days
        where day between {context.through} - 89 and {context.through}
        order by day
        """,
    )
    days = charts.column(result.rows, "day")

    def amounts(name: str) -> list[float]:
        return charts.column(result.rows, name)

    active = charts.figure(
        [
            charts.line(days, amounts("mau"), Text("30 days", "30 天"), "c3"),
            charts.line(days, amounts("wau"), Text("7 days", "7 天"), "c2"),
            charts.line(days, amounts("dau"), Text("day", "当日"), "c1"),
        ],
        yaxis={"rangemode": "tozero"},
    )
    acts = charts.figure(
        [
            charts.bars(days, amounts("n_interactions"), Text("interactions", "互动"), "c1"),
            charts.bars(days, amounts("n_contents"), Text("contents", "内容"), "c2") | {"yaxis": "y2"},
        ],
        xaxis={"anchor": "y2"},
        yaxis={"domain": [0.42, 1]},
        yaxis2={"domain": [0, 0.3], "nticks": 3},
    )
    return [
        Chart(title=Text("Active members", "活跃成员"), figure=active, result=result, half=True),
        Chart(title=Text("Contents and interactions", "内容与互动"), figure=acts, result=result, half=True),
    ]
