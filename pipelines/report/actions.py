"""Actions: which strategy works? Every campaign, treated against held-out."""

from __future__ import annotations

import re

from pipelines.report import charts, marks, suggestions, words
from pipelines.report.blocks import Block, Cell, Chart, Column, Note, Page, Table, Tile, Tiles, Tone
from pipelines.report.context import SiteContext
from pipelines.report.database import Marts, Result, Row
from pipelines.report.facts import Facts
from pipelines.report.text import MISSING, Text, day, decimal, integer, percent, plural

_TITLE = Text("Actions", "运营动作")
_QUESTION = Text("Which strategy works?", "哪种策略有效？")
_NAME = re.compile(r"[\w.-]{1,40}")
_TONES: dict[str, Tone] = {"works": "good", "harms": "bad", "unbalanced": "warn"}


def page(marts: Marts, context: SiteContext, facts: Facts) -> Page:
    """Campaigns with a comparison first; then how good the suggested pieces are."""
    if not marts.has("action_effects"):
        return Page(name="actions", title=_TITLE, question=_QUESTION, answer=_nothing(), blocks=[_empty()])
    result = _effects(marts)
    primary = [row for row in result.rows if row["is_primary"]]
    blocks: list[Block] = [_tiles(result, primary)]
    compared = [row for row in primary if row["effect_low"] is not None and row["verdict"] != "unbalanced"]
    if compared:
        blocks.append(_chart(result, compared))
    blocks.append(_table(result, context))
    if marts.has("suggestion_evaluations"):
        blocks.append(suggestions.block(marts))
    return Page(name="actions", title=_TITLE, question=_QUESTION, answer=_answer(primary), blocks=blocks)


def _nothing() -> Text:
    return Text("No campaign has been measured yet.", "尚未衡量任何活动。")


def _empty() -> Note:
    return Note(
        title=Text("Nothing to compare yet", "尚无可比较的数据"),
        body=Text(
            "Deliver what was done as the log actions, with campaign_id, and with a row for each member who was held "
            "out by lot. Members on the daily list are drawn into arms by Guildbook itself.",
            "请把运营动作作为 actions 日志送达，带 campaign_id，并为每位随机保留的对照成员写一行。"
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


def _answer(primary: list[Row]) -> Text:
    """Names what works and what harms; else says that nothing is known, which is not that nothing works."""
    found = {
        verdict: [row["campaign_id"] for row in primary if row["verdict"] == verdict] for verdict in words.VERDICTS
    }
    works, harms = found["works"], found["harms"]
    if not works and not harms:
        n = len(primary) - len(found["no_comparison"])
        return Text(
            f"Of {plural(n, 'campaign', 'campaigns')} with a comparison none has shown an effect so far.",
            f"在可比较的 {integer(n)} 个活动中，目前没有显示出效果的。",
        )
    parts = []
    if works:
        verb = "works" if len(works) == 1 else "work"
        parts.append(Text(f"{', '.join(works)} {verb}", f"有效：{'、'.join(works)}"))
    if harms:
        verb = "harms" if len(harms) == 1 else "harm"
        parts.append(Text(f"{', '.join(harms)} {verb}", f"有害：{'、'.join(harms)}"))
    return Text("; ".join(part.en for part in parts) + ".", "；".join(part.zh for part in parts) + "。")


def _tiles(result: Result, primary: list[Row]) -> Tiles:
    def counted(*verdicts: str) -> str:
        return integer(sum(row["verdict"] in verdicts for row in primary))

    costs = [row["cost_minor"] for row in primary if row["cost_minor"] is not None]
    return Tiles(
        title=Text("Campaigns by verdict", "活动结论"),
        note=Text(
            "Treated less held-out, by the arm each member was first put into, whatever was done then. "
            "Never before and after: who is contacted for being quiet comes back more often anyway.",
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
                value=_money(sum(costs)) if costs else MISSING,
                note=Text("logged cost of the treated", "干预组的记录成本"),
            ),
        ],
        result=result,
    )


def _chart(result: Result, rows: list[Row]) -> Chart:
    rows = rows[:20][::-1]
    points = [100 * row["effect"] for row in rows]
    trace = {
        "type": "scatter",
        "mode": "markers",
        "x": points,
        "y": [_plain(row["campaign_id"], place) for place, row in zip(range(len(rows), 0, -1), rows, strict=True)],
        "marker": {"color": charts.Ink("c1"), "size": 10},
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [100 * row["effect_high"] - at for row, at in zip(rows, points, strict=True)],
            "arrayminus": [at - 100 * row["effect_low"] for row, at in zip(rows, points, strict=True)],
            "color": charts.Ink("c1"),
            "thickness": 1.5,
            "width": 4,
        },
    }
    return Chart(
        title=Text("Effect in points, with its interval", "效果（百分点）及其区间"),
        note=Text(
            "95% intervals (Newcombe). One that holds 0 shows no effect; of twenty such without any, one shows one.",
            "95% 区间（Newcombe）。包含 0 即未显示效果；二十个毫无效果的活动中会有一个碰巧显示效果。",
        ),
        figure=charts.figure(
            [trace],
            x_title=Text("points", "百分点"),
            hovermode="closest",
            yaxis={"automargin": True, "showgrid": False, "type": "category", "dtick": 1},
            xaxis={"zeroline": True, "zerolinewidth": 2},
        ),
        result=result,
        height=120 + 36 * len(rows),
    )


