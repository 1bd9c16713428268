with

participation as (
    select * from {{ ref('stg_lake__event_participation') }}
    where state in {{ in_list(var('event_acts').keys()) }} and {{ active_by_events() | lower }}
),

acts as (
    select * from {{ ref('int_acts__event_member_days') }}
    where n_attending_acts > 0
),

-- An act at the event stands for having attended it; it was logged on any day.
logged as (
    select distinct
        event_id,
        member_id,
        'attended' as state
    from acts
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
