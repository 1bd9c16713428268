with

participation as (
    select * from {{ ref('stg_lake__event_participation') }}
    where state in {{ in_list(var('event_interactions').keys()) }} and {{ active_by_events() | lower }}
),

interactions as (
    select * from {{ ref('int_interactions__event_member_days') }}
    where n_attending_interactions > 0
),

-- An interaction at the event stands for having attended it; it was logged on any day.
logged as (
    select distinct
        event_id,
        member_id,
        'attended' as state
    from interactions
),

final as (
    select
        participation.member_id,
        cast(count(*) as bigint) as n_event_acts,
        participation.event_day as day
    from participation
    left join logged
        on
            participation.event_id = logged.event_id
            and participation.member_id = logged.member_id
            and participation.state = logged.state
    where logged.event_id is null
    group by participation.member_id, participation.event_day
)

select * from final
