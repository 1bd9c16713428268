"""Interactions over time: by weekday, by day and kind, and on how many members they rest."""

from __future__ import annotations

from pipelines.report.context import SiteContext
from pipelines.report.parts import charts, early
from pipelines.report.parts.blocks import Chart, Note
from pipelines.report.parts.database import Marts
from pipelines.report.parts.text import Text
from pipelines.report.sections import hours

_DAYS = 90

_KINDS = {
    "n_asks": Text("asked", "提问"),
    "n_answers": Text("answered", "回答"),
    "n_comments": Text("commented or replied", "评论与回复"),
    "n_reactions": Text("reacted: likes, votes, shares and the like", "反应：点赞、投票、分享等"),
    "n_live_acts": Text("took part in a live", "参与直播"),
    "n_reads": Text("viewed or read (no interaction)", "浏览与阅读（不计为互动）"),
}
"""Counts of ``fct_member_days`` by kind of interaction, those that ask for most of a member first."""


def weekdays(marts: Marts, context: SiteContext) -> Chart | Note:
    """Means of whole weeks; a day whose figures are not known is left out."""
    title = Text("On which days do they come?", "他们在星期几来？")
    if too_early := early.note(marts, context, title, early.TWO_WEEKS, half=True):
        return too_early
    result = marts.run(
        "interactions_by_weekday",
        f"""
        select
            isodow(day) as weekday,
            avg(n_interactions) as mean_interactions,
            avg(dau) as mean_dau,
            count(n_interactions) as n_days,
        from marts.community_days
        where day between {context.through} - 83 and {context.through}
        group by weekday
        order by weekday
        """,
    )
    shown = [hours.WEEKDAYS[row["weekday"] - 1] for row in result.rows]
    rows = [
        (
            Text("Interactions a day", "每日互动"),
            [charts.bars(shown, charts.column(result.rows, "mean_interactions"), Text("interactions", "互动"), "c1")],
        ),
        (
            Text("Members active a day", "每日活跃成员"),
            [charts.bars(shown, charts.column(result.rows, "mean_dau"), Text("members", "成员"), "c3")],
        ),
    ]
    return Chart(
        title=title,
        note=Text("Means over the last 12 weeks.", "最近 12 周的平均。"),
        figure=charts.panels(rows),
        height=280,
        result=result,
        half=True,
    )


def kinds(marts: Marts, context: SiteContext) -> Chart:
    """A line for each kind; a day whose figures are not known is a gap, and a kind that never occurs has no line."""
    sums = ",\n            ".join(f"sum({name})::bigint as {name}" for name in _KINDS)
    filled = ",\n            ".join(
        f"case when days.n_interactions is not null then coalesce(counts.{name}, 0) end as {name}" for name in _KINDS
    )
    result = marts.run(
        "interactions_by_kind",
        f"""
        with
        counts as (
            select
                day,
            {sums},
            from marts.fct_member_days
            where day between {context.through} - {_DAYS - 1} and {context.through}
            group by day
        )

        select
            days.day,
            {filled},
        from marts.community_days as days
        left join counts on days.day = counts.day
        where days.day between {context.through} - {_DAYS - 1} and {context.through}
        order by days.day
        """,
    )
    days = charts.column(result.rows, "day")
    values = {name: charts.column(result.rows, name) for name in _KINDS}
    found = [name for name in _KINDS if any(values[name])]
    missing = [_KINDS[name] for name in _KINDS if name not in found]
    rows = [
        (
            _KINDS[name],
            [charts.line(days, values[name], _KINDS[name], "c1" if name != "n_reads" else "c3", look="filled")],
        )
        for name in found
    ]
    note = Text(
        f"A day each, the last {_DAYS}; each kind on its own scale, with its sum.",
        f"最近 {_DAYS} 天，每天一点；每种互动各用自己的刻度，并附合计。",
    )
    if missing:
        note += Text(
            f" None in these days: {', '.join(one.en for one in missing)}.",
            f"这些天没有：{'、'.join(one.zh for one in missing)}。",
        )
    return Chart(
        title=Text("By day and kind", "按日期与类型"),
        note=note,
        figure=charts.panels(rows, summed=True) if rows else charts.figure([]),
        height=charts.panels_height(max(len(rows), 1)),
        result=result,
    )


def dependence(marts: Marts, context: SiteContext) -> Chart:
    """How few make half of all contributions, month by month."""
    result = marts.run(
        "dependence_on_few",
        f"""
        select month, n_members_for_half, n_contributors, top_10_share, n_contributions
        from marts.contributor_concentration
        where
            period = 'month'
            and month between date_trunc('month', {context.through}) - interval 24 month and {context.through}
        order by month
        """,
    )
    months = charts.column(result.rows, "month")
    rows = [
        (
            Text("Members who make half of all contributions", "贡献一半内容与互动的成员数"),
            [_members(months, charts.column(result.rows, "n_members_for_half"), "c1", "members_for_half")],
        ),
        (
            Text("Members who contribute at all", "有贡献的成员数"),
            [_members(months, charts.column(result.rows, "n_contributors"), "c3", "contributors")],
        ),
    ]
    return Chart(
        title=Text("On how many does it rest?", "依赖多少人？"),
        note=Text(
            "By month, contents and interactions together; the last month is not over.",
            "按月，内容与互动合计；最后一个月尚未结束。",
        ),
        figure=charts.panels(rows),
        height=280,
        result=result,
    )


def _members(months: list[str], counts: list[int | None], ink: str, metric: str) -> charts.Series:
    return charts.bars(months, counts, Text("members", "成员"), ink, metric=metric)
