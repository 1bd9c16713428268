{{ config(post_hook=["{{ keep_pending('acts') }}"]) }}

with

manifest as (
    select * from {{ source('control', 'manifest') }}
    where log = 'interactions' and event_day is not null
),

build as (
    select * from {{ source('control', 'build') }}
),

now_delivered as (
    select
        event_day as day,
        {{ delivered_checksum() }} as checksum
    from manifest
    group by event_day
),

completed as (
    select
        day,
        checksum
    from {{ source('state', 'completed_day_states') }}
    where part = 'interactions'
),

compared as (
    select
        coalesce(now_delivered.day, completed.day) as day,
        case
            when build.is_full then 'everything is rebuilt'
            when completed.day is null then 'first delivery'
            when now_delivered.day is null then 'withdrawn'
            else 'rows changed'
        end as reason,
        1 as reason_rank
    from now_delivered
    full outer join completed on now_delivered.day = completed.day
    cross join build
    where build.is_full or now_delivered.checksum is distinct from completed.checksum
),

persons as (
    select
        day,
        'persons changed' as reason,
        2 as reason_rank
    from {{ ref('changed_person_days') }}
),

-- What an unfinished run has built may be of a delivery or a link that was taken back since.
pending as (
    select
        day,
        'an earlier run did not finish' as reason,
        3 as reason_rank
    from {{ source('state', 'pending_days') }}
    where kind = 'acts'
),

unioned as (
    select * from compared
    union all
    select * from persons
    union all
    select * from pending
),

ranked as (
    select
        *,
        row_number() over (partition by day order by reason_rank) as day_rank
    from unioned
),

final as (
    select
        day,
        reason
    from ranked
    where day_rank = 1
)

select * from final
