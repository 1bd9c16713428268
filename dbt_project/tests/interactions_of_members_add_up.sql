-- The histogram of an as-of day has each member once who was active in its window, and all their interactions, counted
-- from the member-days themselves.
with

as_of_days as (
    select day from {{ ref('stale_as_of_days') }}
    where reach_days = {{ reach_in_days('window') }}
),

histogram as (
    select
        day,
        window_days,
        sum(n_members) as n_members,
        sum(n_interactions) as n_interactions,
        max(n_active_members) as n_active_members
    from {{ ref('interaction_histogram') }}
    where day in (select as_of_days.day from as_of_days)
    group by day, window_days
),

counted as (
    select
        histogram.day,
        histogram.window_days,
        count(distinct member_days.member_id) as n_members,
        sum(member_days.n_interactions) as n_interactions
    from histogram
    inner join {{ ref('fct_member_days') }} as member_days
        on
            member_days.day > {{ add_days('histogram.day', '-histogram.window_days') }}
            and histogram.day >= member_days.day
    where member_days.is_active
    group by histogram.day, histogram.window_days
)

select
    histogram.day,
    histogram.window_days,
    histogram.n_members,
    counted.n_members as counted_members,
    histogram.n_interactions,
    counted.n_interactions as counted_interactions
from histogram
left join counted on histogram.day = counted.day and histogram.window_days = counted.window_days
where
    histogram.n_members <> coalesce(counted.n_members, 0)
    or histogram.n_active_members <> histogram.n_members
    or histogram.n_interactions <> coalesce(counted.n_interactions, 0)
