-- Contributions of a month, ranked by member, are those of its days, and all time is all months. Of a day with a log
-- that is withheld the count is not known, but what came of it counts for its members.
with

known as (
    select
        day,
        n_contents + n_interactions as n_contributions
    from {{ ref('community_days') }}
),

came as (
    select
        day,
        sum(n_contents + n_interactions) as n_contributions
    from {{ ref('fct_member_days') }}
    where
        day in (
            select known.day from known
            where known.n_contributions is null
        )
    group by day
),

days as (
    select
        cast(date_trunc('month', known.day) as date) as month,
        sum(coalesce(known.n_contributions, came.n_contributions, 0)) as n_contributions
    from known
    left join came on known.day = came.day
    group by cast(date_trunc('month', known.day) as date)
    having sum(coalesce(known.n_contributions, came.n_contributions, 0)) > 0
),

months as (
    select * from {{ ref('contributor_concentration') }}
    where period = 'month'
),

all_time as (
    select * from {{ ref('contributor_concentration') }}
    where period = 'all'
)

select
    coalesce(days.month, months.month) as month,
    days.n_contributions as n_of_days,
    months.n_contributions as n_of_members
from days
full outer join months on days.month = months.month
where days.n_contributions is distinct from months.n_contributions
union all
select
    cast(null as date) as month,
    (select sum(days.n_contributions) from days) as n_of_days,
    n_contributions as n_of_members
from all_time
where n_contributions <> (select sum(days.n_contributions) from days)
