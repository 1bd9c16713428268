"""Activation: how far do newcomers come? Steps of the first month, by month, by where they came from and by channel."""

from __future__ import annotations

from pipelines.report.context import SiteContext
from pipelines.report.parts import least, marks, not_collected
from pipelines.report.parts.blocks import Block, Cell, Column, Page, Table
from pipelines.report.parts.cells import number
from pipelines.report.parts.database import Marts, Result, Row
from pipelines.report.parts.few import is_hidden
from pipelines.report.parts.header import Header
from pipelines.report.parts.text import MISSING, Text, integer, percent
from pipelines.sql import literal

_TITLE = Text("Activation", "新成员激活")
_QUESTION = Text("How far do newcomers come?", "新成员走到了哪一步？")
STEPS = {
    "acted": Text("Active in days 0–6", "第 0–6 天活跃"),
    "posted": Text("First piece by day 6", "第 6 天前首次发布"),
    "replied_to": Text("First reply by day 6", "第 6 天前首次获得回复"),
    "second_week": Text("Active in days 7–13", "第 7–13 天活跃"),
    "day_30": Text("Active in days 24–30", "第 24–30 天活跃"),
    "paid": Text("Paid by day 30", "第 30 天前付费"),
}
_NOT_TOLD = {"unknown": Text("unknown", "未知"), "none": Text("none in the first week", "首周未活跃")}
_MONTHS, _RECENT = 12, 6


def page(marts: Marts, context: SiteContext, header: Header) -> Page:
    """Without a newcomer there is nothing to tell."""
    if not marts.has("activation_steps"):
        answer = Text("No newcomer has been seen yet.", "尚未出现新成员。")
        blocks: list[Block] = [not_collected.activity(header, context) or not_collected.note(_TITLE, "members")]
        return Page(name="activation", title=_TITLE, question=_QUESTION, answer=answer, blocks=blocks)
    months = _steps(marts, context, "activation_months", "all", "strftime(cohort_month, '%Y-%m')", _MONTHS)
    recent = _steps(marts, context, "activation_recent", "all", "'all'", _RECENT)
    sources = _steps(marts, context, "activation_sources", "referrer", "value", _RECENT)
    channels = _steps(marts, context, "activation_channels", "channel", "value", _RECENT)
    blocks = [
        _table(Text("By month of arrival", "按到来月份"), Text("Month", "月份"), months, newest_first=True),
        *(
            [_table(Text("By where they came from", "按来源"), Text("Source", "来源"), sources)]
            if _is_told(sources)
            else []
        ),
        *(
            [_table(Text("By first channel", "按首个频道"), Text("Channel", "频道"), channels)]
            if _is_told(channels)
            else []
        ),
    ]
    return Page(name="activation", title=_TITLE, question=_QUESTION, answer=_sentence(recent), blocks=blocks)


def _steps(marts: Marts, context: SiteContext, name: str, dimension: str, group: str, months: int) -> Result:
    """Rows of group and step: how many are observed and how many reached it, over the last months of arrival."""
    return marts.run(
        name,
        f"""
        select
            {group} as arrived,
            step,
            sum(n_members)::bigint as n_members,
            sum(n_observed)::bigint as n_observed,
            sum(n_reached)::bigint as n_reached,
            sum(n_reached) / nullif(sum(n_observed), 0) as share_reached,
        from marts.activation_steps
        where
            dimension = {literal(dimension)}
            and cohort_month > date_trunc('month', {context.through}) - interval {months} month
        group by arrived, step
        order by arrived, step
        """,
    )


def _is_told(result: Result) -> bool:
    """Whether any newcomer has a source, or a channel."""
    return any(row["arrived"] not in _NOT_TOLD for row in result.rows)


def _sentence(recent: Result) -> Text:
    found = {row["step"]: row for row in recent.rows}
    first, second = found.get("acted"), found.get("second_week")
    if not first or first["share_reached"] is None or is_hidden(first["share_reached"]):
        return Text("Nobody's first week is over yet.", "尚无新成员满一周。")
    text = Text(
        f"Of the newcomers of the last {_RECENT} months {percent(first['share_reached'])} were active in their first "
        f"week (n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{integer(first['n_observed'])})",
        f"最近 {_RECENT} 个月的新成员中，{percent(first['share_reached'])} 在首周活跃"
        f"（n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{integer(first['n_observed'])}）",
    )
    if second and second["share_reached"] is not None and not is_hidden(second["share_reached"]):
        text += Text(
            f", {percent(second['share_reached'])} in the second", f"，第二周为 {percent(second['share_reached'])}"
        )
    return text + Text(".", "。")


def _table(title: Text, by: Text, result: Result, *, newest_first: bool = False) -> Table:
    """A row for each group, a column for each step; a share of few is a dash."""
    groups: dict[str, dict[str, Row]] = {}
    for row in result.rows:
        groups.setdefault(row["arrived"], {})[row["step"]] = row
    shown = [step for step in STEPS if any(row["n_observed"] for row in result.rows if row["step"] == step)]
    members = {name: next(iter(steps.values()))["n_members"] for name, steps in groups.items()}
    order = sorted(groups, reverse=True) if newest_first else sorted(groups, key=lambda name: (-members[name], name))
    return Table(
        title=title,
        note=Text(
            f"Share of all newcomers whose days are over, whatever they did before; from {least.PEOPLE} newcomers on.",
            f"占已满相应天数的全部新成员的比例，与是否完成前一步无关；满 {least.PEOPLE} 人才显示。",
        ),
        columns=[
            Column(by),
            Column(Text("Newcomers", "新成员"), number=True),
            *(Column(STEPS[step], number=True) for step in shown),
        ],
        rows=[
            [
                Cell(_NOT_TOLD.get(name) or (marks.unbroken(name) if newest_first else name), name),
                number(integer(members[name]), members[name]),
                *(_cell(groups[name].get(step)) for step in shown),
            ]
            for name in order
        ],
        result=result,
    )


def _cell(row: Row | None) -> Cell:
    if row is None or row["share_reached"] is None or row["n_observed"] < least.PEOPLE:
        return number(MISSING, None)
    return Cell(marks.heat(row["share_reached"], percent(row["share_reached"])), row["share_reached"])
