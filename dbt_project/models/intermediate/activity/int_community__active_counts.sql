{{
    config(
        materialized='incremental',
        incremental_strategy='replace_days',
        on_schema_change='fail',
        meta={'reach_days': 31},
    )
}}

-- A member active on day x and next on day y is within the last w days from x until the day before min(x + w, y).
with

{{ islands(31) }},

member_days as (
    select * from {{ ref('fct_member_days') }}
    where is_active
),

first_days as (
    select * from {{ ref('int_members__first_days') }}
),

windows as (
    select w.window_days from (values (1), (7), (30)) as w (window_days)
),

-- One day more than the widest window, so that the first day knows who was active up to the day before.
island_days as (
    select
        island_id,
        first_day,
        last_day,
        {{ each_day(add_days('first_day', -30), 'last_day') }} as day
    from islands
),

in_reach as (
    select
        islands.island_id,
        islands.first_day as island_first_day,
        islands.last_day as island_last_day,
        member_days.member_id,
        member_days.day,
        lead(member_days.day) over (
            partition by islands.island_id, member_days.member_id order by member_days.day
        ) as next_day,
        lag(member_days.day) over (
            partition by islands.island_id, member_days.member_id order by member_days.day
        ) as previous_day
    from island_days as islands
    inner join member_days on islands.day = member_days.day
),

covered as (
    select
        windows.window_days,
        in_reach.island_id,
        in_reach.island_last_day,
        greatest(in_reach.day, in_reach.island_first_day) as from_day,
        least(
            {{ add_days('in_reach.day', 'windows.window_days') }},
            coalesce(in_reach.next_day, cast('9999-12-31' as date))
        ) as end_day
    from in_reach
    cross join windows
),

changes as (
    select
        window_days,
        from_day as day,
        1 as n
    from covered
    where end_day > from_day
    union all
    select
        window_days,
        end_day as day,
        -1 as n
    from covered
    where end_day > from_day and end_day <= island_last_day
),

-- Counts of an island do not reach the next: what is still covered at its end is taken off on the day after.
island_ends as (
    select
        window_days,
        {{ add_days('island_last_day', 1) }} as day,
        -cast(count(*) as integer) as n
    from covered
    where end_day > from_day and end_day > island_last_day
    group by window_days, island_last_day
),

day_changes as (
    select * from changes
    union all
    select * from island_ends
    union all
    select
        windows.window_days,
        as_of_days.day,
        0 as n
    from as_of_days
    cross join windows
),

running as (
    select
        window_days,
        day,
        sum(sum(n)) over (partition by window_days order by day) as n_active
    from day_changes
    group by window_days, day
),

actives as (
    select
        day,
        cast(max(n_active) filter (where window_days = 1) as bigint) as dau,
        cast(max(n_active) filter (where window_days = 7) as bigint) as wau,
        cast(max(n_active) filter (where window_days = 30) as bigint) as mau
    from running
    group by day
),

arrivals as (
    select
        in_reach.day,
        count(*) filter (where in_reach.day = first_days.first_active_day) as new_members,
        count(*) filter (where in_reach.day > first_days.first_active_day) as resurrected_members
    from in_reach
    inner join first_days on in_reach.member_id = first_days.member_id
    where
        in_reach.day >= in_reach.island_first_day
        and (in_reach.previous_day is null or in_reach.previous_day < {{ add_days('in_reach.day', -30) }})
    group by in_reach.day
),

departures as (
    select
        {{ add_days('day', 30) }} as day,
        count(*) as lost_members
    from in_reach
    where
        {{ add_days('day', 30) }} between island_first_day and island_last_day
        and (next_day is null or next_day > {{ add_days('day', 30) }})
    group by {{ add_days('day', 30) }}
),

final as (
    select
        actives.dau,
        actives.wau,
        actives.mau,
        cast(coalesce(arrivals.new_members, 0) as bigint) as new_members,
        cast(coalesce(arrivals.resurrected_members, 0) as bigint) as resurrected_members,
        cast(coalesce(departures.lost_members, 0) as bigint) as lost_members,
        as_of_days.day
    from as_of_days
    inner join actives on as_of_days.day = actives.day
    left join arrivals on as_of_days.day = arrivals.day
    left join departures on as_of_days.day = departures.day
)

select * from final
