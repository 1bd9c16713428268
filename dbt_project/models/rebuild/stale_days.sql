{{ config(post_hook=["{{ keep_pending('days') }}"]) }}

with

states as (
    select * from {{ ref('day_states') }}
),

build as (
    select * from {{ source('control', 'build') }}
),

completed as (
    select
        part,
        day,
        checksum
    from {{ source('state', 'completed_day_states') }}
    where part in ('interactions', 'content', 'events', 'held_out')
),

compared as (
    select
        coalesce(states.day, completed.day) as day,
        coalesce(states.part, completed.part) as part
    from states
    full outer join completed on states.part = completed.part and states.day = completed.day
    cross join build
    where build.is_full or states.checksum is distinct from completed.checksum
),

-- Days that the calendar has gained at either end since the last completed run.
calendar as (
    select {{ each_day('first_day', 'through_day') }} as day
    from build
),

new_days as (
    select
        calendar.day,
        'calendar' as part
    from calendar
    cross join build
    left join {{ source('state', 'completed_builds') }} as completed_builds
        on calendar.day between completed_builds.first_day and completed_builds.through_day and not build.is_full
    where completed_builds.through_day is null
),

roles as (
    select
        day,
        'roles' as part
    from {{ ref('changed_role_days') }}
),

persons as (
    select
        day,
        'persons' as part
    from {{ ref('changed_person_days') }}
),

pending as (
    select
        day,
        'unfinished' as part
    from {{ source('state', 'pending_days') }}
    where kind = 'days'
),

unioned as (
    select * from compared
    union all
    select * from roles
    union all
    select * from persons
    union all
    select * from pending
    union all
    select * from new_days
),

final as (
    select
        unioned.day,
        {{ distinct_texts('unioned.part', ', ') }} as parts
    from unioned
    cross join build
    where unioned.day <= build.through_day
    group by unioned.day
)

select * from final
