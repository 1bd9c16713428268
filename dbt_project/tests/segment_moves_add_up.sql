-- Shares of moves add to 1, and whoever was a member in a period comes from and goes to exactly one value.
with

moves as (
    select * from {{ ref('segment_moves') }}
),

periods as (
    select * from {{ ref('int_calendar__periods') }}
),

members as (
    select
        day,
        count(*) as n_members
    from {{ ref('member_segments') }}
    where activity_level is not null
    group by day
),

totals as (
    select
        day,
        dimension,
        sum(share_of_moves) as share_of_moves,
        sum(n_members) filter (where current_value <> 'outside') as n_now,
        sum(n_members) filter (where previous_value <> 'outside') as n_before
    from moves
    group by day, dimension
),

shares_of_previous as (
    select
        day,
        dimension,
        sum(share_of_previous) as share_of_previous
    from moves
    group by day, dimension, previous_value
)

select
    totals.day,
    totals.dimension,
    'a share or a member is lost' as reason
from totals
inner join periods on totals.day = periods.day
left join members as today on periods.day = today.day
left join members as earlier on periods.previous_day = earlier.day
where
    abs(totals.share_of_moves - 1) > 1e-9
    or coalesce(totals.n_now, 0) <> coalesce(today.n_members, 0)
    or coalesce(totals.n_before, 0) <> coalesce(earlier.n_members, 0)
union all
select
    day,
    dimension,
    'shares of a previous value do not add to 1' as reason
from shares_of_previous
where abs(share_of_previous - 1) > 1e-9
