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
        watched.*,
        cast(case when left_out.day is null then watched.value end as double) as known_value
    from watched
    left join left_out
        on watched.rule = left_out.rule and watched.series = left_out.series and watched.day = left_out.day
),

-- What each day is set beside: itself, and the same weekdays of the weeks before.
weeks as (
    select {{ each_number(1, 9) }} as n_weeks
),

earlier as (
    select
        known.rule,
        known.series,
        known.known_value,
        {{ add_days('known.day', '7 * weeks.n_weeks') }} as day
    from known
    cross join weeks
),

baselines as (
    select
        rule,
        series,
        day,
        count(*) as n_weeks_back,
        count(known_value) as n_weeks,
        median(known_value) as baseline
    from earlier
    group by rule, series, day
),

deviations as (
    select
        earlier.rule,
        earlier.series,
        earlier.day,
        median(abs(earlier.known_value - baselines.baseline)) as deviation
    from earlier
    inner join baselines
        on earlier.rule = baselines.rule and earlier.series = baselines.series and earlier.day = baselines.day
    group by earlier.rule, earlier.series, earlier.day
),

final as (
    select
        known.rule,
        known.series,
        known.value,
        coalesce(baselines.n_weeks_back, 0) as n_weeks_back,
        coalesce(baselines.n_weeks, 0) as n_weeks,
        baselines.baseline,
        deviations.deviation,
        known.day
    from known
    left join baselines
        on known.rule = baselines.rule and known.series = baselines.series and known.day = baselines.day
    left join deviations
        on known.rule = deviations.rule and known.series = deviations.series and known.day = deviations.day
)

select * from final
