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

final as (
    select
        rule,
        series,
        value,
        cast(count(*) over earlier_weeks as bigint) as n_weeks_back,
        cast(count(known_value) over earlier_weeks as bigint) as n_weeks,
        median(known_value) over earlier_weeks as baseline,
        mad(known_value) over earlier_weeks as deviation,
        day
    from known
    window earlier_weeks as (
        partition by rule, series, extract('isodow' from day)
        order by day
        range between interval 56 days preceding and interval 7 days preceding
    )
)

select * from final
