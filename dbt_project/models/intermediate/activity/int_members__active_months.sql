{{
    config(
        materialized='incremental',
        incremental_strategy='replace_days',
        on_schema_change='fail',
        meta={'reach_days': 'months'},
    )
}}

with

months as (
    select day from {{ days_to_build('months') }}
),

-- Days by name: a month of each day could not be looked up in the fact's order of days.
month_days as (
    select
        day as activity_month,
        {{ each_day('day', 'last_day(day)') }} as day
    from months
),

member_days as (
    select * from {{ ref('fct_member_days') }}
    where is_active
),

stepped as (
    select
        member_days.member_id,
        month_days.activity_month,
        member_days.day,
        member_days.n_contents + member_days.n_interactions as n_contributions,
        lag(member_days.day) over (
            partition by member_days.member_id, month_days.activity_month order by member_days.day
        ) as previous_day
    from month_days
    inner join member_days on month_days.day = member_days.day
),

final as (
    select
        member_id,
        cast(sum(n_contributions) as bigint) as n_contributions,
        cast(count(*) as bigint) as n_active_days,
        cast(count(*) filter (where day > {{ add_days('last_day(day)', -28) }}) as bigint) as n_active_days_28,
        min(day) as first_active_day,
        max(day) as last_active_day,
        max(day) filter (where {{ days_since('day', 'previous_day') }} > {{ horizon_days() }}) as returned_day,
        activity_month as day
    from stepped
    group by member_id, activity_month
)

select * from final
