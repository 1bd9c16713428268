with

versions as (
    {{
        known_versions(source('lake', 'event_participation'), ['event_id', 'member_id', 'state'], 'event_participation')
    }}
),

upserts as (
    select * from versions
    where
        op = 'upsert'
        and state in {{ in_list(var('event_interactions').keys()) }}
        and {{ active_by_events() | lower }}
),

participation as (
    {{ known_by_person('upserts', ['event_id', 'state', 'event_day']) }}
),

logged as (
    select * from {{ ref('int_churn_logged') }}
    where
        member_id is not null
        and event_id is not null
        and kind in {{ attending_interactions() }}
        and {{ active_by_events() | lower }}
),

attending as (
    {{ known_by_person('logged', ['event_id']) }}
),

-- Whether an interaction that stands for the attendance is known, as steps: +1 where one becomes known, -1
-- where it is withdrawn.
steps as (
    select
        event_id,
        member_id,
        state,
        cast('0001-01-01' as date) as day,
        0 as step
    from participation
    union all
    select
        event_id,
        member_id,
        'attended' as state,
        known_from as day,
        1 as step
    from attending
    union all
    select
        event_id,
        member_id,
        'attended' as state,
        known_to as day,
        -1 as step
    from attending
),

counts as (
    select
        event_id,
        member_id,
        state,
        day,
        sum(step) as step
    from steps
    group by event_id, member_id, state, day
),

spans as (
    select
        event_id,
        member_id,
        state,
        day as span_from,
        sum(step) over (partition by event_id, member_id, state order by day rows unbounded preceding) as n_known,
        coalesce(
            lead(day) over (partition by event_id, member_id, state order by day), cast('9999-12-31' as date)
        ) as span_to
    from counts
),

final as (
    select
        participation.member_id,
        participation.event_day as day,
        participation.event_id,
        participation.state as kind,
        greatest(participation.known_from, spans.span_from) as known_from,
        least(participation.known_to, spans.span_to) as known_to
    from participation
    inner join spans
        on
            participation.event_id = spans.event_id
            and participation.member_id = spans.member_id
            and participation.state = spans.state
            and spans.n_known = 0
            and participation.known_to > spans.span_from
            and participation.known_from < spans.span_to
)

select * from final
