-- Before anyone was active nothing was collected that a period could tell.
with

build as (
    select * from {{ source('control', 'build') }}
),

first_days as (
    select * from {{ ref('int_members__first_days') }}
),

first_active as (
    select min(first_active_day) as day from first_days
),

days as (
    select
        build.through_day,
        {{ each_day('first_active.day', 'build.through_day') }} as day
    from build
    cross join first_active
),

final as (
    select
        {{ month_of('day') }} as period_month,
        lag(day) over (order by day) as previous_day,
        day = last_day(day) as is_complete,
        day
    from days
    where day = last_day(day) or day = through_day
)

select * from final
