-- What a day is compared with: the median of the same weekdays in the 8 weeks before it, and how far these lie from it.
-- Only earlier days enter, so a day's own value moves no baseline of it. Days that say nothing of people don't either:
-- those of an outage, those withheld (they have no value), and for new members those on which ids were changed.
with

community_days as (
    select * from {{ ref('community_days') }}
),

deliveries as (
    select * from {{ ref('int_deliveries__days') }}
),

outages as (
    select * from {{ ref('int_deliveries__outages') }}
    where is_outage
),

identity_breaks as (
    select * from {{ ref('int_community__identity_breaks') }}
    where is_identity_break
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
        case when not is_held_out then n_rows end as value,
        day
    from deliveries
),

left_out as (
    {%- for series in var('alert_series') %}
        select
            'community' as rule,
            '{{ series }}' as series,
            day
        from outages
        where log in {% if series == 'joined_members' %}('members'){% else %}{{ activity_logs() }}{% endif %}
        union
    {%- endfor %}
    select
        'deliveries' as rule,
        log as series,
        day
    from outages
    union
    select
        'community' as rule,
        'new_members' as series,
        day
    from identity_breaks
),

known as (
    select
        watched.rule,
        watched.series,
        watched.day,
        case when left_out.day is null then watched.value end as value
    from watched
    left join left_out
        on watched.rule = left_out.rule and watched.series = left_out.series and watched.day = left_out.day
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
    inner join known as past
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
        count(*) as n_weeks_back,
        count(value) as n_weeks
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
        cast(coalesce(medians.n_weeks_back, 0) as bigint) as n_weeks_back,
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
