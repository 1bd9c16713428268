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
        cast(sum(checksum) as decimal(38, 0)) as checksum
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

final as (
    select
        coalesce(now_delivered.day, completed.day) as day,
        case
            when build.is_full then 'everything is rebuilt'
            when completed.day is null then 'first delivery'
            when now_delivered.day is null then 'withdrawn'
            else 'rows changed'
        end as reason
    from now_delivered
    full outer join completed on now_delivered.day = completed.day
    cross join build
    where build.is_full or now_delivered.checksum is distinct from completed.checksum
)

select * from final
