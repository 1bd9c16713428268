"""Engagement R: how many members are at which level, and each member's R with its parts."""

from __future__ import annotations

from pipelines.report.context import SiteContext
from pipelines.report.parts import charts, marks, people, words
from pipelines.report.parts.blocks import Cell, Chart, Column, Table, Tone
from pipelines.report.parts.database import Marts
from pipelines.report.parts.text import Text, decimal, integer

_LEVEL_TONES: dict[str, Tone] = {"high": "good", "medium": "neutral", "low": "warn"}
_SHOWN = 200
_LEVEL_DAYS = 365


def levels(marts: Marts, context: SiteContext) -> Chart:
    """Members per activity level, one bar a month; silent members are counted and not drawn."""
    result = marts.run(
        "activity_levels",
        f"""
        select
            day,
            count(*) as n_members,
            count(*) filter (where activity_level = 'high') as n_high,
            count(*) filter (where activity_level = 'medium') as n_medium,
            count(*) filter (where activity_level = 'low') as n_low,
            count(*) filter (where activity_level = 'silent') as n_silent,
        from marts.member_segments
        where activity_level is not null and day between {context.through} - {_LEVEL_DAYS} and {context.through}
        group by day
        order by day
        """,
    )
    months = [f"{row['day']:%Y-%m}" for row in result.rows]
    inks = {"high": "c1", "medium": "c2", "low": "c3"}
    series = [
        charts.bars(months, charts.column(result.rows, f"n_{level}"), words.LEVELS[level], ink)
        for level, ink in inks.items()
    ]
    last = result.rows[-1] if result.rows else {"n_silent": None, "n_members": None}
    return Chart(
        title=Text("Activity levels", "活跃层级"),
        note=Text(
            f"Members by their engagement R at the end of each month. {integer(last['n_silent'])} of "
            f"{integer(last['n_members'])} members are silent (nothing in the window) and not drawn.",
            f"按月末参与度 R 分层。"
            f"{integer(last['n_members'])} 名成员中有 {integer(last['n_silent'])} 名沉默"
            "（窗口内无内容与互动），未画出。",
        ),
        figure=charts.figure(series, stacked=True),
        result=result,
        half=True,
    )


def table(marts: Marts, context: SiteContext) -> Table:
    """Members by R, with the counts that R is made of."""
    result = marts.run(
        "member_engagement",
        f"""
        select
            engagement.member_id,
            members.display_name as member_name,
            members.profile_url as member_url,
            engagement.engagement,
            contents,
            interactions,
            active_days,
            observed_days,
            activity_level,
            window_days,
            day,
        from marts.fct_member_engagement as engagement
        left join marts.dim_members as members on engagement.member_id = members.member_id
        where
            day = {context.through}
            and window_days = (select min(window_days) from marts.fct_member_engagement)
        order by engagement.engagement desc, engagement.member_id
        """,
        limit=_SHOWN,
    )
    top = max((row["engagement"] for row in result.rows), default=1) or 1
    rows = [
        [
            people.member(row),
            Cell(
                marks.bar(row["engagement"] / top, decimal(row["engagement"]), "neutral"),
                row["engagement"],
            ),
            Cell(integer(row["contents"]), row["contents"]),
            Cell(integer(row["interactions"]), row["interactions"]),
            Cell(integer(row["active_days"]), row["active_days"]),
            Cell(integer(row["observed_days"]), row["observed_days"]),
            Cell(
                marks.badge(
                    words.word(words.LEVELS, row["activity_level"]),
                    _LEVEL_TONES.get(row["activity_level"], "neutral"),
                ),
                row["activity_level"],
            ),
        ]
        for row in result.rows
    ]
    window = result.rows[0]["window_days"] if result.rows else 0
    return Table(
        title=Text("Engagement R with its parts", "参与度 R 及其构成"),
        note=Text(
            f"R = (contents + interactions + active days) / days observed, window of {window} days. "
            f"{integer(len(rows))} of the {integer(result.n)} members active in it; the CSV holds all.",
            f"R =（内容 + 互动 + 活跃天数）/ 观察天数，窗口 {window} 天。"
            f"显示窗口内 {integer(result.n)} 名活跃成员中的 {integer(len(rows))} 人；CSV 含全部。",
        ),
        columns=[
            Column(Text("Member", "成员")),
            Column(Text("R", "R"), number=True),
            Column(Text("Contents", "内容"), number=True),
            Column(Text("Interactions", "互动"), number=True),
            Column(Text("Active days", "活跃天数"), number=True),
            Column(Text("Days observed", "观察天数"), number=True),
            Column(Text("Level", "层级"), filter="level"),
        ],
        rows=rows,
        result=result,
        search=True,
        scroll=True,
    )
