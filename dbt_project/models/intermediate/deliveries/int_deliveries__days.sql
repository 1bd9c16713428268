with

manifest as (
    select * from {{ source('control', 'manifest') }}
),

build as (
    select * from {{ source('control', 'build') }}
),

logs as (
    select * from {{ ref('log_coverage') }}
    where is_collected
),

withheld as (
    select * from {{ ref('held_out_days') }}
    where not keeps_earlier
),

calendar as (
    select
        logs.log,
        {{ each_day('logs.first_log_day', 'build.through_day') }} as day
    from logs
    cross join build
),

log_days as (
    select
        log,
        log_day as day,
        sum(n_rows) as n_rows
    from manifest
    group by log, log_day
),

event_days as (
    select
        log,
        event_day as day,
        sum(n_rows) as n_event_rows
    from manifest
    group by log, event_day
),

final as (
    select
        calendar.log,
        cast(coalesce(log_days.n_rows, 0) as bigint) as n_rows,
        cast(coalesce(event_days.n_event_rows, 0) as bigint) as n_event_rows,
        calendar.day,
        withheld.day is not null as is_held_out
    from calendar
    left join log_days on calendar.log = log_days.log and calendar.day = log_days.day
    left join event_days on calendar.log = event_days.log and calendar.day = event_days.day
    left join withheld on calendar.log = withheld.log and calendar.day = withheld.day
)

select * from final
