"""Effects of campaigns in words: what works and harms, how sure that is, what it costs and what it brings."""

from __future__ import annotations

from pipelines.report.context import SiteContext
from pipelines.report.parts import marks, words
from pipelines.report.parts.blocks import Cell, Column, Table, Tone
from pipelines.report.parts.database import Result, Row
from pipelines.report.parts.text import MISSING, Text, day, decimal, integer, joined, percent, plural, price

_TONES: dict[str, Tone] = {"works": "good", "harms": "bad", "unbalanced": "warn"}
_COST_TONES: dict[str, Tone] = {"pays": "good", "costs_more": "bad"}
_ONE_MORE = {
    "active": Text("one active member more", "每多一位活跃成员"),
    "renewed": Text("one renewal more", "每多一次续费"),
}


def answer(primary: list[Row]) -> Text:
    """Names what works and what harms, out of how many; else says that nothing is known, not that nothing works."""
    compared = [row for row in primary if row["effect_low"] is not None and row["verdict"] != "unbalanced"]
    found = [row for verdict in ("works", "harms") for row in primary if row["verdict"] == verdict]
    if not found:
        n = len(compared)
        return Text(
            f"Of {plural(n, 'campaign', 'campaigns')} compared none has shown an effect so far.",
            f"在比较的 {integer(n)} 个运营活动中，目前没有显示出效果的。",
        )
    show = "shows" if len(found) == 1 else "show"
    start = Text(
        f"{integer(len(found))} of {plural(len(compared), 'campaign', 'campaigns')} compared {show} an effect: ",
        f"在比较的 {integer(len(compared))} 个运营活动中，{integer(len(found))} 个显示出效果：",
    )
    parts = [_finding(row) for row in found]
    return start + joined(parts) + Text(".", "。")


def _finding(row: Row) -> Text:
    said = words.word(words.VERDICTS, row["verdict"])
    effect, low, high = (points(row[name]) for name in ("effect", "effect_low", "effect_high"))
    text = Text(
        f"{row['campaign_id']} {said.en}, {effect} points ({low} to {high})",
        f"{row['campaign_id']} {said.zh}，{effect} 个百分点（{low} 至 {high}）",
    )
    if not row["cost_per_extra_minor"]:
        return text
    more, (low, cost, high) = _ONE_MORE[row["outcome"]], _costs(row)
    text += Text(f"; {more.en} costs {cost} ({low} to {high})", f"；{more.zh}花费 {cost}（{low} 至 {high}）")
    if row["cost_verdict"] is None:
        return text
    brings, against = price(row["worth_minor"], row["currency"]), words.word(words.COST_VERDICTS, row["cost_verdict"])
    return text + Text(f" and brings {brings}: {against.en}", f"，带来 {brings}：{against.zh}")


def about_intervals(rows: list[Row]) -> Text:
    """How sure the intervals are, and when they may be read."""
    level = decimal(100 * rows[0]["confidence"], 2).rstrip("0").rstrip(".")
    n = rows[0]["n_compared"]
    text = Text(
        "Intervals hold on all mornings at once, so they may be read every day. Their level is corrected for the "
        f"{plural(n, 'campaign', 'campaigns')} compared ({level}%): of the effects shown at most 5% are wrong ones on "
        "average. An interval that holds 0 shows no effect.",
        f"区间对所有日期同时成立，因此可以每天查看。其置信度已按比较的 {integer(n)} 个运营活动校正（{level}%）："
        "在显示出的效果中，平均最多 5% 是错的。包含 0 的区间未显示效果。",
    )
    fixed, waiting = _with_days(rows, "fixed_day"), _with_days(rows, "any_day")
    if fixed:
        text += Text(
            f" Judged once, on the day named beforehand (Newcombe): {fixed.en}.",
            f"按事先指定的日期只评判一次（Newcombe）：{fixed.zh}。",
        )
    if waiting:
        text += Text(f" Not judged before its day: {waiting.en}.", f"指定日期之前不作评判：{waiting.zh}。")
    return text


def _with_days(rows: list[Row], interval_kind: str) -> Text | None:
    """Campaigns whose day of judgement was named, with it."""
    named = [row for row in rows if row["interval_kind"] == interval_kind and row["judgement_day"]]
    if not named:
        return None
    return Text(
        ", ".join(f"{row['campaign_id']} ({day(row['judgement_day']).en})" for row in named),
        "、".join(f"{row['campaign_id']}（{day(row['judgement_day']).zh}）" for row in named),
    )


