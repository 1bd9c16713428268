with

events as (
    select * from {{ ref('stg_lake__events') }}
),

participation as (
    select * from {{ ref('stg_lake__event_participation') }}
),

feedback as (
    select * from {{ ref('stg_lake__feedback') }}
    where about_kind = 'event'
),

member_days as (
    select * from {{ ref('fct_member_days') }}
    where is_active
),

-- Who attended was registered, whether or not the log says so.
funnel as (
    select
        event_id,
        count(distinct member_id) filter (where state = 'invited') as n_invited,
        count(distinct member_id) filter (where state in ('registered', 'attended', 'no_show')) as n_registered,
        count(distinct member_id) filter (where state = 'attended') as n_attended,
        count(distinct member_id) filter (where state = 'no_show') as n_no_show
    from participation
    group by event_id
),

rated as (
    select
        about_id as event_id,
        count(*) as n_feedback,
        count(*) filter (where scale = 'csat5') as n_csat,
        count(*) filter (where scale = 'csat5' and score >= 4) as n_satisfied
    from feedback
    group by about_id
),

came_back as (
    select
        events.event_id,
        count(distinct participation.member_id) as n_active_within_7_days
    from events
    inner join participation on events.event_id = participation.event_id and participation.state = 'attended'
    inner join member_days
        on
            participation.member_id = member_days.member_id
            and events.starts_day < member_days.day
            and member_days.day <= {{ add_days('events.starts_day', 7) }}
    group by events.event_id
),

final as (
    select
        events.event_id,
        events.kind,
        events.title,
        events.starts_day,
        cast(coalesce(funnel.n_invited, 0) as bigint) as n_invited,
        cast(coalesce(funnel.n_registered, 0) as bigint) as n_registered,
        cast(coalesce(funnel.n_attended, 0) as bigint) as n_attended,
        cast(coalesce(funnel.n_no_show, 0) as bigint) as n_no_show,
        cast(coalesce(rated.n_feedback, 0) as bigint) as n_feedback,
        cast(coalesce(came_back.n_active_within_7_days, 0) as bigint) as n_active_within_7_days,
        cast(funnel.n_attended as double) / nullif(funnel.n_registered, 0) as show_up_rate,
        cast(rated.n_satisfied as double) / nullif(rated.n_csat, 0) as csat
    from events
    left join funnel on events.event_id = funnel.event_id
    left join rated on events.event_id = rated.event_id
    left join came_back on events.event_id = came_back.event_id
)

select * from final
