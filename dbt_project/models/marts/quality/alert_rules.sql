with

judged_days as (
    select * from {{ ref('int_alerts__judged_days') }}
),

build as (
    select * from {{ source('control', 'build') }}
),

alarms as (
    select * from {{ ref('int_alerts__outcomes') }}
),

outcomes as (
    select
        alarms.rule,
        alarms.series,
        count(*) filter (where alarms.outcome in ('lasting', 'data')) as n_right_90,
        count(*) filter (where alarms.outcome = 'open') as n_open_90
    from alarms
    cross join build
    where alarms.day > {{ add_days('build.through_day', -90) }}
    group by alarms.rule, alarms.series
),

counted as (
    select
        judged_days.rule,
        judged_days.series,
        max(judged_days.threshold) as threshold,
        max(judged_days.least_change) as least_change,
        max(judged_days.least_count) as least_count,
        count(*) filter (where judged_days.is_judged) as n_days_judged,
        count(*) filter (where judged_days.is_alarm) as n_alarms,
        count(*) filter (
            where judged_days.is_judged and judged_days.day > {{ add_days('build.through_day', -90) }}
        ) as n_days_judged_90,
        count(*) filter (
            where judged_days.is_alarm and judged_days.day > {{ add_days('build.through_day', -90) }}
        ) as n_alarms_90,
        max(case when judged_days.is_alarm then judged_days.day end) as last_alarm_day
    from judged_days
    cross join build
    group by judged_days.rule, judged_days.series
),

joined as (
    select
        counted.*,
        coalesce(outcomes.n_right_90, 0) as n_right_90,
        coalesce(outcomes.n_open_90, 0) as n_open_90
    from counted
    left join outcomes on counted.rule = outcomes.rule and counted.series = outcomes.series
),

averaged as (
    select
        *,
        30 * cast(n_alarms as double) / nullif(n_days_judged, 0) as alarms_per_30_days,
        30 * cast(n_alarms_90 as double) / nullif(n_days_judged_90, 0) as alarms_per_30_days_90,
        cast(n_right_90 as double) / nullif(n_alarms_90 - n_open_90, 0) as precision_90
    from joined
),

final as (
    select
        rule,
        series,
        threshold,
        least_change,
        cast(least_count as bigint) as least_count,
        cast(n_days_judged as bigint) as n_days_judged,
        cast(n_alarms as bigint) as n_alarms,
        alarms_per_30_days,
        cast(n_days_judged_90 as bigint) as n_days_judged_90,
        cast(n_alarms_90 as bigint) as n_alarms_90,
        alarms_per_30_days_90,
        cast(n_right_90 as bigint) as n_right_90,
        cast(n_open_90 as bigint) as n_open_90,
        precision_90,
        last_alarm_day
    from averaged
)

select * from final