def table(result: Result, context: SiteContext) -> Table:
    """Every campaign and outcome with its figures."""
    return Table(
        title=Text("Every campaign and outcome", "全部运营活动与结果"),
        note=Text(
            f"★ marks the outcome that a campaign is judged by; horizon {context.horizon_days} days. "
            "The ratio is checked by a test that may be read every morning: below 0.001 the arms are not what a fair "
            "draw gives.",
            f"★ 为运营活动的评判指标；观察期 {context.horizon_days} 天。"
            "分组比例用可每天查看的检验：低于 0.001 说明分组不像公平抽签的结果。",
        ),
        columns=[
            Column(Text("Campaign", "运营活动")),
            Column(Text("Outcome", "结果")),
            Column(Text("Verdict", "结论")),
            Column(Text("Treated", "干预组"), number=True),
            Column(Text("Control", "对照组"), number=True),
            Column(Text("Effect, points", "效果（百分点）"), number=True),
            Column(Text("Interval", "区间")),
            Column(Text("Would show", "可检出"), number=True),
            Column(Text("Ratio p", "比例 p"), number=True),
            Column(Text("Done", "已执行"), number=True),
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
    return [
        Cell(row["campaign_id"]),
        Cell(words.word(words.OUTCOMES, row["outcome"]) + (" ★" if row["is_primary"] else ""), row["outcome"]),
        Cell(marks.badge(words.word(words.VERDICTS, verdict), _TONES.get(verdict, "neutral")), verdict),
        _arm(row["rate_treated"], row["n_treated"], row["n_assigned_treated"]),
        _arm(row["rate_held_out"], row["n_held_out"], row["n_assigned_held_out"]),
        Cell(points(row["effect"]), row["effect"] if row["effect"] is not None else -9),
        Cell(MISSING if low is None else f"{points(low)}\N{NO-BREAK SPACE}…\N{NO-BREAK SPACE}{points(high)}", low),
        Cell(decimal(_hundred(row["min_detectable_effect"]), 1), row["min_detectable_effect"]),
        Cell(_p(row["ratio_p"]), row["ratio_p"]),
        Cell(integer(row["n_done"]), row["n_done"]),
        Cell(day(row["last_day"]), row["last_day"].isoformat()),
    ]


def _arm(rate: float | None, n: int, n_assigned: int) -> Cell:
    known = f"{percent(rate, n)} / {integer(n)}"
    open_ = n_assigned - n
    return Cell(Text(known, known) + (Text(f" (+{open_} open)", f"（另有 {open_} 人未知）") if open_ > 0 else ""), rate)


def costs(result: Result, rows: list[Row]) -> Table:
    """What campaigns cost for each member more, against what that brings."""
    return Table(
        title=Text("What it costs, and what it brings", "成本与收益"),
        note=Text(
            "Cost of the treated for each member more than without the campaign, at the effect measured and at both "
            "ends of its interval; where no effect is shown, at the upper end: it costs at least that. A renewal "
            "brings the mean price of the terms that ended.",
            "干预组成本除以多留下的成员数，按测得的效果及其区间两端计算；未显示效果时按上端计算，即至少花费这么多。"
            "一次续费带来的金额为到期订阅的平均价格。",
        ),
        columns=[
            Column(Text("Campaign", "运营活动")),
            Column(Text("Outcome", "结果")),
            Column(Text("Spent", "花费"), number=True),
            Column(Text("Per extra member", "每多留一人"), number=True),
            Column(Text("Brings", "带来"), number=True),
            Column(Text("Does it pay?", "是否合算？")),
        ],
        rows=[
            [
                Cell(row["campaign_id"]),
                Cell(words.word(words.OUTCOMES, row["outcome"]), row["outcome"]),
                Cell(price(row["cost_minor"], row["currency"]), row["cost_minor"]),
                _per_extra(row),
                Cell(price(row["worth_minor"], row["currency"]), row["worth_minor"]),
                _pays(row),
            ]
            for row in rows
        ],
        result=result,
        scroll=True,
    )


def _per_extra(row: Row) -> Cell:
    cost, least = row["cost_per_extra_minor"], row["cost_per_extra_low_minor"]
    if cost is not None:
        low, shown, high = _costs(row)
        return Cell(f"{shown} ({low}\N{NO-BREAK SPACE}…\N{NO-BREAK SPACE}{high})", cost)
    if not least:
        return Cell(Text("no gain", "没有增加"), -1)
    at_least = price(least, row["currency"])
    return Cell(Text(f"at least {at_least}", f"至少 {at_least}"), least)


def _costs(row: Row) -> tuple[str, str, str]:
    """Cost of one member more at the best end of the interval, as measured with its currency, and at the worst end."""
    currency = row["currency"]
    return (
        price(row["cost_per_extra_low_minor"], currency, named=False),
        price(row["cost_per_extra_minor"], currency),
        price(row["cost_per_extra_high_minor"], currency, named=False),
    )


def _pays(row: Row) -> Cell:
    verdict = row["cost_verdict"]
    if verdict is None:
        return Cell(Text("not known what it brings", "收益未知"), "")
    return Cell(marks.badge(words.word(words.COST_VERDICTS, verdict), _COST_TONES.get(verdict, "neutral")), verdict)


def points(share: float | None) -> str:
    """A difference of shares in points, with its sign."""
    return MISSING if share is None else f"{100 * share:+.1f}".replace("-", "\N{MINUS SIGN}")


def _hundred(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _p(value: float | None) -> str:
    return "<0.001" if value is not None and value < 0.001 else decimal(value, 3)
