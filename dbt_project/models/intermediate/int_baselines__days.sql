-- What a day is compared with: the median of the same weekdays in the 8 weeks before it, and how far these lie from it.
-- Only earlier days enter, so a day's own value, and what came later, move no baseline of it.
with

community_days as (
    select * from {{ ref('community_days') }}
),

deliveries as (
    select * from {{ ref('int_deliveries__days') }}
),

watched as (
    {%- for series in var('alert_series') %}
        select
            'community' as rule,
            '{{ series }}' as series,
            {{ series }} as value,
            day
        from community_days
        union all
    {%- endfor %}
    select
        'deliveries' as rule,
        log as series,
        n_rows as value,
        day
    from deliveries
),

weeks as (
    select w.weeks_back from (values (1), (2), (3), (4), (5), (6), (7), (8)) as w (weeks_back)
),

earlier as (
    select
        watched.rule,
        watched.series,
        watched.day,
        past.value
    from watched
    cross join weeks
    inner join watched as past
        on
            watched.rule = past.rule
            and watched.series = past.series
            and past.day = {{ add_days('watched.day', '-7 * weeks.weeks_back') }}
),

medians as (
    select
        rule,
        series,
        day,
        cast(median(value) as double) as baseline,
        count(*) as n_weeks
    from earlier
    group by rule, series, day
),

deviations as (
    select
        earlier.rule,
        earlier.series,
        earlier.day,
        cast(median(abs(earlier.value - medians.baseline)) as double) as deviation
    from earlier
    inner join medians
        on earlier.rule = medians.rule and earlier.series = medians.series and earlier.day = medians.day
    group by earlier.rule, earlier.series, earlier.day
),

final as (
    select
        watched.rule,
        watched.series,
        watched.value,
        cast(coalesce(medians.n_weeks, 0) as bigint) as n_weeks,
        medians.baseline,
        deviations.deviation,
        watched.day
    from watched
    left join medians
        on watched.rule = medians.rule and watched.series = medians.series and watched.day = medians.day
    left join deviations
        on watched.rule = deviations.rule and watched.series = deviations.series and watched.day = deviations.day
)

select * from final
