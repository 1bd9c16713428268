with

judged_days as (
    select * from {{ ref('int_alerts__judged_days') }}
),

build as (
    select * from {{ source('control', 'build') }}
),

banded as (
    select
        judged_days.rule,
        judged_days.series,
        judged_days.value,
        judged_days.day,
        case when judged_days.is_judged then judged_days.baseline end as baseline,
        case when judged_days.is_judged then judged_days.band_low end as band_low,
        case when judged_days.is_judged then judged_days.band_high end as band_high,
        coalesce(judged_days.is_judged, false) as is_judged,
        coalesce(judged_days.is_alarm, false) as is_alarm
    from judged_days
    cross join build
    where judged_days.day > {{ add_days('build.through_day', -90) }}
),

final as (
    select
        rule,
        series,
        day,
        cast(value as bigint) as value,
        baseline,
        band_low,
        band_high,
        is_judged,
        is_alarm
    from banded
)

select * from final
