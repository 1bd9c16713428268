-- The histogram of an as-of day adds up to the members active in its 28 days, counted from the member-days themselves.
with

as_of_days as (
    select day from {{ ref('stale_as_of_days') }}
    where reach_days = 31
),

histogram as (
    select
        day,
        sum(n_members) as n_members,
        max(n_active_members) as n_active_members,
        sum(share_of_active) as share_of_active
    from {{ ref('activity_histogram') }}
    where day in (select as_of_days.day from as_of_days)
    group by day
),

window_days as (
    select
        day as as_of_day,
        {{ each_day(add_days('day', -27), 'day') }} as day
    from histogram
),

counted as (
    select
        window_days.as_of_day,
        count(distinct member_days.member_id) as n_members
    from window_days
    inner join {{ ref('fct_member_days') }} as member_days on window_days.day = member_days.day
    where member_days.is_active
    group by window_days.as_of_day
)

select
    histogram.day,
    histogram.n_members,
    counted.n_members as counted_members
from histogram
left join counted on histogram.day = counted.as_of_day
where
    histogram.n_members <> coalesce(counted.n_members, 0)
    or histogram.n_active_members <> histogram.n_members
    or abs(histogram.share_of_active - 1) > 1e-9
