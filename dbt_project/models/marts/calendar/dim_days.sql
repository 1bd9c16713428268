with

build as (
    select * from {{ source('control', 'build') }}
),

manifest as (
    select * from {{ source('control', 'manifest') }}
),

members as (
    select * from {{ ref('int_members__first_days') }}
),

content as (
    select * from {{ ref('dim_content') }}
),

events as (
    select * from {{ ref('dim_events') }}
),

terms as (
    select * from {{ ref('subscription_terms') }}
),

actions as (
    select * from {{ ref('member_actions') }}
),

points as (
    select * from {{ ref('points_ledger') }}
),

payments as (
    select * from {{ ref('payments') }}
),

dated as (
    select
        first_day,
        through_day as last_day
    from build
    union all
    select
        min(log_day) as first_day,
        max(log_day) as last_day
    from manifest
    union all
    select
        min(first_day) as first_day,
        max(first_day) as last_day
    from members
    union all
    select
        min(published_day) as first_day,
        max(published_day) as last_day
    from content
    union all
    select
        min(starts_day) as first_day,
        max(starts_day) as last_day
    from events
    union all
    select
        min(term_start) as first_day,
        max(term_end) as last_day
    from terms
    union all
    select
        min(day) as first_day,
        max(day) as last_day
    from actions
    union all
    select
        min(day) as first_day,
        max(day) as last_day
    from points
    union all
    select
        min(day) as first_day,
        max(day) as last_day
    from payments
),

-- A wrong date in a log, or a term without end, must not make a calendar of thousands of years.
bounds as (
    select
        greatest(min(dated.first_day), cast('1970-01-01' as date)) as first_day,
        least(max(dated.last_day), {{ add_days('max(build.through_day)', 3653) }}) as last_day,
        max(build.first_day) as data_first_day,
        max(build.through_day) as through_day
    from dated
    cross join build
),

years as (
    select
        data_first_day,
        through_day,
        cast(date_trunc('year', first_day) as date) as from_day,
        {{ add_days("cast(date_trunc('year', last_day + interval 1 year) as date)", -1) }} as to_day
    from bounds
),

days as (
    select
        data_first_day,
        through_day,
        {{ each_day('from_day', 'to_day') }} as day
    from years
),

periods as (
    select
        *,
        cast(date_trunc('week', day) as date) as week_start,
        {{ month_of('day') }} as month,
        cast(date_trunc('quarter', day) as date) as quarter_start
    from days
),

final as (
    select
        day,
        week_start,
        month,
        quarter_start,
        cast(extract(year from day) as bigint) as calendar_year,
        {{ days_since('day', 'week_start') }} + 1 as day_of_week,
        {{ days_since('day', 'month') }} + 1 as day_of_month,
        {{ days_since('through_day', 'day') }} as days_ago,
        {{ days_since('day', 'week_start') }} >= 5 as is_weekend,
        day = last_day(day) as is_month_end,
        day between data_first_day and through_day as is_closed,
        day >= data_first_day and last_day(day) <= through_day as is_month_closed
    from periods
)

select * from final
