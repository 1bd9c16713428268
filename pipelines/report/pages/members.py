"""Members: who are they, and where do they move? Activity, growth accounting, levels, moves, cohorts, engagement."""

from __future__ import annotations

from pipelines.report.context import SiteContext
from pipelines.report.parts import charts, not_collected
from pipelines.report.parts.blocks import Block, Chart, Note, Page
from pipelines.report.parts.database import Marts
from pipelines.report.parts.header import Header
from pipelines.report.parts.text import Text, integer, plural
from pipelines.report.sections import cohorts, engagement, moves

_TITLE = Text("Members", "成员")
_QUESTION = Text("Who are they, and where do they move?", "他们是谁，正在往哪里走？")


def page(marts: Marts, context: SiteContext, header: Header) -> Page:
    """Every block that the marts can fill."""
    blocks: list[Block] = []
    answer = Text("No member has been active yet.", "尚无活跃成员。")
    if nobody := not_collected.activity(header, context):
        return Page(name="members", title=_TITLE, question=_QUESTION, answer=answer, blocks=[nobody])
    if marts.has("activity_histogram"):
        histogram, answer = _histogram(marts, context)
        blocks.append(histogram)
    if marts.has("community_days"):
        blocks.append(_growth(marts, context))
    if marts.has("member_segments"):
        blocks.append(engagement.levels(marts, context))
    if marts.has("cohort_retention"):
        blocks.append(cohorts.block(marts, context))
    if marts.has("segment_moves"):
        blocks.append(moves.block(marts, context))
    if marts.has("fct_member_engagement"):
        blocks.append(engagement.table(marts, context))
    if not blocks:
        blocks.append(
            Note(
                title=Text("Nobody to show yet", "暂无成员可显示"),
                body=Text(
                    "Members appear with their first contents or interactions.",
                    "成员在首次发布内容或产生互动后出现。",
                ),
            )
        )
    return Page(name="members", title=_TITLE, question=_QUESTION, answer=answer, blocks=blocks)


def _histogram(marts: Marts, context: SiteContext) -> tuple[Chart, Text]:
    result = marts.run(
        "active_day_histogram",
        f"""
        select n_active_days, n_members
        from marts.activity_histogram
        where day = {context.through}
        order by n_active_days
        """,
    )
    counts = charts.column(result.rows, "n_members")
    total = sum(counts)
    figure = charts.figure(
        [charts.bars(charts.column(result.rows, "n_active_days"), counts, Text("members", "成员"), "c1")],
        x_title=Text("active days of the last 28", "最近 28 天中的活跃天数"),
        y_title=Text("members", "成员数"),
    )
    chart = Chart(
        title=Text("On how many of the last 28 days?", "最近 28 天活跃几天？"),
        note=Text(f"n = {integer(total)} active members.", f"n = {integer(total)} 名活跃成员。"),
        figure=figure,
        result=result,
        half=True,
    )
    once, often = sum(counts[:1]), sum(counts[13:])
    answer = Text(
        f"{plural(total, 'member was', 'members were')} active in the last 28 days: "
        f"{integer(once)} on one day only, {integer(often)} on 14 days or more.",
        f"最近 28 天有 {integer(total)} 名成员活跃："
        f"{integer(once)} 人仅活跃一天，{integer(often)} 人活跃 14 天及以上。",
    )
    return chart, answer


def _growth(marts: Marts, context: SiteContext) -> Chart:
    result = marts.run(
        "growth_accounting",
        f"""
        select
            {context.through} - ((({context.through} - day) // 7) * 7)::integer as week_ending,
            case when count(*) = count(new_members) then sum(new_members) end as new_members,
            case when count(*) = count(new_members) then sum(resurrected_members) end as resurrected_members,
            case when count(*) = count(new_members) then -sum(lost_members) end as lost_members,
            arg_max(mau, day) as mau,
        from marts.community_days
        where day between {context.through} - 181 and {context.through}
        group by week_ending
        order by week_ending
        """,
    )
    weeks = charts.column(result.rows, "week_ending")
    series = [
        charts.bars(
            weeks, charts.column(result.rows, "new_members"), Text("active for the first time", "首次活跃"), "good"
        ),
        charts.bars(weeks, charts.column(result.rows, "resurrected_members"), Text("came back", "回归"), "c3"),
        charts.bars(
            weeks, charts.column(result.rows, "lost_members"), Text("left the monthly count", "退出 30 天活跃"), "bad"
        ),
    ]
    return Chart(
        title=Text("Growth accounting by week", "每周增长核算"),
        note=Text(
            "Above the line: who entered the 30-day count; below: who left. Together they are its change. "
            "A week with a withheld day is left empty.",
            "横线以上为新进入 30 天活跃的人数，以下为退出的人数；两者之和即其变化。含扣留日的周留空。",
        ),
        figure=charts.figure(series, stacked=True),
        result=result,
        half=True,
    )
