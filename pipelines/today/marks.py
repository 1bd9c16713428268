"""Figures of a day by the second: one table of marks, each with what it adds to which figure on which day.

The definitions are those of the marts, which know days alone. What a figure comes to by its hours is therefore set
beside what is published of the usual days, each time, and tests hold the running day to what the nightly run makes of
it.
"""

from __future__ import annotations

from pipelines.contract import AUTHORED_INTERACTIONS, CONTENT_KINDS, EVENT_INTERACTIONS, READ_KINDS
from pipelines.report.parts.database import Marts
from pipelines.settings import Settings
from pipelines.sql import any_of, literal
from pipelines.today.rows import Moment

PUBLISHED = ("dau", "n_interactions", "n_contents", "n_reads", "joined_members")
"""Figures that are columns of ``community_days`` too."""

FIGURES: dict[str, tuple[str, ...]] = {
    "n_interactions": ("interactions", "content"),
    "dau": ("interactions", "content"),
    "n_asks": ("interactions", "content"),
    "n_contents": ("content",),
    "n_reads": ("interactions",),
    "joined_members": ("members",),
    "n_payments": ("payments",),
}
"""Figures in the order of the page, each with the logs whose rows it counts."""


def logs_of(measure: str, settings: Settings) -> tuple[str, ...]:
    """Return the logs that a figure counts rows of; participation in events among them where a setting says so."""
    also = ("event_participation",) if settings.active_by_events and measure in ("n_interactions", "dau") else ()
    return FIGURES[measure] + also


def make(marts: Marts, settings: Settings, moment: Moment) -> None:
    """Make ``today_marks``: measure, day, second, amount; sums over the seconds of a day are its figures.

    ``today_usual`` are the days of each log that are compared, the running one among them, without those of an outage
    or withheld; ``today_measured`` those of each figure, which all its logs have.
    """
    days = ", ".join(f"(date '{one}')" for one in (moment.day, *moment.usual_days))
    pairs = ", ".join(
        f"({literal(measure)}, {literal(log)})" for measure in FIGURES for log in logs_of(measure, settings)
    )
    marts.prepare(
        f"""
        create temp table today_usual as
        select logs.log, days.day
        from (values {days}) as days (day)
        cross join today_last_rows as logs
        left join marts.data_completeness as said on logs.log = said.log and days.day = said.day
        where not coalesce(said.is_outage or said.is_held_out, false);

        create temp table today_measured as
        with made_of as (
            select m.measure, m.log, count(*) over (partition by m.measure) as n_logs
            from (values {pairs}) as m (measure, log)
        )
        select measure, day from made_of inner join today_usual using (log)
        group by measure, day having count(*) = any_value(n_logs)
        """
    )
    marts.prepare(
        f"""
        create temp table today_acts as
        with acts as (
            {_acts(settings)}
        )
        select acts.*
        from acts
        left join today_spans on acts.member_id = today_spans.member_id
            and acts.day between today_spans.from_day and today_spans.to_day
        where acts.member_id is not null and today_spans.member_id is null;

        create temp table today_marks as
        select 'n_interactions' as measure, day, second, 1 as amount from today_acts where what = 'act'
        union all
        select 'n_contents', day, second, 1 from today_acts where what = 'content'
        union all
        select 'n_reads', day, second, 1 from today_acts where what = 'read'
        union all
        select 'n_asks', day, second, 1 from today_acts where kind = 'ask'
        union all
        select 'dau', day, min(second), 1 from today_acts where what in ('act', 'content') group by day, member_id
        union all
        {_joined(settings, moment)}
        union all
        select 'n_payments', day, second, 1 from today_payments where amount_minor > 0
        """
    )


def _acts(settings: Settings) -> str:
    """What members did: interactions, reads, pieces, and pieces and states that stand for an interaction not logged."""
    logged = " or ".join(
        f"pieces.kind = {literal(kind)} and logged.kind in {any_of(interactions)}"
        for kind, interactions in AUTHORED_INTERACTIONS.items()
    )
    derived = " ".join(
        f"when {literal(kind)} then {literal(interactions[0])}" for kind, interactions in AUTHORED_INTERACTIONS.items()
    )
    acts = f"""
        select
            day, second, kind, member_id, case when kind in {any_of(READ_KINDS)} then 'read' else 'act' end as what,
        from today_interactions
        union all
        select day, second, null, author_id, 'content' from today_pieces where kind in {any_of(CONTENT_KINDS)}
        union all
        select day, second, case kind {derived} end, author_id, 'act'
        from today_pieces as pieces
        where kind in {any_of(AUTHORED_INTERACTIONS)} and not exists (
            select 1 from today_authoring as logged where logged.content_id = pieces.content_id and ({logged})
        )
    """
    if not settings.active_by_events:
        return acts
    attending = any_of(EVENT_INTERACTIONS["attended"])
    return f"""{acts}
        union all
        select day, second, null, member_id, 'act'
        from today_participation as states
        where state in {any_of(EVENT_INTERACTIONS)} and not (state = 'attended' and exists (
            select 1 from today_interactions as logged
            where logged.event_id = states.event_id and logged.member_id = states.member_id
                and logged.kind in {attending}
        ))
    """


def _joined(settings: Settings, moment: Moment) -> str:
    """Return the query of joins: those that are published of the usual days, and those that came today."""
    local = f"((joined_at at time zone 'UTC') at time zone {literal(settings.timezone)})"
    return f"""
        select 'joined_members', joined.day, date_part('epoch', joined.at)::bigint % 86400, 1
        from (
            select member_id, min({local}) as at, min({local})::date as day from today_states group by member_id
        ) as joined
        left join marts.dim_members on joined.member_id = dim_members.member_id
        left join today_spans on joined.member_id = today_spans.member_id
            and joined.day between today_spans.from_day and today_spans.to_day
        where today_spans.member_id is null and joined.day <= {moment.today}
            and coalesce(dim_members.joined_day, {moment.today}) = joined.day
    """
