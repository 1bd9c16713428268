-- A log is late by its own past: it was hardly ever silent for so long. A weekly one isn't late after three days.
with

manifest as (
    select * from {{ source('control', 'manifest') }}
),

build as (
    select * from {{ source('control', 'build') }}
),

log_days as (
    select distinct
        log,
        log_day
    from manifest
),

stepped as (
    select
        log,
        log_day,
        {{ days_since('log_day', 'lag(log_day) over (partition by log order by log_day)') }} - 1 as n_silent_before,
        row_number() over (partition by log order by log_day desc) as step
    from log_days
),

present as (
    select
        log_days.log,
        {{ days_since('max(build.through_day)', 'max(log_days.log_day)') }} as n_silent_days
    from log_days
    cross join build
    group by log_days.log
),

compared as (
    select
        present.log,
        present.n_silent_days,
        count(stepped.n_silent_before) as n_silences,
        count(*) filter (where stepped.n_silent_before >= present.n_silent_days) as n_as_long
    from present
    left join stepped on present.log = stepped.log and stepped.step <= {{ var('lateness_log_days') }}
    group by present.log, present.n_silent_days
),

final as (
    select
        log,
        n_silent_days,
        n_silences,
        n_as_long,
        n_silent_days > 0
        and n_silences >= {{ var('lateness_least_log_days') }}
        and n_as_long <= {{ double(var('lateness_share')) }} * n_silences as is_late
    from compared
)

select * from final
