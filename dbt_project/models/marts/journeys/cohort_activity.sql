with

activation as (
    select * from {{ ref('activation') }}
),

counted as (
    select
        cohort_month,
        referrer,
        {% for months in [1, 3, 6, 12] %}
            count(is_active_after_{{ months }}m) as n_members_{{ months }},
            count(*) filter (where is_active_after_{{ months }}m) as n_active_{{ months }},
        {% endfor %}
        first_channel
    from activation
    group by cohort_month, referrer, first_channel
),

dimensions as (
    {% for dimension, value in [
        ('all', "'all'"), ('cohort_month', 'cast(cohort_month as string)'),
        ('referrer', "coalesce(referrer, 'unknown')"), ('channel', "coalesce(first_channel, 'none')")
    ] %}
        select
            '{{ dimension }}' as dimension,
            {{ value }} as value,
            counted.*
        from counted
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

unpivoted as (
    {% for months in [1, 3, 6, 12] %}
        select
            dimension,
            value,
            {{ months }} as age_months,
            sum(n_members_{{ months }}) as n_members,
            sum(n_active_{{ months }}) as n_active
        from dimensions
        group by dimension, value
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        dimension,
        value,
        cast(age_months as bigint) as age_months,
        cast(n_members as bigint) as n_members,
        cast(n_active as bigint) as n_active,
        cast(n_active as double) / n_members as share_active,
        {{ wilson_low('n_active', 'n_members') }} as share_active_low,
        {{ wilson_high('n_active', 'n_members') }} as share_active_high
    from unpivoted
    where n_members > 0
)

select * from final
