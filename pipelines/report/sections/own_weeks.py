"""The chart of a member: what they did, paid, came to, asked and were sent, lists, risk, week by week on one line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from pipelines.report.context import SiteContext
from pipelines.report.parts import charts, words
from pipelines.report.parts.blocks import Chart
from pipelines.report.parts.database import Result, Row
from pipelines.report.parts.text import Text, major
from pipelines.report.sections import own_sent

_Panel = tuple[Text, list[charts.Series]]


def chart(line: Result, context: SiteContext) -> Chart | None:
    """A panel for each thing that there is anything of; nothing of a member to whom nothing happened."""
    if not line.rows:
        return None
    rows = [panel for panel in (_activity(line, context), *(make(line) for make in _PANELS)) if panel]
    return Chart(
        title=Text("The last twelve months, week by week", "最近十二个月，按周"),
        note=Text(
            "All on one time line, each with its own scale, summed from what happened below. Weeks begin on Monday.",
            "同一时间轴，各用自己的刻度，由下方各条汇总；每周自周一起。",
        ),
        figure=charts.panels(rows),
        height=charts.panels_height(len(rows)),
    )


def _activity(line: Result, context: SiteContext) -> _Panel:
    """From the first thing that is known of the year to the last day, with weeks in which nothing was done."""
    first, last = _monday(min(row["day"] for row in line.rows)), _monday(context.through_day)
    weeks = [first + timedelta(days=7 * n) for n in range((last - first).days // 7 + 1)]
    found = {row["about_id"]: row for row in line.rows if row["what"] == "week"}
    did = [found[one]["n"] if (one := week.isoformat()) in found else 0 for week in weeks]
    read = [int(found[one]["amount"]) if (one := week.isoformat()) in found else 0 for week in weeks]
    series = [charts.bars(_x(weeks), did, Text("contents and interactions", "内容与互动"), "c1")]
    if any(read):
        series.append(charts.bars(_x(weeks), read, Text("reads", "阅读"), "c3"))
    return Text("What they did", "做了什么"), series


def _paid(line: Result) -> _Panel | None:
    rows = [row for row in line.rows if row["what"] == "payment"]
    currencies = sorted({row["currency"] for row in rows}, key=lambda one: -sum(row["currency"] == one for row in rows))
    series = [
        _sums((row for row in rows if row["currency"] == one), Text(one, one), ink, _major)
        for one, ink in zip(currencies, ("c2", "c3"), strict=False)
    ]
    return _named(Text("Paid, less what was paid back", "付款减退款"), series)


def _major(row: Row) -> float:
    amount = major(row["amount"], row["currency"])
    return round(amount, 2)


def _came(line: Result) -> _Panel | None:
    return _counts(
        Text("Events", "活动"),
        line,
        "event",
        {"attended": (Text("attended", "到场"), "c1"), "no_show": (Text("did not come", "未到场"), "c2")},
    )


def _listed(line: Result) -> _Panel | None:
    names = {"treated": (words.ARMS["treated"], "c2"), "held_out": (words.ARMS["held_out"], "c3")}
    return _counts(Text("Lists of members to contact", "联系名单"), line, "list", names)


def _sent(line: Result) -> _Panel | None:
    return _counts(Text("Contacts and rewards", "触达与奖励"), line, "sent", own_sent.KINDS)


def _asked(line: Result) -> _Panel | None:
    names = {
        "answered": (Text("answered", "已有回应"), "c1"),
        "waiting": (Text("waiting", "等待中"), "c2"),
        "unanswered": (Text("never answered", "无人回应"), "bad"),
    }
    return _counts(Text("Questions asked", "提问"), line, "question", names)


def _risk(line: Result) -> _Panel | None:
    rows = [row for row in reversed(line.rows) if row["what"] == "risk"]
    series = [
        charts.line(
            [row["day"].isoformat() for row in own],
            [round(100 * row["amount"], 1) for row in own],
            words.word(words.DEFINITIONS, definition),
            ink,
            look="marked",
        )
        for definition, ink in (("inactivity", "c1"), ("lapse", "c2"))
        if (own := [row for row in rows if row["kind"] == definition])
    ]
    return _named(Text("Risk of churn, %", "流失风险（%）"), series)


_PANELS: tuple[Callable[[Result], _Panel | None], ...] = (_paid, _came, _asked, _listed, _sent, _risk)


def _counts(title: Text, line: Result, what: str, names: dict[str, tuple[Text, str]]) -> _Panel | None:
    found = [(code, [row for row in line.rows if row["what"] == what and row["how"] == code]) for code in names]
    series = [_sums(rows, *names[code], lambda _: 1) for code, rows in found if rows]
    return _named(title, series)


def _named(title: Text, series: list[charts.Series]) -> _Panel | None:
    """A panel whose title says what is drawn where that is one thing; else its key does."""
    if len(series) == 1:
        title += Text(": ", "：") + series[0]["name"]
    return (title, series) if series else None


def _sums(rows: Iterable[Row], name: Text, ink: str, value: Callable[[Row], float]) -> charts.Series:
    """Bars of the weeks in which there is anything."""
    sums: dict[date, float] = {}
    for row in rows:
        week = _monday(row["day"])
        sums[week] = round(sums.get(week, 0) + value(row), 2)
    return charts.bars(_x(sorted(sums)), [sums[week] for week in sorted(sums)], name, ink)


def _monday(of: date) -> date:
    return of - timedelta(days=of.weekday())


def _x(weeks: list[date]) -> list[str]:
    return [week.isoformat() for week in weeks]
