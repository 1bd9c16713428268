with

judged_days as (
    select * from {{ ref('int_alerts__judged_days') }}
),

outages as (
    select
        log,
        day
    from {{ ref('int_deliveries__outages') }}
    where is_outage
),

-- Figures of the community rest on these two logs; the other rule is about a log itself.
gaps as (
    select
        'deliveries' as rule,
        log as series,
        day
    from outages
    union
    select
        'community' as rule,
        cast(null as string) as series,
        day
    from outages
    where log in ('interactions', 'content')
),

alarms as (
    select
        *,
        case when value > baseline then 'above' else 'below' end as direction
    from judged_days
    where is_alarm
),

followed as (
    select
        alarms.rule,
        alarms.series,
        alarms.day,
        count(*) as n_days_after,
        count(*) filter (
            where later.is_alarm and (later.value > later.baseline) = (alarms.direction = 'above')
        ) as n_alarms_after
    from alarms
    inner join judged_days as later
        on
            alarms.rule = later.rule
            and alarms.series = later.series
            and alarms.day < later.day
            and later.day <= {{ add_days('alarms.day', 7) }}
    group by alarms.rule, alarms.series, alarms.day
),

explained as (
    select
        alarms.*,
        coalesce(followed.n_days_after, 0) as n_days_after,
        coalesce(followed.n_alarms_after, 0) as n_alarms_after,
        gaps.day is not null as is_gap
    from alarms
    left join followed
        on alarms.rule = followed.rule and alarms.series = followed.series and alarms.day = followed.day
    left join gaps
        on
            alarms.rule = gaps.rule
            and alarms.day = gaps.day
            and (gaps.series is null or alarms.series = gaps.series)
),

final as (
    select
        rule,
        series,
        direction,
        value,
        baseline,
        band_low,
        band_high,
        robust_z,
        relative_change,
        n_days_after,
        n_alarms_after,
        case
            when is_gap then 'data'
            when n_alarms_after >= {{ var('lasting_alarms') }} then 'lasting'
            when n_days_after < 7 then 'open'
            else 'passed'
        end as outcome,
        day
    from explained
)

select * from final