def _plain(name: str, place: int) -> str:
    """A plain name, else its place in the chart: Plotly reads tags in text, and campaigns are named by people."""
    return name if _NAME.fullmatch(name) else f"#{place}"


def _table(result: Result, context: SiteContext) -> Table:
    return Table(
        title=Text("Every campaign and outcome", "全部活动与结果"),
        note=Text(
            f"★ marks the outcome that a campaign is judged by; horizon {context.horizon_days} days. "
            "The ratio is checked by chi-square: below 0.001 the arms are not what a fair draw gives.",
            f"★ 为活动的评判指标；观察期 {context.horizon_days} 天。"
            "比例用卡方检验：低于 0.001 说明分组不像公平抽签的结果。",
        ),
        columns=[
            Column(Text("Campaign", "活动")),
            Column(Text("Outcome", "结果")),
            Column(Text("Verdict", "结论")),
            Column(Text("Treated", "干预组"), number=True),
            Column(Text("Held out", "对照组"), number=True),
            Column(Text("Effect, points", "效果（百分点）"), number=True),
            Column(Text("95% interval", "95% 区间")),
            Column(Text("Would show", "可检出"), number=True),
            Column(Text("Ratio p", "比例 p"), number=True),
            Column(Text("Done", "已执行"), number=True),
            Column(Text("Spent", "花费"), number=True),
            Column(Text("Per extra member", "每多留一人"), number=True),
            Column(Text("Last day", "最后一天")),
        ],
        rows=[_row(row) for row in result.rows],
        result=result,
        scroll=True,
        dense=True,
    )


def _row(row: Row) -> list[Cell]:
    verdict = row["verdict"]
    low, high = row["effect_low"], row["effect_high"]
    interval = MISSING if low is None else f"{100 * low:+.1f} … {100 * high:+.1f}".replace("-", "\N{MINUS SIGN}")
    effect = MISSING if row["effect"] is None else f"{100 * row['effect']:+.1f}".replace("-", "\N{MINUS SIGN}")
    cost = row["cost_per_extra_minor"]
    none = Text("no effect shown", "未显示效果")
    return [
        Cell(row["campaign_id"]),
        Cell(words.word(words.OUTCOMES, row["outcome"]) + (" ★" if row["is_primary"] else ""), row["outcome"]),
        Cell(marks.badge(words.word(words.VERDICTS, verdict), _TONES.get(verdict, "neutral")), verdict),
        _arm(row["rate_treated"], row["n_treated"], row["n_assigned_treated"]),
        _arm(row["rate_held_out"], row["n_held_out"], row["n_assigned_held_out"]),
        Cell(effect, row["effect"] if row["effect"] is not None else -9),
        Cell(interval, low),
        Cell(decimal(_points(row["min_detectable_effect"]), 1), row["min_detectable_effect"]),
        Cell(_p(row["ratio_p"]), row["ratio_p"]),
        Cell(integer(row["n_done"]), row["n_done"]),
        Cell(_money(row["cost_minor"]), row["cost_minor"]),
        Cell(none if cost is None else _money(cost), cost if cost is not None else -1),
        Cell(day(row["last_day"]), row["last_day"].isoformat()),
    ]


def _arm(rate: float | None, n: int, n_assigned: int) -> Cell:
    known = f"{percent(rate, n)} / {integer(n)}"
    open_ = n_assigned - n
    return Cell(Text(known, known) + (Text(f" (+{open_} open)", f"（另有 {open_} 人未知）") if open_ > 0 else ""), rate)


def _points(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _p(value: float | None) -> str:
    return "<0.001" if value is not None and value < 0.001 else decimal(value, 3)


def _money(minor: float | None) -> str:
    return decimal(None if minor is None else minor / 100, 2)
