with

periods as (
    select * from {{ ref('int_calendar__periods') }}
),

active_months as (
    select * from {{ ref('int_members__active_months') }}
    where n_active_days_28 > 0
),

member_days as (
    select * from {{ ref('fct_member_days') }}
    where is_active
),

numbers as (
    select n.n_active_days from (values ({{ range(1, 29) | join('), (') }})) as n (n_active_days)
),

running_days as (
    select
        day as as_of_day,
        {{ each_day(add_days('day', -27), 'day') }} as day
    from periods
    where not is_complete
),

-- The 28 days of a complete month were counted with the month; those of the running one lie in two months.
members as (
    select
        periods.day,
        active_months.member_id,
        active_months.n_active_days_28 as n_active_days
    from periods
    inner join active_months on periods.period_month = active_months.day
    where periods.is_complete
    union all
    select
        running_days.as_of_day as day,
        member_days.member_id,
        count(*) as n_active_days
    from running_days
    inner join member_days on running_days.day = member_days.day
    group by running_days.as_of_day, member_days.member_id
),

counted as (
    select
        day,
        n_active_days,
        count(*) as n_members
    from members
    group by day, n_active_days
),

grid as (
    select
        periods.day,
        numbers.n_active_days
    from periods
    cross join numbers
),

filled as (
    select
        grid.day,
        cast(grid.n_active_days as bigint) as n_active_days,
        cast(coalesce(counted.n_members, 0) as bigint) as n_members,
        cast(sum(coalesce(counted.n_members, 0)) over (partition by grid.day) as bigint) as n_active_members
    from grid
    left join counted on grid.day = counted.day and grid.n_active_days = counted.n_active_days
),

shared as (
    select
        *,
        cast(n_members as double) / nullif(n_active_members, 0) as share_of_active
    from filled
),

final as (
    select
        day,
        n_active_days,
        n_members,
        n_active_members,
        share_of_active
    from shared
)

select * from final
