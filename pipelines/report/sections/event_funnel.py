"""One funnel of events: invited, registered, attended, rated, came again; who was not invited stands beside it."""

from __future__ import annotations

from datetime import timedelta

from pipelines.report.context import SiteContext
from pipelines.report.parts import cells, least, marks
from pipelines.report.parts.blocks import Cell, Column, Table
from pipelines.report.parts.database import Marts, Row
from pipelines.report.parts.text import MISSING, Text, day, integer, percent

_DAYS = 90
_AGAIN_DAYS = 30
"""Days after an event in which its guests come again or don't; later events are not in the funnel yet."""

STEPS = {
    "invited": Text("invited", "受邀"),
    "registered": Text("registered", "报名"),
    "attended": Text("attended", "到场"),
    "gave_feedback": Text("gave feedback", "提交反馈"),
    "came_again": Text("came again", "再次到场"),
}


def block(marts: Marts, context: SiteContext, *, has_feedback: bool) -> Table | None:
    """Events of 90 days whose guests have had 30 days to come again; None where there are none."""
    rated = " and has_given_feedback" if has_feedback else ""
    first, last = (f"{context.through} - {ago}" for ago in (_AGAIN_DAYS + _DAYS - 1, _AGAIN_DAYS))
    result = marts.run(
        "event_funnel",
        f"""
        with

        visits as (
            select
                *,
                count(*) filter (where is_attended) over (
                    partition by member_id order by starts_day
                    range between interval 1 day following and interval {_AGAIN_DAYS} day following
                ) > 0 as has_come_again,
            from marts.member_events
            where starts_day >= {first}
        ),

        counted as (
            select is_invited, event_id, is_registered, is_attended, has_given_feedback, has_come_again
            from visits
            semi join (
                select event_id
                from marts.event_performance
                where starts_day between {first} and {last} and n_attended is not null
            ) as events on visits.event_id = events.event_id
        ),

        steps as (
            select 1 as place, 'invited' as step, event_id, is_invited from counted where is_invited
            union all
            select 2, 'registered', event_id, is_invited from counted where is_registered
            union all
            select 3, 'attended', event_id, is_invited from counted where is_attended
            union all
            select 4, 'gave_feedback', event_id, is_invited from counted where is_attended and has_given_feedback
            union all
            select 5, 'came_again', event_id, is_invited from counted where is_attended{rated} and has_come_again
        )

        select
            step,
            count(*) filter (where is_invited) as n_invited,
            count(*) filter (where not is_invited) as n_not_invited,
            (select count(distinct event_id) from counted) as n_events,
            (select count(*) from counted where is_attended) as n_attended,
            (select count(*) from counted where is_attended and has_come_again) as n_came_again,
        from steps
        group by step, place
        order by place
        """,
    )
    if not result.rows:
        return None
    groups = {"n_invited": Text("Invited", "受邀者"), "n_not_invited": Text("Not invited", "未受邀者")}
    if result.first["step"] != "invited":
        groups = {"n_not_invited": Text("Members", "人次")}
    return Table(
        title=Text("From the invitation to the next event", "从受邀到再次到场"),
        note=_note(result.first, context),
        columns=[Column(Text("Step", "步骤")), *(Column(name, number=True) for name in groups.values())],
        rows=[
            [Cell(STEPS[row["step"]]), *(_cell(result.rows, place, name) for name in groups)]
            for place, row in enumerate(result.rows)
        ],
        result=result,
        half=True,
    )


def _cell(rows: list[Row], place: int, name: str) -> Cell:
    """How many came so far, and which share that is of the step before."""
    count = rows[place][name]
    if not place and not count:
        return cells.number(MISSING, None)
    before = rows[place - 1][name] if place else 0
    share = percent(count / before) if before >= least.PEOPLE else ""
    most = max(row[name] for row in rows)
    return cells.number(marks.bar_of(count / most if most else 0.0, integer(count), share), count)


def _note(row: Row, context: SiteContext) -> Text:
    last = context.through_day - timedelta(days=_AGAIN_DAYS)
    first = last - timedelta(days=_DAYS - 1)
    note = Text(
        f"The {integer(row['n_events'])} events from {day(first).en} to {day(last).en} at which attendance was taken, "
        f"so that {_AGAIN_DAYS} days in which guests could come again are over. Each step is a part of the one before, "
        "and its share of it.",
        f"{day(first).zh}至{day(last).zh}期间，记录了到场情况的 {integer(row['n_events'])} 场活动，"
        f"之后 {_AGAIN_DAYS} 天（可再次到场）均已过去。每一步是上一步的一部分，并附占上一步的比例。",
    )
    if row["n_attended"] < least.PEOPLE:
        return note
    share = percent(row["n_came_again"] / row["n_attended"])
    return note + Text(
        f" Of all {integer(row['n_attended'])} who attended {share} came again.",
        f"在全部到场的 {integer(row['n_attended'])} 人次中，{share} 再次到场。",
    )
