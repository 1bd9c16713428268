"""Weekday by hour: when members act, and when pieces are read, so that one knows when to publish and to be there."""

from __future__ import annotations

from pipelines.report.context import SiteContext
from pipelines.report.parts import early, marks
from pipelines.report.parts.blocks import Cell, Column, Note, Table
from pipelines.report.parts.database import Marts
from pipelines.report.parts.text import Text, decimal, integer

WEEKDAYS = tuple(
    Text(*pair)
    for pair in zip(
        ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
        ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
        strict=True,
    )
)
_WEEKS = 12
_ACTS = "n_contents + n_interactions"
_READS = "n_reads + n_anonymous_reads"


def acts(marts: Marts, context: SiteContext) -> Table | Note:
    """Contents and interactions of members."""
    return _grid(
        marts,
        context,
        "acts_by_hour",
        _ACTS,
        Text("At which hours do they act?", "他们在几点活跃？"),
        Text("Contents and interactions of members", "成员的内容与互动"),
        of_days=_ACTS,
    )


def reads(marts: Marts, context: SiteContext) -> Table | Note:
    """Reads of members and of visitors."""
    return _grid(
        marts,
        context,
        "reads_by_hour",
        _READS,
        Text("At which hours are pieces read?", "内容在几点被阅读？"),
        Text("Reads by members and visitors", "成员与访客的阅读"),
    )


def _grid(
    marts: Marts, context: SiteContext, name: str, what: str, title: Text, meaning: Text, of_days: str = "null::bigint"
) -> Table | Note:
    """Means of each hour over whole weeks; an hour without anything counts as 0.

    ``of_days`` counts the same in community_days, so that what has no hour can be told.
    """
    if too_early := early.note(marts, context, title, early.TWO_WEEKS):
        return too_early
    result = marts.run(
        name,
        f"""
        with

        days as (
            select isodow(day) as weekday, count(*) as n_days, sum({of_days}) as n_acts
            from marts.community_days
            where day between {context.through} - {7 * _WEEKS - 1} and {context.through}
            group by weekday
        ),

        acts as (
            select isodow(day) as weekday, hour, sum({what}) as n_acts
            from marts.activity_hours
            where day between {context.through} - {7 * _WEEKS - 1} and {context.through}
            group by weekday, hour
        )

        select
            days.weekday,
            hours.hour,
            coalesce(acts.n_acts, 0) / days.n_days as mean_acts,
            days.n_days,
            sum(days.n_acts) over () / 24 - coalesce(sum(acts.n_acts) over (), 0) as n_without_hour
        from days
        cross join (select unnest(range(24)) as hour) as hours
        left join acts on days.weekday = acts.weekday and hours.hour = acts.hour
        order by days.weekday, hours.hour
        """,
    )
    most = max((row["mean_acts"] for row in result.rows), default=0) or 1
    digits = 0 if most >= 10 else 1
    found: dict[int, list[Cell]] = {}
    for row in result.rows:
        mean = row["mean_acts"]
        found.setdefault(row["weekday"], []).append(Cell(marks.heat(mean / most, decimal(mean, digits)), mean))
    weeks = max((row["n_days"] for row in result.rows), default=0)
    return Table(
        title=title,
        note=meaning
        + Text(
            f" in each hour of the community's clock, the mean of {weeks} weeks.",
            f"：按社区时区的每个小时，{weeks} 周的平均。",
        )
        + _without_hour(result.rows[0]["n_without_hour"] if result.rows else None),
        columns=[
            Column(Text("Weekday", "星期")),
            *(Column(Text(f"{hour}", f"{hour}"), number=True) for hour in range(24)),
        ],
        rows=[[Cell(WEEKDAYS[weekday - 1], weekday), *cells] for weekday, cells in found.items()],
        result=result,
        dense=True,
    )


def _without_hour(n: float | None) -> Text:
    """Say how many are in no hour: registrations, attendances, and what came with a day and no time."""
    return (
        Text(f" {integer(n)} more have a day and no hour.", f"另有 {integer(n)} 次只有日期、没有钟点。")
        if n
        else Text("", "")
    )
