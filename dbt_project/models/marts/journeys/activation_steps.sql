{%- set steps = {'acted': 'has_acted', 'posted': 'has_posted', 'replied_to': 'has_reply', 'second_week': 'is_back',
                 'day_30': 'is_active_on_day_30', 'paid': 'has_paid'} -%}

with

activation as (
    select * from {{ ref('activation') }}
),

-- Once over the members, then over what few sums there are.
counted as (
    select
        cohort_month,
        referrer,
        first_channel,
        {% for step, flag in steps.items() %}
            count({{ flag }}) as n_observed_{{ step }},
            count(*) filter (where {{ flag }}) as n_reached_{{ step }},
        {% endfor %}
        count(*) as n_members
    from activation
    group by cohort_month, referrer, first_channel
),

dimensions as (
    {% for dimension, value in [
        ('all', "'all'"), ('referrer', "coalesce(referrer, 'unknown')"), ('channel', "coalesce(first_channel, 'none')")
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
    {% for step in steps %}
        select
            cohort_month,
            dimension,
            value,
            '{{ step }}' as step,
            {{ loop.index }} as step_number,
            sum(n_members) as n_members,
            sum(n_observed_{{ step }}) as n_observed,
            sum(n_reached_{{ step }}) as n_reached
        from dimensions
        group by cohort_month, dimension, value
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        cohort_month,
        dimension,
        value,
        step,
        cast(step_number as bigint) as step_number,
        cast(n_members as bigint) as n_members,
        cast(n_observed as bigint) as n_observed,
        cast(n_reached as bigint) as n_reached,
        cast(n_reached as double) / nullif(n_observed, 0) as share_reached,
        {{ wilson_low('n_reached', 'n_observed') }} as share_reached_low,
        {{ wilson_high('n_reached', 'n_observed') }} as share_reached_high
    from unpivoted
)

select * from final
